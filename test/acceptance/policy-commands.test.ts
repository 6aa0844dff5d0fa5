import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { runCli as kosmo } from '../helpers/run-cli.ts';
import { tempFolder } from '../helpers/temp-folder.ts';

let folder: string;
let env: Record<string, string>;
beforeEach(() => {
  folder = tempFolder();
  mkdirSync(path.join(folder, 'project/.git'), { recursive: true });
  env = { KOSMO_HOME: path.join(folder, 'home') };
  for (const account of ['', 'PRODUCTION_', 'REHEARSAL_']) env[`AGORA_${account}APP_ID`] = 'app';
});

const run = (...args: string[]) => kosmo(args, { env, cwd: path.join(folder, 'project') });
const json = async (...args: string[]): Promise<Record<string, unknown>> => {
  const { stdout, code } = await run(...args, '--json');
  return { ...(JSON.parse(stdout) as Record<string, unknown>), code };
};
const level = async (name: string, account: string): Promise<unknown> => (await json('policy:explain', name, '--account', account)).level;
const file = (): string => path.join(folder, 'home/config.yaml');

describe('integrations:configure', () => {
  test('with --account sets the permission of that account alone, and says so', async () => {
    const { stdout } = await run('integrations:configure', 'agora', '--account', 'rehearsal', '--write=allow');
    expect(stdout).toBe(
      `Configured agora (rehearsal).\nEvery write of agora is now allowed for the account rehearsal, by kosmo.integrations.agora.permissions.accounts.rehearsal.write in ${file()}.\n`,
    );
    expect(await level('agora.start_recording', 'rehearsal')).toBe('allow');
    for (const other of ['production', 'default']) expect(await level('agora.start_recording', other)).toBe('ask');
  });

  test('--account production --write=deny leaves the default account as it is, from stdin as well', async () => {
    const payload = JSON.stringify({ account: 'production', permissions: { write: 'deny', read: 'ask' } });
    const { stdout } = await kosmo(['integrations:configure', 'agora', '--stdin-json', '--json'], {
      ...{ env, stdin: payload, cwd: path.join(folder, 'project') },
    });
    expect(JSON.parse(stdout)).toMatchObject({
      permissions: { read: 'ask', write: 'deny' },
      permission_changes: [
        { key: 'kosmo.integrations.agora.permissions.accounts.production.write', level: 'deny', previous: null, accounts: ['production'] },
        { key: 'kosmo.integrations.agora.permissions.accounts.production.read', level: 'ask', accounts: ['production'] },
      ],
    });
    expect([await level('agora.stop_recording', 'production'), await level('agora.stop_recording', 'default')]).toEqual(['deny', 'ask']);
  });

  test('without --account sets that of all, and names the accounts that keep their own', async () => {
    await run('integrations:configure', 'agora', '--account', 'production', '--write=deny');
    const { stdout } = await run('integrations:configure', 'agora', '--write=allow');
    expect(stdout).toContain('Every write of agora is now allowed for all accounts (default, production, rehearsal)');
    expect(stdout).toMatch(/agora\.start_recording.* of production stays denied, by kosmo\.[a-z.]+\.accounts\.production\.write in /);
  });

  test.each([
    [['--write=maybe'], 'hint: a permission is allow, ask or deny, as in --write=ask'],
    [['--account', 'Prod 1', '--set', 'app_id=a'], 'hint: name the account as in --account prod_1'],
    [['--set', 'bogus=1'], 'hint: kosmo integrations:fields agora lists the fields'],
  ])('refuses %j with a hint that fits', async (args, hint) => {
    const { stderr, code } = await run('integrations:configure', 'agora', ...args);
    expect(code).toBe(2);
    expect(stderr.trimEnd().endsWith(hint)).toBe(true);
    expect(existsSync(file())).toBe(false);
  });
});

describe('policy:set, policy:unset and policy:list', () => {
  test('deny a function for one account, list the rule, and take it away again', async () => {
    const args = ['agora.stop_recording', '--account', 'production'];
    const { stdout } = await run('policy:set', 'agora.stop_recording', 'deny', '--account', 'production');
    const key = 'kosmo.integrations.agora.permissions.accounts.production.functions.stop_recording';
    expect(stdout).toBe(`agora.stop_recording is now denied for the account production, by ${key} in ${file()}.\n`);
    expect([await level('agora.stop_recording', 'production'), await level('agora.stop_recording', 'default')]).toEqual(['deny', 'ask']);
    expect((await json('policy:list')).rules).toMatchObject([
      { integration: 'agora', function: 'stop_recording', account: 'production', level: 'deny', scope: 'user', file: file(), key },
    ]);
    expect((await run('integrations:doctor', 'agora')).stdout).toContain(`deny stop_recording of production, by ${file()}:`);
    expect(await json('policy:unset', ...args)).toMatchObject({
      ...{ changed: true, level: null, previous: 'deny', accounts: ['production'], functions: ['agora.stop_recording'] },
      sentence: expect.stringContaining('agora.stop_recording of production is now asked about, by the built-in default.'),
    });
    expect(await json('policy:unset', ...args)).toMatchObject({ changed: false, sentence: expect.stringContaining('nothing was changed') });
  });

  test('write into the project, which cannot allow', async () => {
    const project = path.join(folder, 'project/.kosmo/config.yaml');
    await run('policy:set', 'mcp.github.create_issue', 'deny', '--project');
    expect(readFileSync(project, 'utf8')).toContain('create_issue: deny');
    const { stderr, code } = await run('policy:set', 'agora.stop_recording', 'allow', '--project');
    expect(code).toBe(2);
    expect(stderr).toContain("a project's file can only make permissions stricter");
  });

  test('name the stricter rule of the project that a permission of your own does not change', async () => {
    await run('policy:set', 'agora.write', 'deny', '--project');
    const { stdout } = await run('policy:set', 'agora.start_recording', 'allow');
    expect(stdout).toMatch(/stays denied, by kosmo\.integrations\.agora\.permissions\.write in .*project/);
  });

  test('refuse a function that is made of others, and names that do not exist', async () => {
    expect((await run('policy:set', 'agora.record', 'deny')).stderr).toContain(
      'it is made of acquire_recording_resource and start_recording',
    );
    expect((await run('policy:set', 'agora.stop_recordin', 'deny')).stderr).toContain('did you mean agora.stop_recording?');
    expect((await run('policy:set', 'agora.stop_recording', 'deny', '--account', 'Prod 1')).stderr).toContain('prod_1');
  });
});
