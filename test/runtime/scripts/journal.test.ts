import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rememberSecret } from '../../../src/errors/index.ts';
import { recordTo, replay } from '../../../src/journal/index.ts';
import { createHost, type Host, type RunReport } from '../../../src/runtime/index.ts';

const ROOT = path.resolve(import.meta.dirname, '../../..');
const guideFolder = path.join(ROOT, 'lua-docs');
const folder = mkdtempSync(path.join(tmpdir(), 'kosmo-journal-'));
const policy = { force: true };

let emulated: Host;
/** Has no account and no emulator. */
let bare: Host;
beforeAll(async () => {
  emulated = await createHost({ env: {}, guideFolder, emulate: true });
  bare = await createHost({ env: {}, guideFolder });
});
afterAll(async () => {
  await emulated.close();
  await bare.close();
  rmSync(folder, { recursive: true });
});

let count = 0;
async function recorded(code: string, input: Record<string, unknown> = {}): Promise<{ file: string; report: RunReport }> {
  const file = path.join(folder, `${count++}.jsonl`);
  const report = await emulated.run(code, { chunk: 'script', policy, input: input as never, journal: recordTo(file) });
  return { file, report };
}

const repeat = (code: string, file: string): Promise<RunReport> =>
  bare.run(code, { chunk: 'script', policy: { force: false }, journal: replay(file) });

const comparable = ({ success, output, result, error, error_detail, call_log, open_recordings }: RunReport) => ({
  success,
  output,
  result,
  error,
  code: error_detail?.code,
  open_recordings,
  call_log: call_log.map(({ durationMs: _, request_id: __, ...entry }) => entry),
});

const SCRIPTS: Readonly<Record<string, string>> = {
  'calls and their errors': `
    local agora = app.integrations.agora
    local ips = agora.get_notification_ips{}
    local ok, err = pcall(agora.query_recording, {resource_id = "R", sid = "S", mode = "mix"})
    print(#ips.data.service.hosts > 0, ok, err.code, err)
    return pcall(agora.nothing, {})`,
  'time and chance': `
    local list = {}
    for i = 1, 300 do list[i] = math.random(1000) end
    table.sort(list, function(a, b) return a % 7 < b % 7 end)
    return os.time() > 0, os.date("%Y"), os.clock() >= 0, list, collectgarbage("count") > 0`,
  waiting: 'local before = os.time() sleep(0.2) sleep(0.1) return os.time() - before',
  'tasks that share a variable': `
    local order = {}
    parallel.map({3, 1, 2, 5, 4}, function(n)
      for round = 1, 3 do sleep(n / 50) order[#order + 1] = n .. "." .. round end
      app.integrations.agora.get_notification_ips{}
      order[#order + 1] = "ips " .. n
    end, {limit = 3})
    return table.concat(order, " ")`,
  'groups in groups': `
    local seen = {}
    local out = parallel.all{
      function() return parallel.map({1, 2, 3}, function(n) sleep(0.01 * n) seen[#seen + 1] = n return n * 2 end) end,
      function() sleep(0.015) seen[#seen + 1] = "b" return "b" end,
    }
    return out, seen`,
  'a group that fails cancels the rest': `
    local ok, err = pcall(parallel.map, {1, 2, 3}, function(n)
      if n == 2 then sleep(0.02) error("two") end
      sleep(5)
    end)
    return ok, tostring(err)`,
  'settled results': `
    return parallel.map({1, 2}, function(n) if n == 1 then app.integrations.agora.query_recording{} end return n end, {settle = true})`,
  'deferred functions': `
    defer(function() print("deferred", #app.integrations.agora.get_notification_ips{}.data.service.hosts > 0) end)
    error("the end")`,
  coroutines: `
    local co = coroutine.wrap(function() for i = 1, 2 do app.integrations.agora.get_notification_ips{} coroutine.yield(i) end end)
    return co(), co()`,
  documentation: 'return #docs.read("agora.start_recording") > 10, #docs.list() > 10',
  'an error that describes itself': `
    error(setmetatable({}, {__tostring = function() app.integrations.agora.get_notification_ips{} return "told" end}))`,
};

