import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type EmulatorProcess, kosmo, startEmulatorProcess } from '../helpers/cli.ts';
import { fakeServer } from '../helpers/mcp.ts';
import { runCli } from '../helpers/run-cli.ts';
import { problemsWith, SCHEMAS } from '../helpers/schemas.ts';

interface Introspection {
  readonly commands: readonly {
    readonly name: string;
    readonly json_schema: string | null;
    readonly options: readonly { readonly name: string }[];
  }[];
  readonly error_codes: readonly { readonly code: string; readonly exit_code: number }[];
}

const folder = mkdtempSync(path.join(tmpdir(), 'kosmo-documents-'));
const good = path.join(folder, 'good.lua');
const declared = path.join(folder, 'declared.lua');
const bad = path.join(folder, 'bad.lua');
writeFileSync(good, 'print(1)');
writeFileSync(declared, 'workflow { calls = { "agora.record" } }');
writeFileSync(
  path.join(folder, '.mcp.json'),
  JSON.stringify({ mcpServers: { files: { command: 'node', env: { A: '${FOO}' } }, broken: {} } }),
);
writeFileSync(bad, 'app.integrations.agora.start_recoding()');

mkdirSync(path.join(folder, 'home'));
writeFileSync(path.join(folder, 'home/mcp.json'), JSON.stringify({ mcpServers: { fake: fakeServer() } }));

const { commands, error_codes } = JSON.parse((await runCli(['introspect', '--json'])).stdout) as Introspection;

let emulator: EmulatorProcess;
beforeAll(async () => {
  emulator = await startEmulatorProcess();
});
afterAll(async () => {
  await emulator.stop();
  rmSync(folder, { recursive: true });
});

const STORAGE = '{"vendor": 1, "region": 0, "bucket": "b", "accessKey": "k", "secretKey": "s"}';
const ACQUIRE = ['agora.acquire_recording_resource', '--cname', 'a', '--uid', '5'];

