// An approval covers the calls that a workflow declares, for exactly the text that was approved.
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { onScreen } from '../helpers/pty.ts';
import { runCli } from '../helpers/run-cli.ts';
import { tempFolder } from '../helpers/temp-folder.ts';

const SCRIPT = `local greet = require "lib.greet"
local input = workflow {
  description = "Acquire and stop.",
  input = { account = { type = "string", default = "default" } },
  calls = { ["agora.acquire_recording_resource"] = 1, "agora.query_recording" },
}
greet()
return app.integrations.agora[input.account].acquire_recording_resource { cname = "room", uid = "5" }.cname`;

let folder: string;
let env: Record<string, string>;

beforeEach(() => {
  folder = tempFolder();
  env = { KOSMO_HOME: path.join(folder, 'home') };
  mkdirSync(path.join(folder, 'jobs/lib'), { recursive: true });
  write('jobs/job.lua', SCRIPT);
  write('jobs/lib/greet.lua', 'return function() end');
});

const write = (file: string, text: string): void => writeFileSync(path.join(folder, file), text);

async function cli(...args: string[]): Promise<{ code: number | null; stderr: string; data: Record<string, never> }> {
  const { code, stdout, stderr } = await runCli([...args, '--json'], { env, cwd: folder });
  return { code, stderr, data: JSON.parse(stdout) };
}
const run = (...args: string[]): ReturnType<typeof cli> => cli('run', 'jobs/job.lua', '--emulator', ...args);
const approve = (...args: string[]): ReturnType<typeof cli> => cli('workflows:approve', 'jobs/job.lua', '--yes', ...args);

