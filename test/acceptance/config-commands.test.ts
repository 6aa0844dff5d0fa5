import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { makeMcpProject } from '../helpers/mcp-project.ts';
import { runCli } from '../helpers/run-cli.ts';

let project = makeMcpProject();
beforeEach(() => {
  project = makeMcpProject();
});
const run = (...words: readonly string[]) => runCli(words, { cwd: project.folder, env: project.env });
const give = (stdin: string, ...words: readonly string[]) => runCli(words, { cwd: project.folder, env: project.env, stdin });
const json = async (...words: readonly string[]) => JSON.parse((await run(...words, '--json')).stdout) as Record<string, unknown>;
const userFile = () => path.join(project.home, 'config.yaml');
const projectFile = () => path.join(project.folder, '.kosmo', 'config.yaml');

describe('config:set', () => {
  test.each([
    ['audit_log', 'true', true],
    ['kosmo.audit_log', 'true', true],
    ['oauth.clientMetadataUrl', 'https://a.test/c.json', 'https://a.test/c.json'],
    ['integrations.permissions_default', 'deny', 'deny'],
    ['integrations.agora.enabled', 'false', false],
    ['integrations.agora.permissions.write', 'ask', 'ask'],
    ['integrations.agora.permissions.functions.agora_stop_recording', 'deny', 'deny'],
    ['integrations.agora.permissions.functions.stop_recording.max_per_run', '3', 3],
    ['integrations.agora.permissions.accounts.production.write', 'deny', 'deny'],
    ['integrations.agora.accounts.production.region', 'eu', 'eu'],
    ['integrations.agora.accounts.default.customer_id', '007', '007'],
    ['mcp.permissions_default', 'deny', 'deny'],
    ['mcp.servers.github.permissions.write', 'deny', 'deny'],
    ['mcp.servers.a-b.permissions.functions.say.hello', 'allow', 'allow'],
  ])('%s = %s counts, and config:unset removes it', async (key, word, value) => {
    expect(await json('config:set', key, word)).toMatchObject({ success: true, changed: true, scope: 'user', value, previous: null });
    expect((await json('config:get', key)).setting).toMatchObject({ value, origin: { from: 'user' } });
    expect(await json('config:set', key, word)).toMatchObject({ changed: false, value, previous: value });
    expect(await json('config:unset', key, '--global')).toMatchObject({ changed: true, value: null, previous: value });
    expect(readFileSync(userFile(), 'utf8').trim()).toBe('kosmo: {}');
    expect(await json('config:unset', key)).toMatchObject({ changed: false });
  });

  test('keeps comments and other settings, and a cap beside a permission', async () => {
    await run('config:set', 'audit_log', 'true');
    writeFileSync(userFile(), `# mine\nkosmo:\n  audit_log: true # why\nother: 1\n`);
    await run('config:set', 'integrations.agora.permissions.functions.stop_recording', 'deny');
    await run('config:set', 'integrations.agora.permissions.functions.stop_recording.max_per_run', '2');
    await run('config:set', 'integrations.agora.permissions.functions.stop_recording', 'ask');
    const text = readFileSync(userFile(), 'utf8');
    expect(text).toContain('# mine\nkosmo:\n  audit_log: true # why\n');
    expect(text).toContain('permission: ask\n            max_per_run: 2\n');
    expect((await json('config:get', 'integrations.agora.permissions.functions.stop_recording')).setting).toMatchObject({ value: 'ask' });
  });

  test('writes into the file of the project, which can only make the policy stricter', async () => {
    expect((await run('config:set', 'integrations.agora.permissions.read', 'deny', '--project')).code).toBe(0);
    expect(readFileSync(projectFile(), 'utf8')).toContain('read: deny');
    for (const [key = '', word = ''] of [
      ['integrations.agora.permissions.write', 'allow'],
      ['mcp.permissions_default', 'allow'],
      ['audit_log', 'false'],
      ['integrations.agora.enabled', 'true'],
    ]) {
      const { code, stderr } = await run('config:set', key, word, '--project');
      expect([code, stderr]).toEqual([2, expect.stringContaining("a project's file can only make the policy stricter")]);
    }
  });

  test.each([
    [['audit_lgo', 'true'], 2, 'did you mean kosmo config:set audit_log?'],
    [['integrations.agora.permissions.wirte', 'deny'], 2, 'integrations.agora.permissions.write?'],
    [['integrations.agoar.permissions.write', 'deny'], 2, 'integrations.agora.permissions.write?'],
    [['integrations.agora.permissions.functions.nothing', 'deny'], 2, 'there is no setting'],
    [['integrations.agora', 'x'], 2, 'there is no setting'],
    [['audit_log.more', 'x'], 2, 'did you mean kosmo config:set audit_log?'],
    [['', 'x'], 2, 'there is no setting'],
    [['__proto__', 'x'], 2, 'there is no setting'],
    [['mcp.servers..permissions.read', 'deny'], 2, 'there is no setting'],
    [['audit_log', 'yes'], 2, 'takes true or false'],
    [['integrations.agora.permissions.write', 'maybe'], 2, 'takes allow, ask or deny'],
    [['integrations.agora.permissions.functions.stop_recording.max_per_run', '0'], 2, 'whole number of 1 or more'],
    [['integrations.agora.permissions.functions.stop_recording.max_per_run', '1e3'], 2, 'whole number of 1 or more'],
    [['integrations.agora.accounts.default.region', ' '], 2, 'is empty'],
    [['integrations.agora.accounts.default.customer_secret', 'S3CRET'], 2, 'is a secret'],
    [['integrations.agora.accounts.Prod 1.region', 'eu'], 2, 'is not a name of an account'],
    [['integrations.agora.permissions.functions.record', 'deny'], 2, 'made of'],
    [['integrations.agora.accounts.default.url', 'https://a.test', '--project'], 2, 'project'],
    [['audit_log', 'true', '--global', '--project'], 2, 'exclude each other'],
    [['audit_log'], 2, 'missing required argument'],
  ])('%j is refused, and nothing is written', async (words, code, message) => {
    const { code: exit, stderr } = await run('config:set', ...words);
    expect([exit, stderr]).toEqual([code, expect.stringContaining(message)]);
    expect(stderr).not.toContain('S3CRET');
    expect((await json('config:list')).files).toMatchObject([{ exists: false }, { exists: false }]);
  });

  test('leaves a file that it cannot read as it is', async () => {
    project.write(userFile(), 'kosmo: [\n');
    const { code, stderr } = await run('config:set', 'audit_log', 'true');
    expect([code, stderr]).toEqual([3, expect.stringContaining('not valid YAML')]);
    expect(readFileSync(userFile(), 'utf8')).toBe('kosmo: [\n');
  });
});