/** Of every command that has `--json`: command lines that succeed, and that fail in ways of their own; `LIVE` uses the emulator. */
const SUCCESSES: Readonly<Record<string, readonly (readonly string[])[]>> = {
  run: [[good], [good, '--arg', 'a=1']],
  workflows: [[]],
  init: [['record_channel', '--cron']],
  'workflows:approve': [
    [declared, '--print'],
    [declared, '--yes'],
    [declared, '--yes', '--account', 'production'],
  ],
  'workflows:approvals': [[]],
  'workflows:revoke': [[declared], ['./gone.lua']],
  runs: [[], ['--since', 'yesterday', '--failed']],
  // Their successes need a run: see durable-runs.test.ts.
  'runs:show': [],
  'runs:resume': [[]],
  'runs:cancel': [],
  'runs:retry': [],
  'runs:prune': [[]],
  'integrations:lua': [
    ['-e', 'return 1, {x = {}}'],
    ['-e', 'print(1)'],
    ['--emulator', '--force', '-e', 'return app.integrations.agora.acquire_recording_resource{cname = "a", uid = 5}'],
    ['LIVE', '-e', 'return app.integrations.agora.get_notification_ips()'],
    ['-e', 'for i = 1, 9 do print(("x"):rep(1e6)) end'],
  ],
  'integrations:check': [[good]],
  'integrations:list': [[], ['LIVE']],
  'integrations:status': [[], ['LIVE']],
  'integrations:search': [['record'], ['']],
  'integrations:docs': [[], ['agora'], ['agora.start_recording'], ['limits']],
  'integrations:examples': [['agora.start_recording']],
  docs: [[], ['agora'], ['agora.start_recording'], ['limits']],
  'integrations:schema': [['agora.start_recording']],
  'integrations:call': [
    [...ACQUIRE, '--emulator', '--force'],
    ['LIVE', 'agora.get_notification_ips'],
  ],
  'integrations:agora': [[], ['get_notification_ips', '--emulator']],
  // Its success needs an endpoint: see notifications.test.ts.
  'agora:notifications': [],
  'agora:check-storage': [[STORAGE]],
  'agora:recordings': [[], ['stop', '--all'], ['--refresh', 'LIVE']],
  'integrations:configure': [
    ['agora', '--enable', '--read', 'allow', '--set', 'region=eu'],
    ['agora', '--unset', 'region', '--account', 'other'],
  ],
  'integrations:fields': [['agora'], ['agora', '--account', 'nobody']],
  'integrations:accounts': [['agora'], ['agora', 'list', 'LIVE']],
  'integrations:doctor': [['LIVE'], ['LIVE', 'agora', '--live']],
  'config:list': [[], ['LIVE']],
  'config:set': [
    ['audit_log', 'true', '--project'],
    ['integrations.agora.permissions.functions.stop_recording.max_per_run', '3'],
  ],
  'config:get': [['audit_log'], ['integrations.agora.accounts.default.customer_secret']],
  'config:unset': [['audit_log', '--project'], ['integrations.agora.permissions.functions.stop_recording.max_per_run']],
  'secrets:set': [['mcp.files.other', '--env', 'PATH']],
  'secrets:list': [[], ['mcp.files']],
  'secrets:status': [[]],
  'secrets:unset': [['mcp.files.other'], ['mcp.files.other']],
  'secrets:rotate': [[]],
  'policy:explain': [['agora.start_recording'], ['agora.record', '--account', 'production'], ['mcp.files.read_file']],
  'policy:set': [
    ['agora.stop_recording', 'deny', '--account', 'production'],
    ['agora.read', 'ask', '--project'],
    ['mcp.files.read_file', 'deny'],
  ],
  'policy:unset': [['agora.stop_recording', '--account', 'production'], ['agora.read', '--project'], ['agora.write']],
  'policy:list': [[]],
  introspect: [[], ['introspect'], ['integrations:lua']],
  'mcp:list': [[], ['--all']],
  'mcp:status': [[], ['files']],
  'mcp:doctor': [],
  'mcp:add': [
    ['added', 'node', 'x.js', '--env', 'A=b'],
    ['added', '--read', 'deny'],
  ],
  'mcp:disable': [['files']],
  'mcp:enable': [['files']],
  'mcp:remove': [['added']],
  'mcp:trust': [['files', '--yes']],
  'mcp:untrust': [['files'], ['never']],
  'mcp:login': [],
  'mcp:logout': [['fake']],
  'mcp:secret:set': [['files', 'key', 'abcdef-S3CRET']],
  'mcp:secret:list': [[], ['files']],
  'mcp:secret:unset': [['files', 'key']],
  'mcp:import': [['.mcp.json'], ['.mcp.json', '--global']],
  'mcp:export': [[], ['--format', 'vscode'], ['--path', 'exported.json']],
  'mcp:examples': [[]],
  'mcp:gateway:export': [[], ['--client', 'vscode', '--tools=code']],
  'mcp:gateway:install': [
    ['--name', 'gateway'],
    ['--client', 'cursor', '--write=allow'],
  ],
  'mcp:lua': [['-e', 'return app.mcp.fake.echo{message = "hello"}']],
  'mcp:call': [
    ['fake.echo', '--message', 'hello'],
    ['fake.create_issue', '--title', 'x', '--dry-run', '--force'],
  ],
  'mcp:tools': [['fake']],
  'mcp:schema': [['fake.echo']],
  'mcp:resources': [['fake']],
  'mcp:resource': [['fake', 'fake://readme']],
  'mcp:prompts': [['fake']],
  'mcp:prompt': [['fake', 'summarize', '--topic=ice']],
};

