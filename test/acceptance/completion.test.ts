import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';
import { COMPLETION_SCRIPTS } from '../../src/cli/completion/scripts.ts';
import { cleanEnvironment, KOSMO } from '../helpers/cli.ts';
import { runCli as kosmo } from '../helpers/run-cli.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'kosmo-completion-'));
afterAll(() => rmSync(folder, { recursive: true }));
writeFileSync(path.join(folder, 'kosmo'), `#!/bin/sh\nexec "${process.execPath}" "${KOSMO}" "$@"\n`);
chmodSync(path.join(folder, 'kosmo'), 0o755);
const work = path.join(folder, 'work');
mkdirSync(path.join(work, 'flows'), { recursive: true });
for (const file of ['my file.lua', 'notes.txt', 'input.json', '.hidden.lua']) writeFileSync(path.join(work, file), '');

writeFileSync(path.join(work, '.mcp.json'), '{ "mcpServers": { "files": { "command": "node" }, "bad\\n": {} } }');

const env = { AGORA_PRODUCTION_APP_ID: 'app', AGORA_CUSTOMER_SECRET: 'S3CRET' };

/** What the words behind `kosmo` can become, as zsh and fish ask. */
async function candidates(...words: readonly string[]): Promise<string[]> {
  const { stdout, stderr, code } = await kosmo(['__complete', 'fish', '--', ...words], { env, cwd: work });
  expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
  return stdout.split('\n').flatMap((line) => (line === '' ? [] : [line.split('\t')[0] ?? '']));
}

const START = ['integrations:call', 'agora.start_recording'];

describe('a word that is typed can become', () => {
  test.each([
    ['a command', ['agora:'], ['agora:emulator', 'agora:notifications', 'agora:recordings', 'agora:check-storage']],
    ['a function', ['integrations:call', 'agora.st'], ['agora.start_recording', 'agora.stop_recording']],
    ['a function without the integration', ['integrations:agora', 'get'], ['get_notification_ips']],
    ['a function to read of', ['integrations:schema', 'agora.que'], ['agora.query_recording']],
    ['a page', ['integrations:docs', 'lim'], ['limits']],
    ['an option', ['integrations:lua', '--cpu'], ['--cpu-limit']],
    ['a parameter', [...START, '--resource'], ['--resource-id']],
    ['a field of a parameter', [...START, '--recording-config.maxI'], ['--recording-config.maxIdleTime=']],
    ['a value of a parameter', [...START, '--mode', ''], ['individual', 'mix', 'web']],
    ['a value behind =', [...START, '--mode=m'], ['--mode=mix']],
    ['a value of a parameter after other flags', ['integrations:agora', 'stop_recording', '--force', '--uid', '5', '--mode', 'w'], ['web']],
    ['an account', [...START, '--account', ''], ['default', 'production']],
    ['a Lua file or a folder', ['integrations:lua', ''], ['flows/', 'my file.lua']],
    ['any file where there is no Lua file', ['integrations:check', 'no'], ['notes.txt']],
    ['a hidden file when asked for', ['integrations:lua', '.h'], ['.hidden.lua']],
    ['a file behind @', ['integrations:lua', '--input', '@in'], ['@input.json']],
    ['a file with an object', [...START, '--storage-config', '@in'], ['@input.json']],
    ['an action', ['agora:recordings', ''], ['list', 'stop', 'forget']],
    ['a shell', ['completion', ''], ['bash', 'zsh', 'fish']],
    ['a server', ['mcp:trust', 'f'], ['files']],
    ['a field to set', ['integrations:configure', 'agora', '--set', 'customer'], ['customer_id=', 'customer_secret=']],
    ['a field to remove', ['integrations:configure', 'agora', '--unset', 'customer_i'], ['customer_id']],
    ['a level', ['integrations:configure', 'agora', '--read', ''], ['allow', 'ask', 'deny']],
    ['what to do with accounts', ['integrations:accounts', 'agora', ''], ['list', 'rename', 'remove']],
    ['an account to rename', ['integrations:accounts', 'agora', 'rename', 'p'], ['production']],
    ['a policy command', ['policy:'], ['policy:explain', 'policy:set', 'policy:unset', 'policy:list']],
    ['a function with a rule', ['policy:set', 'agora.st'], ['agora.start_recording', 'agora.stop_recording']],
    ['all functions of one kind', ['policy:unset', 'agora.w'], ['agora.wait_for_recording', 'agora.wait_for_upload', 'agora.write']],
    ['a function to explain', ['policy:explain', 'agora.q'], ['agora.query_recording']],
    ['a server with a rule', ['policy:set', 'mcp.f'], ['mcp.files.', 'mcp.files.read', 'mcp.files.write']],
    ['a level of a rule', ['policy:set', 'agora.write', ''], ['allow', 'ask', 'deny']],
    ['an account of a rule', ['policy:set', 'agora.write', 'deny', '--account', ''], ['default', 'production']],
    ['a command to be told of', ['introspect', 'agora:e'], ['agora:emulator']],
  ])('%s: %j', async (_what, words, expected) => {
    expect(await candidates(...words)).toEqual(expected);
  });

  test('an option that is not there yet, or may be repeated', async () => {
    const options = await candidates('integrations:lua', '--force', '--arg', 'a=b', '--');
    expect(options).not.toContain('--force');
    expect(options).toEqual(expect.arrayContaining(['--arg', '--json', '--emulator']));
  });

  test.each([
    [['nothing:here', '']],
    [['integrations:call', 'agora.nothing', '--mo']],
    [['integrations:lua', 'no/such/folder/']],
    [['integrations:lua', '--eval', '']],
    [['integrations:list', 'x', '']],
  ])('nothing, without a word of complaint: %j', async (words) => {
    expect(await candidates(...words)).toEqual([]);
  });

  test('something although the settings cannot be read, and nothing of why is printed', async () => {
    const home = path.join(folder, 'home');
    mkdirSync(home);
    writeFileSync(path.join(home, 'config.yaml'), '{{{');
    const ask = (...words: readonly string[]) => kosmo(['__complete', 'zsh', '--', ...words], { env: { KOSMO_HOME: home } });
    expect(await ask(...START, '--account', '')).toEqual({ stdout: '', stderr: '', code: 0 });
    expect((await ask(...START, '--mode', 'm')).stdout).toBe('mix\t\n');
  });
});