test('the spellings of KosmoKrator are hidden names of the same commands', async () => {
  for (const words of [['config', 'show'], ['config:paths'], ['settings:list'], ['settings', 'list'], ['config', 'list']])
    expect(await run(...words)).toEqual(await run('config:list'));
  await run('config', 'set', 'audit_log', 'true', '--project');
  expect((await run('settings', 'get', 'audit_log')).stdout).toBe('true\n');
  await run('settings:unset', 'audit_log', '--project');
  expect((await run('config', 'get', 'audit_log')).stdout).toBe('false\n');
  expect((await run('--help')).stdout).not.toMatch(/config:show|settings:/);
  expect((await run('config', 'edit')).stderr).toContain("unknown command 'config:edit'");
});

describe('secrets', () => {
  const KEY = 'integration.agora.accounts.default.customer_secret';

  test('are stored from stdin or a variable, listed, and deleted; no value is printed', async () => {
    const outputs = [
      await give('S3CRET-one\n', 'secrets:set', 'mcp.github.token', '--stdin'),
      await give('S3CRET-two', 'secrets', 'set', `integrations${KEY.slice('integration'.length)}`, '--stdin', '--json'),
      await runCli(['secrets:set', 'mcp.b.token', '--env', 'B'], { cwd: project.folder, env: { ...project.env, B: 'S3CRET-three' } }),
      await run('secrets:list'),
      await run('secrets:status'),
      await run('secrets:list', '--json'),
    ];
    expect(outputs.map(({ code }) => code)).toEqual(outputs.map(() => 0));
    expect(JSON.stringify(outputs)).not.toContain('S3CRET');
    expect(await json('secrets:list')).toMatchObject({ secrets: [{ key: KEY }, { key: 'mcp.b.token' }, { key: 'mcp.github.token' }] });
    expect(await json('secrets:list', 'mcp.g')).toMatchObject({ secrets: [{ key: 'mcp.github.token' }] });
    expect(await json('secrets:status')).toMatchObject({ secrets: 3, file: path.join(project.home, 'secrets.json') });
    expect((await json('mcp:secret:list', 'github')).secrets).toMatchObject([{ key: 'mcp.github.token' }]);
    expect((await json('config:get', `integrations${KEY.slice('integration'.length)}`)).setting).toMatchObject({
      secret: true,
      value: null,
    });
    expect(await json('secrets:unset', KEY)).toMatchObject({ changed: true, configured: false });
    expect(await json('secrets:unset', KEY)).toMatchObject({ changed: false });
    expect((await run('secrets:unset', 'mcp.github.tokne')).stderr).toContain('did you mean mcp.github.token?');
  });

  test.each([
    [['secrets:set', 'mcp.github.token'], 'give the value with --stdin'],
    [['secrets:set', 'mcp.github.token', 'S3CRET'], 'too many arguments'],
    [['secrets:set', 'mcp.github.token', '--stdin'], 'the value is empty'],
    [['secrets:set', 'mcp.github.token', '--env', 'NOTHING'], 'the environment has no NOTHING'],
    [['secrets:set', 'mcp.github.token', '--stdin', '--env', 'A'], 'give one value'],
    [['secrets:set', 'mcp.github.a b', '--stdin'], 'a key of an MCP server has letters'],
    [['secrets:set', 'mcp.github.', '--stdin'], 'a key of an MCP server has letters'],
    [['secrets:set', 'token', '--stdin'], 'there is no secret'],
    [['secrets:set', 'integration.agora.accounts.default.customer_secrte', '--stdin'], KEY],
    [['secrets:set', 'integration.agora.accounts.default.region', '--stdin'], 'region is not a secret'],
    [['secrets:set', 'integration.nope.accounts.default.x', '--stdin'], 'there is no secret'],
    [['secrets:unset'], 'missing required argument'],
    [['secrets:status', 'more'], 'too many arguments'],
  ])('%j is refused', async (words, message) => {
    const { code, stderr } = await run(...words);
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
    expect(stderr).not.toContain('S3CRET');
  });
});