const FAILURES: Readonly<Record<string, readonly (readonly string[])[]>> = {
  runs: [
    ['--status', 'gone'],
    ['--since', 'never'],
  ],
  'runs:show': [['gone'], ['../gone']],
  'runs:resume': [['gone']],
  'runs:cancel': [['gone']],
  'runs:retry': [['gone']],
  'runs:prune': [['--older-than', 'never']],
  'integrations:lua': [
    ['--emulator', '-e', 'app.integrations.agora.query_recording("R", "S", "mix")'],
    ['--emulator', '-e', 'app.integrations.agora.query_recording()'],
    ['--emulator', '-e', 'app.integrations.agora.acquire_recording_resource{cname = "a", uid = "5"}'],
    ['-e', 'app.integrations.agora.get_notification_ips()'],
    ['-e', 'app.integrations.nothing.here()'],
    ['-e', 'error({a = 1})'],
    ['-e', 'return return'],
    ['-e', 'while true do end', '--cpu-limit', '0.1'],
    ['-e', 'string.rep("x", 1e9)'],
    ['-e', 'sleep(9)', '--timeout', '0.1'],
    [],
  ],
  run: [[], [bad], ['nothing'], ['./nothing.lua'], [good, '--cname', 'x'], [good, '--input', '{'], ['-']],
  workflows: [['more']],
  init: [[], ['nothing'], ['record_channel', '--cron', '--github']],
  'workflows:approve': [[good, '--yes'], [declared], ['nothing'], [declared, '--account', 'No'], []],
  'workflows:approvals': [['more']],
  'workflows:revoke': [['nothing'], []],
  'integrations:check': [[bad], [path.join(folder, 'none.lua')], [good, '--github']],
  'integrations:list': [['more']],
  'integrations:status': [['more']],
  'integrations:search': [[]],
  'integrations:docs': [['nothing']],
  'integrations:examples': [['nothing']],
  docs: [['nothing'], ['limits', 'more']],
  'integrations:schema': [['nothing'], []],
  'integrations:call': [
    [],
    ['agora'],
    ['agora.nothing'],
    ACQUIRE,
    [...ACQUIRE, '--emulator'],
    ['agora.acquire_recording_resource', '--emulator', '--force'],
    ['LIVE', 'agora.query_recording', '--resource-id', 'R', '--sid', 'S', '--mode', 'mix'],
    ['agora.get_notification_ips', '{'],
  ],
  'integrations:agora': [['nothing'], ['get_notification_ips']],
  'agora:notifications': [['send'], ['send', '--url', 'http://example.com'], ['listen']],
  'agora:check-storage': [[], ['{'], ['{}']],
  'agora:recordings': [['stop'], ['stop', 'nothing'], ['nothing']],
  'integrations:configure': [
    [],
    ['agora'],
    ['nothing'],
    ['agora', '--read', 'maybe'],
    ['agora', '--set', 'bogus=1'],
    ['agora', '--stdin-json'],
  ],
  'integrations:fields': [[], ['nothing']],
  'integrations:accounts': [[], ['nothing'], ['agora', 'nothing'], ['agora', 'rename', 'one'], ['agora', 'remove', 'nobody']],
  'integrations:doctor': [['agora'], ['nothing']],
  'config:list': [['more']],
  'config:get': [[], ['nothing']],
  'config:set': [['audit_log'], ['audit_log', 'maybe'], ['nothing', 'x']],
  'config:unset': [[], ['nothing']],
  'secrets:list': [['a', 'b']],
  'secrets:status': [['more']],
  'secrets:set': [[], ['nothing', '--stdin'], ['mcp.a.b', '--stdin']],
  'secrets:unset': [[], ['nothing']],
  'policy:explain': [[], ['agora.nothing'], ['agora'], ['mcp.a.b', '--account', 'x']],
  'policy:set': [
    [],
    ['agora.stop_recording'],
    ['agora.stop_recording', 'maybe'],
    ['agora.nothing', 'deny'],
    ['agora.record', 'deny'],
    ['agora.stop_recording', 'allow', '--project'],
    ['agora.stop_recording', 'deny', '--account', 'Prod 1'],
    ['mcp.files.read_file', 'deny', '--account', 'x'],
  ],
  'policy:unset': [[], ['agora'], ['agora.record']],
  'policy:list': [['more']],
  introspect: [['nothing']],
  'mcp:list': [['more']],
  'mcp:status': [['nothing'], ['broken']],
  'mcp:doctor': [[], ['more']],
  'mcp:add': [[], ['a::b', 'node'], ['nothing', '--read', 'ask'], ['a', '--type', 'pipe', 'node'], ['a', 'node', '--read', 'maybe']],
  'mcp:disable': [[], ['nothing']],
  'mcp:enable': [[], ['nothing']],
  'mcp:remove': [[], ['nothing'], ['files', '--global', '--project']],
  'mcp:trust': [[], ['nothing'], ['broken']],
  'mcp:untrust': [[]],
  'mcp:login': [[], ['nothing'], ['fake']],
  'mcp:logout': [[], ['a::b']],
  'mcp:secret:set': [
    ['files', 'key'],
    ['files', 'a b', 'v'],
  ],
  'mcp:secret:list': [['a::b']],
  'secrets:rotate': [['--stdin'], ['more']],
  'mcp:secret:unset': [['files']],
  'mcp:import': [['none.json'], [good]],
  'mcp:export': [
    ['--format', 'xml'],
    ['--path', '.mcp.json'],
  ],
  'mcp:examples': [['more']],
  'mcp:gateway:export': [
    ['--client', 'emacs'],
    ['--write', 'maybe'],
    ['--profile', 'none'],
  ],
  'mcp:gateway:install': [
    ['--name', 'a b'],
    ['--tools', 'some'],
  ],
  'mcp:lua': [['-e', 'app.mcp.fake.fail()'], []],
  'mcp:call': [['fake.echo'], ['fake.create_issue', '--title', 'x'], ['fake.nothing'], ['nothing.here'], ['files.x'], []],
  'mcp:tools': [['nothing'], ['files']],
  'mcp:schema': [['fake.nothing'], ['nothing']],
  'mcp:resources': [['files'], []],
  'mcp:resource': [['fake'], ['files', 'x']],
  'mcp:prompts': [['files']],
  'mcp:prompt': [['fake'], ['fake', 'summarize', '--nothing=1']],
};

