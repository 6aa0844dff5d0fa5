import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type EmulatorProcess, kosmo, startEmulatorProcess } from '../helpers/cli.ts';
import { hasTmux, openTestTerminal } from '../helpers/terminal.ts';

const START = `local a = app.integrations.agora
  local s = a.record{ mode = "mix", cname = "room", uid = "77", recording_config = { channelType = 1 },
    storage_config = { vendor = 1, region = 0, bucket = "b", accessKey = "key-of-a", secretKey = "secret-of-s" } }`;
const STOP = 'defer(function() a.stop_recording(s) end)';

let emulator: EmulatorProcess;
let env: Record<string, string>;
beforeEach(async () => {
  emulator = await startEmulatorProcess();
  env = { ...emulator.env, KOSMO_HOME: mkdtempSync(path.join(tmpdir(), 'kosmo-hang-up-')) };
});
afterEach(async () => {
  await emulator.stop();
  rmSync(env.KOSMO_HOME as string, { recursive: true, force: true });
});

const countOpen = async (): Promise<number> => {
  const { stdout } = await kosmo(['agora:recordings', '--json'], { env });
  return (JSON.parse(stdout) as { recordings: unknown[] }).recordings.length;
};

describe.skipIf(!hasTmux)('a terminal that is closed leaves no recording behind', () => {
  test.each([
    ['while a script waits', ['--force', '-e', `${START} ${STOP} print("wait".."ing") sleep(600)`], 'waiting'],
    [
      'while a script waits, with --stop-on-exit',
      ['--force', '--stop-on-exit', '-e', `${START} print("wait".."ing") sleep(600)`],
      'waiting',
    ],
    ['while a question is open', ['--allow', 'agora.record', '--stop-on-exit', '-e', `${START} a.stop_recording(s)`], 'Allow this call?'],
  ])('%s', async (_when, args, shown) => {
    const terminal = await openTestTerminal(['integrations:lua', ...args], env);
    await terminal.see(shown);
    expect(await countOpen()).toBe(1);
    await terminal.close();
    await expect.poll(countOpen, { timeout: 30_000, interval: 200 }).toBe(0);
  });

  test('while a line of a session runs', async () => {
    const terminal = await openTestTerminal(['integrations:lua', '--repl', '--force'], env);
    await terminal.prompt();
    await terminal.type(`${START.replaceAll('\n', ' ')} ${STOP} print("wait".."ing") sleep(600)`);
    await terminal.press('Enter');
    await terminal.see('waiting');
    await terminal.close();
    await expect.poll(countOpen, { timeout: 30_000, interval: 200 }).toBe(0);
  });
});