describe('bash', () => {
  /** The line up to the cursor as bash itself completes it, words broken as it breaks them. */
  async function completed(typed: string): Promise<{ replies: string[]; stderr: string }> {
    const script = `source <(kosmo completion bash); COMP_LINE=$1; COMP_POINT=\${#1}; _kosmo kosmo; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout, stderr } = await promisify(execFile)('bash', ['--norc', '-c', script, 'bash', typed], {
      cwd: work,
      env: cleanEnvironment({ ...env, PATH: `${folder}:${process.env.PATH}` }),
    });
    return { replies: stdout.split('\n').filter((line) => line !== ''), stderr };
  }

  // What stands before the last : or = is not replaced by readline.
  test.each([
    ['kosmo agora:em', ['emulator']],
    ['kosmo integrations:call agora.st', ['agora.start_recording', 'agora.stop_recording']],
    ['kosmo integrations:call agora.start_recording --mode=m', ['mix']],
    ['kosmo integrations:call agora.start_recording --mode  w', ['web']],
    ['kosmo integrations:lua my', ['my\\ file.lua']],
    ['kosmo integrations:lua my\\ f', ['my\\ file.lua']],
    ['kosmo integrations:lua "my f', ['my file.lua']],
    ["kosmo integrations:lua 'my f", ['my file.lua']],
    ['kosmo integrations:lua --input @in', ['@input.json']],
    ['kosmo integrations:lua fl', ['flows/']],
    ['kosmo nothing ', []],
  ])('completes %s', async (typed, replies) => {
    expect(await completed(typed)).toEqual({ replies, stderr: '' });
  });
});

test.each(Object.keys(COMPLETION_SCRIPTS))('completion %s prints the script, and nothing else', async (shell) => {
  const { stdout, stderr, code } = await kosmo(['completion', shell]);
  expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
  expect(stdout).toContain(`kosmo completion ${shell}`);
});

test('another shell is refused, and those that there are are named', async () => {
  const { stderr, code } = await kosmo(['completion', 'tcsh']);
  expect(code).toBe(2);
  expect(stderr).toBe("error: there is no completion for 'tcsh'\nhint: shells: bash, zsh, fish\n");
});