describe('an approval', () => {
  test('lets the workflow run without --force, and is asked for once', async () => {
    const hint = expect.stringContaining('; for all calls of the workflow: kosmo workflows:approve jobs/job.lua; ');
    expect(await run()).toMatchObject({ code: 4, data: { error_detail: { code: 'APPROVAL_REQUIRED', hint } } });
    const { data } = await approve();
    expect(data).toMatchObject({ approved: true, accounts: ['default'], hash: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) });
    expect(await run()).toMatchObject({ code: 0, data: { result: ['room'], meta: { permission_bypassed: false } } });
    expect(await cli('integrations:lua', 'jobs/job.lua', '--emulator')).toMatchObject({ code: 0 });
  });

  test.each([
    ['the script', 'jobs/job.lua', `${SCRIPT} `, 'jobs/job.lua changed since you approved it'],
    ['a module', 'jobs/lib/greet.lua', 'return function() end ', 'lib/greet.lua changed since you approved it'],
  ])('ends when one byte of %s changes, and the message says what to do', async (_what, file, text, reason) => {
    await approve();
    write(file, text);
    const { code, data } = await run();
    expect(code).toBe(4);
    expect(data).toMatchObject({
      error_detail: {
        message: expect.stringContaining(reason),
        hint: 'review the change, then approve it again: kosmo workflows:approve jobs/job.lua',
      },
    });
    expect((await cli('workflows:approvals')).data).toMatchObject({
      approvals: [{ changed: [path.basename(reason.split(' ')[0] ?? '').replace('greet', 'lib/greet')] }],
    });
    await approve();
    expect(await run()).toMatchObject({ code: 0 });
  });

  test('covers the account that was approved, and no other', async () => {
    await approve();
    const credentials = {
      AGORA_PRODUCTION_CUSTOMER_ID: 'a',
      AGORA_PRODUCTION_CUSTOMER_SECRET: 'secret-1',
      AGORA_PRODUCTION_APP_ID: 'b',
      AGORA_PRODUCTION_URL: 'http://127.0.0.1:9',
    };
    env = { ...env, ...credentials };
    const other = await cli('run', 'jobs/job.lua', '--account', 'production');
    expect(other).toMatchObject({
      code: 4,
      data: { error_detail: { message: expect.stringContaining('approved for account default, not for production') } },
    });
    expect((await approve('--account', 'production')).data).toMatchObject({ accounts: ['default', 'production'] });
  });

  test('does not allow what a rule denies', async () => {
    await approve();
    mkdirSync(path.join(folder, 'home'), { recursive: true });
    write('home/config.yaml', 'kosmo:\n  integrations:\n    agora:\n      permissions:\n        write: deny\n');
    expect(await run()).toMatchObject({ code: 4, data: { error_detail: { code: 'POLICY_DENIED' } } });
  });

  test('does not cover a module whose name the script computes', async () => {
    write('jobs/lib/other.lua', 'return 1');
    write('jobs/job.lua', SCRIPT.replace('greet()', 'require("lib." .. "other")'));
    await approve();
    expect(await run()).toMatchObject({
      code: 4,
      data: { error_detail: { message: expect.stringContaining('it loaded lib/other.lua, whose name it computes') } },
    });
  });

  test('does not cover a declaration that the text does not show', async () => {
    const hidden = SCRIPT.replace(
      'local input = workflow {',
      'local w = workflow if false then workflow { calls = { "agora.query_recording" } } end local input = w {',
    );
    write('jobs/job.lua', hidden);
    await approve();
    expect(await run()).toMatchObject({ code: 4, data: { error_detail: { code: 'APPROVAL_REQUIRED' } } });
  });

  test('names the account and the command for it, and keeps the accounts in the command after a change', async () => {
    await approve();
    env = { ...env, AGORA_PRODUCTION_CUSTOMER_ID: 'a', AGORA_PRODUCTION_CUSTOMER_SECRET: 'b', AGORA_PRODUCTION_APP_ID: 'c' };
    const other = await run('--account', 'production');
    expect(other).toMatchObject({
      code: 4,
      data: {
        error: expect.stringContaining('approved for account default, not for production'),
        error_detail: { hint: 'kosmo workflows:approve jobs/job.lua --account production' },
      },
    });
    await approve('--account', 'production');
    write('jobs/lib/greet.lua', 'return function()  end');
    expect((await run()).data).toMatchObject({
      error: expect.stringContaining('lib/greet.lua changed since you approved it'),
      error_detail: { hint: expect.stringContaining('jobs/job.lua --account default --account production') },
    });
  });

  test('covers a script that requires a library', async () => {
    write('jobs/job.lua', `local s = require "string"\n${SCRIPT}`);
    expect(await approve()).toMatchObject({ code: 0 });
    expect(await run()).toMatchObject({ code: 0 });
  });

  test('whose module was taken out of the list by hand does not hold', async () => {
    await approve();
    const list = readFileSync(path.join(folder, 'home/approvals.json'), 'utf8');
    write('home/approvals.json', list.replace(/"modules": \{[^}]*\}/, '"modules": {}'));
    write('jobs/lib/greet.lua', 'return print');
    expect(await run()).toMatchObject({ code: 4, data: { error: expect.stringContaining('another hash') } });
  });

  test('does not follow a link to a script with other modules', async () => {
    await approve();
    mkdirSync(path.join(folder, 'other/lib'), { recursive: true });
    write('other/lib/greet.lua', 'return print');
    symlinkSync(path.join(folder, 'jobs/job.lua'), path.join(folder, 'other/link.lua'));
    symlinkSync(path.join(folder, 'jobs/job.lua'), path.join(folder, 'jobs/link.lua'));
    expect(await cli('run', 'other/link.lua', '--emulator')).toMatchObject({ code: 4 });
    expect(await cli('run', 'jobs/link.lua', '--emulator')).toMatchObject({ code: 0 });
    rmSync(path.join(folder, 'jobs/job.lua'));
    write('other/script.lua', SCRIPT.replace('room', 'Room'));
    symlinkSync(path.join(folder, 'other/script.lua'), path.join(folder, 'jobs/job.lua'));
    expect(await run()).toMatchObject({ code: 4 });
  });

  test('is for the text that was shown, although the file is replaced before the answer', async () => {
    const { code, lines } = await onScreen(['workflows:approve', 'jobs/job.lua'], {
      env,
      cwd: folder,
      answers: [
        {
          to: '[y/N] ',
          get type() {
            write('jobs/job.lua', SCRIPT.replace('= 1,', '= 99,'));
            return 'y\r';
          },
        },
      ],
    });
    expect({ code, text: lines.join('\n') }).toMatchObject({ code: 0, text: expect.stringContaining('at most once') });
    expect(await run()).toMatchObject({ code: 4, data: { error: expect.stringContaining('jobs/job.lua changed') } });
    write('jobs/job.lua', SCRIPT);
    expect(await run()).toMatchObject({ code: 0 });
  });

  test('does not cover a copy of the script, and ends with workflows:revoke', async () => {
    await approve();
    write('jobs/copy.lua', readFileSync(path.join(folder, 'jobs/job.lua'), 'utf8'));
    expect(await cli('run', 'jobs/copy.lua', '--emulator')).toMatchObject({ code: 4 });
    expect((await cli('workflows:revoke', 'jobs/job.lua')).data).toMatchObject({ approved: false, changed: true });
    expect((await cli('workflows:revoke', 'jobs/job.lua')).data).toMatchObject({ changed: false });
    expect(await run()).toMatchObject({ code: 4 });
  });

  test.each([
    ['without calls', 'workflow { description = "x" }', 'it does not declare its calls'],
    ['without a declaration', 'return 1', 'it does not declare its calls'],
    ['that computes its declaration', 'workflow { calls = { "agora." .. "record" } }', 'the declaration is not made of literals'],
    ['that is not Lua', 'return return', 'line 1 is not valid Lua'],
  ])('is refused for a script %s', async (_what, code, reason) => {
    write('jobs/job.lua', code);
    const { code: exit, data } = await approve();
    expect(exit).toBe(4);
    expect(data).toMatchObject({ error_detail: { message: expect.stringContaining(reason) } });
  });

  test('needs a yes: without a terminal the command says how to give it', async () => {
    const { code, data } = await cli('workflows:approve', 'jobs/job.lua');
    expect({ code, data }).toMatchObject({
      code: 4,
      data: { error_detail: { hint: 'read the script, then: kosmo workflows:approve jobs/job.lua --yes' } },
    });
    expect((await cli('workflows:approvals')).data).toMatchObject({ approvals: [] });
  });

  test('in a damaged file counts as no approval and is not overwritten', async () => {
    mkdirSync(path.join(folder, 'home'), { recursive: true });
    write('home/approvals.json', '{"version": 1, "scripts": {"x": 5}}');
    expect(await approve()).toMatchObject({ code: 3, data: { error_detail: { code: 'INVALID_CONFIGURATION' } } });
    expect(readFileSync(path.join(folder, 'home/approvals.json'), 'utf8')).toContain('"x": 5');
  });
});

describe('--approved', () => {
  test('pins the texts on the command line, without any file of the user', async () => {
    const { data } = await cli('workflows:approve', 'jobs/job.lua', '--print');
    expect(data).toMatchObject({ approved: false });
    expect(await run('--approved', String(data.hash))).toMatchObject({ code: 0, data: { result: ['room'] } });
    write('jobs/lib/greet.lua', 'return print');
    const changed = await run('--approved', String(data.hash));
    expect(changed).toMatchObject({
      code: 4,
      data: { error_detail: { message: expect.stringContaining('jobs/job.lua, lib/greet.lua together are sha256:') } },
    });
  });

  test.each(['sha256:1234', 'abc', ''])('refuses what is no hash: %s', async (hash) => {
    expect(await run('--approved', hash)).toMatchObject({ code: 2, data: { error_detail: { code: 'USAGE' } } });
  });
});
