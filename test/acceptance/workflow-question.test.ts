import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { onScreen, type Screen } from '../helpers/pty.ts';

const SCRIPT = `workflow {
  description = "Start and stop.",
  calls = { "agora.query_recording", ["agora.acquire_recording_resource"] = 2, ["agora.stop_recording"] = 3 },
}
local agora = app.integrations.agora
local outcomes = parallel.map({1, 2, 3}, function(i)
  return agora.acquire_recording_resource{cname = "room" .. i, uid = i}
end, { settle = true })
for i, outcome in ipairs(outcomes) do print("outcome " .. i .. ": " .. (outcome.ok and "acquired" or outcome.error.code)) end`;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'kosmo-question-'));
  writeFileSync(path.join(folder, 'two_rooms.lua'), SCRIPT);
});
afterAll(() => rmSync(folder, { recursive: true }));

const QUESTION = '[d]etails ';
const run = (...answers: readonly (readonly [to: string, type: string])[]): Promise<Screen> =>
  onScreen(['integrations:lua', 'two_rooms.lua', '--emulator'], {
    env: { KOSMO_HOME: path.join(folder, 'home') },
    cwd: folder,
    answers: answers.map(([to, type]) => ({ to, type })),
  });
const count = ({ raw }: Screen, text: string | RegExp): number => raw.split(text).length - 1;

test('a workflow asks once in a sentence, and its caps hold for calls that are made at the same time', async () => {
  const screen = await run([QUESTION, 'y\r']);
  const text = screen.lines.join('\n');
  expect(text).toContain('two_rooms wants to acquire up to 2 resource IDs and stop up to 3 recordings, with account default.');
  expect(count(screen, 'Allow for this run?')).toBe(1);
  expect(text).not.toContain('Allow this call?');
  expect(count(screen, /outcome \d: acquired/)).toBe(2);
  expect(count(screen, /outcome \d: CALL_LIMIT/)).toBe(1);
  expect(screen.code).toBe(0);
});

test('d shows the calls with their caps, the first call, and asks again; a no refuses every write', async () => {
  const screen = await run([QUESTION, 'd\r'], [QUESTION, '\r']);
  const text = screen.lines.join('\n');
  expect(text).toContain('two_rooms.lua: Start and stop.');
  expect(text).toMatch(/agora\.query_recording +read +no cap/);
  expect(text).toMatch(/agora\.stop_recording +write +at most 3/);
  expect(text).toContain('"cname": "room1"');
  expect(count(screen, 'Allow for this run?')).toBe(2);
  expect(count(screen, /outcome \d: APPROVAL_REQUIRED/)).toBeGreaterThanOrEqual(2);
  expect(text).not.toContain('acquired');
});

test('e asks about each call', async () => {
  const screen = await run([QUESTION, 'e\r'], ['in this run) ', 'y\r'], ['in this run) ', 'n\r']);
  expect(count(screen, 'Allow this call?')).toBe(2);
  expect(count(screen, /outcome \d: acquired/)).toBe(1);
  expect(count(screen, /outcome \d: APPROVAL_REQUIRED/)).toBe(1);
});