describe('a run that was recorded', () => {
  test.each(Object.entries(SCRIPTS))('%s: is repeated without an account, with the same result', async (_title, code) => {
    const { file, report } = await recorded(code);
    expect(comparable(await repeat(code, file))).toEqual(comparable(report));
  });

  test('sleeps in no time when it is repeated', async () => {
    const code = 'sleep(1) return 1';
    const { file } = await recorded(code);
    expect((await repeat(code, file)).execution_time_ms).toBeLessThan(900);
  });

  test('is recorded again as the same text', async () => {
    const code = `${SCRIPTS['calls and their errors']}`;
    const [first, second] = [await recorded(code), await recorded(code)];
    expect(readFileSync(first.file, 'utf8')).toBe(readFileSync(second.file, 'utf8'));
  });

  test.each([
    [
      'a call that is new',
      'app.integrations.agora.get_notification_ips{} app.integrations.agora.query_recording{sid = "S"}',
      /main\/2 \(line 1\): the script now calls app\.integrations\.agora\.query_recording \{"sid":"S"\}, and nothing is recorded there/,
    ],
    [
      'a call of something else',
      'return docs.read("limits")',
      /main\/1 \(line 1\): the script now calls docs\.read "limits", recorded is app\.integrations\.agora\.get_notification_ips/,
    ],
    [
      'another argument',
      'app.integrations.agora.get_notification_ips{timeout_seconds = 3}',
      /main\/1 \(line 1\): the arguments of app\.integrations\.agora\.get_notification_ips differ: argument 1\.timeout_seconds was absent and is 3/,
    ],
    ['a call that is gone', 'return 1', /main\/1: the script ended without it/],
    ['a caught call that is new', 'app.integrations.agora.get_notification_ips{} pcall(docs.read, "limits") return 1', /main\/2/],
  ])('ends with REPLAY_DIVERGED at %s', async (_title, code, message) => {
    const { file } = await recorded('app.integrations.agora.get_notification_ips{}');
    const { error_detail, result } = await repeat(code, file);
    expect(error_detail).toMatchObject({ code: 'REPLAY_DIVERGED', message: expect.stringMatching(message) });
    expect(result).toBeNull();
  });

  test('ends with REPLAY_DIVERGED if the script now waits for a call that was left', async () => {
    const { file } = await recorded('parallel.all{function() sleep(5) end, function() sleep(0.001) error("x") end}');
    const { error_detail } = await repeat('parallel.all{function() sleep(5) end, function() sleep(0.001) end}', file);
    expect(error_detail).toMatchObject({
      code: 'REPLAY_DIVERGED',
      message: expect.stringContaining('main/1:1/1: the script now waits for sleep 5, which the recorded run did not'),
    });
  });

  test('holds no secret of its input or its calls', async () => {
    const { file, report } = await recorded('return input.storage.secretKey', { storage: { secretKey: 'S3CRET-of-input' } });
    expect(report.success).toBe(true);
    expect(readFileSync(file, 'utf8')).not.toContain('S3CRET-of-input');
  });

  test.each([
    ['base64', (secret: string) => Buffer.from(`x${secret}y`).toString('base64')],
    ['percent-encoded form', (secret: string) => encodeURIComponent(secret)],
  ])('is not kept if a secret is in it in %s', async (_title, encode) => {
    const secret = 'S3CRET/planted+value';
    rememberSecret(secret);
    const { file, report } = await recorded('pcall(docs.read, input.word)', { word: encode(secret) });
    expect(report.error_detail).toMatchObject({ code: 'SECRET_IN_RECORD', message: expect.stringContaining(file) });
    expect(readdirSync(folder)).not.toContain(path.basename(file));
  });

  test.each([
    ['is no file', undefined, /does not exist/],
    ['is cut', (text: string) => text.slice(0, -20), /line \d+: (?:it is not JSON|its end is missing)/],
    ['lost its end', (text: string) => text.replace(/[^\n]+\n$/, ''), /its end is missing/],
    ['is of another version', (text: string) => text.replace('"v":1', '"v":9'), /line 1: it has version 9/],
    ['holds another kind of line', (text: string) => text.replace('"k":"ans"', '"k":"odd"'), /line 2: its kind is unknown/],
    ['is garbled', (text: string) => text.replace('{"k":"ans"', '{"k":\u0000'), /line 2: it is not JSON/],
  ])('a file that %s is refused', async (_title, damage, message) => {
    const { file } = await recorded('app.integrations.agora.get_notification_ips{}');
    const damaged = path.join(mkdtempSync(path.join(folder, 'd')), 'x.jsonl');
    if (damage !== undefined) writeFileSync(damaged, damage(readFileSync(file, 'utf8')));
    expect(() => replay(damaged)).toThrow(expect.objectContaining({ code: 'RUN_UNREADABLE', message: expect.stringMatching(message) }));
  });
});