async function run(
  command: string,
  args: readonly string[],
  start = runCli,
): Promise<{ document: Record<string, unknown>; code: number | null }> {
  const { stdout, stderr, code } = await start([command, ...args.filter((word) => word !== 'LIVE'), '--json'], {
    env: { KOSMO_HOME: path.join(folder, 'home'), ...(args.includes('LIVE') ? emulator.env : {}) },
    cwd: folder,
  });
  expect(stdout, stderr).toMatch(/^[^\n]+\n$/);
  expect(stderr).not.toMatch(/^error/m);
  return { document: JSON.parse(stdout) as Record<string, unknown>, code };
}

test('every command that has --json names a schema that the package ships, and is run here', () => {
  const withJson = commands.filter(({ options }) => options.some(({ name }) => name === '--json'));
  const schemaless = withJson.filter(({ json_schema: schema }) => schema === null || !SCHEMAS.includes(schema));
  expect(schemaless.map(({ name }) => name)).toEqual([]);
  const names = withJson.map(({ name }) => name).sort();
  expect(Object.keys(SUCCESSES).sort()).toEqual(names);
  expect(Object.keys(FAILURES).sort()).toEqual(names);
});

describe.each(commands.filter(({ json_schema: schema }) => schema !== null))('kosmo $name --json', ({ name, json_schema: schema }) => {
  test.each((SUCCESSES[name] ?? []).map((args) => [args]))('says what its schema describes, and ends with 0: %j', async (args) => {
    const { document, code } = await run(name, args);
    expect(problemsWith(document, schema ?? '')).toBeNull();
    expect({ success: document.success ?? true, code }).toEqual({ success: true, code: 0 });
  });

  test.each([...(FAILURES[name] ?? []), ['--nonsense-flag']].map((args) => [args]))(
    'says in the same form what went wrong, and ends with the exit code of that: %j',
    async (args) => {
      // One run of each command is a process of the built program.
      const { document, code } = await run(name, args, args[0] === '--nonsense-flag' ? kosmo : runCli);
      expect(problemsWith(document, schema ?? '')).toBeNull();
      expect(document).toMatchObject({ success: false, error: expect.stringMatching(/./), error_detail: { message: document.error } });
      const row = error_codes.find((candidate) => candidate.code === (document.error_detail as { code: string }).code);
      expect(code).toBe(row?.exit_code);
    },
  );
});

test.each([[['nothing:here']], [['help', 'nothing:here']]])('a command that does not exist fails in the same form: %j', async (args) => {
  const { document, code } = await run(args[0] ?? '', args.slice(1));
  expect(problemsWith(document, 'failure')).toBeNull();
  expect(code).toBe(2);
});

test.each(SCHEMAS)('the schema %s does not describe everything', (schema) => {
  expect(problemsWith({}, schema)).not.toBeNull();
});
