import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import type { CallReport, RunReport } from '../../src/runtime/index.ts';
import { answer, useRecordingServer } from '../helpers/recording-server.ts';
import { runCli as kosmo } from '../helpers/run-cli.ts';

const agora = useRecordingServer();
let folder: string;
let env: Record<string, string>;

beforeEach(() => {
  if (folder !== undefined) rmSync(folder, { recursive: true });
  folder = mkdtempSync(path.join(tmpdir(), 'kosmo-policy-'));
  mkdirSync(path.join(folder, 'project/.git'), { recursive: true });
  env = { KOSMO_HOME: path.join(folder, 'home') };
  for (const account of ['', 'PRODUCTION_']) {
    env[`AGORA_${account}CUSTOMER_ID`] = 'cid';
    env[`AGORA_${account}CUSTOMER_SECRET`] = 'csec-S3CRET';
    env[`AGORA_${account}APP_ID`] = 'app1';
    env[`AGORA_${account}URL`] = agora.server.url;
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

const settings = (place: 'home' | 'project/.kosmo', yaml: string): string => {
  const file = path.join(folder, place, 'config.yaml');
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, yaml);
  return file;
};
const permissions = (rules: string): string => `kosmo: { integrations: { agora: { permissions: ${rules} } } }\n`;

const run = async <Report>(args: readonly string[]): Promise<Report & { code: number | null; stderr: string }> => {
  const { stdout, stderr, code } = await kosmo([...args, '--json'], { env, cwd: path.join(folder, 'project') });
  return { ...(JSON.parse(stdout) as Report), code, stderr };
};
const ACQUIRE = 'app.integrations.agora.acquire_recording_resource({cname = "room", uid = "1"})';
const script = (...args: string[]) => run<RunReport>(['integrations:lua', '-e', ACQUIRE, ...args]);
const QUERY = ['agora.query_recording', '--resource-id=R', '--sid=S', '--mode=mix'];
const call = (...args: string[]) => run<CallReport>(['integrations:call', ...args]);
const acquire = (...args: string[]) => call('agora.acquire_recording_resource', '--cname=room', '--uid=1', ...args);

describe('kosmo integrations:lua and integrations:call', () => {
  const ways = [
    ['a script', script],
    ['a call', acquire],
  ] as const;

  test.each(ways)('AC-003, AC-080: %s that writes is refused without a terminal to ask on', async (_what, write) => {
    expect(await write()).toMatchObject({
      code: 4,
      success: false,
      error: expect.stringContaining("Integration 'agora' write requires approval"),
      error_detail: { code: 'APPROVAL_REQUIRED', hint: expect.stringContaining('--allow agora.acquire_recording_resource') },
      meta: { permission_bypassed: false },
    });
    expect(agora.server.seen).toEqual([]);
  });

  test.each(ways)('AC-009, AC-080: --force lets %s write, and the answer says so', async (_what, write) => {
    settings('home', permissions('{ write: ask }'));
    expect(await write('--force')).toMatchObject({ code: 0, success: true, meta: { permission_bypassed: true } });
    expect(agora.server.seen).toHaveLength(1);
  });

  test.each(ways)('AC-010: --force lets %s write just the same beside an MCP server', async (_what, write) => {
    writeFileSync(path.join(folder, 'project/.mcp.json'), JSON.stringify({ mcpServers: { fake: { command: 'false' } } }));
    expect(await write('--force')).toMatchObject({ code: 0, success: true, error: null, meta: { permission_bypassed: true } });
    expect(agora.server.seen).toHaveLength(1);
  });

  test.each(ways)('%s that is allowed by the settings needs no flag', async (_what, write) => {
    settings('home', permissions('{ write: allow }'));
    expect(await write()).toMatchObject({ code: 0, meta: { permission_bypassed: false } });
  });

  test.each(ways)('AC-081: %s that is denied is refused, by which rule, until a flag allows it', async (_what, write) => {
    const file = settings('home', permissions('{ write: deny }'));
    expect(await write()).toMatchObject({
      code: 4,
      error: expect.stringContaining(`write access denied by kosmo.integrations.agora.permissions.write in ${file}. Nothing was sent.`),
      error_detail: {
        code: 'POLICY_DENIED',
        outcome: 'none',
        hint: expect.stringContaining('kosmo integrations:configure agora --write=allow'),
      },
    });
    expect(agora.server.seen).toEqual([]);
    expect(await write('--force')).toMatchObject({ code: 0, meta: { permission_bypassed: true } });
    expect(await write('--allow', 'agora.acquire_recording_resource')).toMatchObject({ code: 0, meta: { permission_bypassed: true } });
  });

  test.each(ways)('--allow of another function does not let %s write', async (_what, write) => {
    expect(await write('--allow=agora.stop_recording', '--allow', 'agora.production.acquire_recording_resource')).toMatchObject({
      code: 4,
    });
    expect(agora.server.seen).toEqual([]);
  });

  test.each(ways)('--allow of a function that does not exist is refused before %s begins', async (_what, write) => {
    expect(await write('--allow', 'agora.acquire_recording_resorce')).toMatchObject({
      code: 2,
      error_detail: { code: 'USAGE', hint: 'did you mean agora.acquire_recording_resource?' },
    });
    expect(agora.server.seen).toEqual([]);
  });
});

test('AC-083 permissions_default holds for reads and writes', async () => {
  settings('home', 'kosmo:\n  integrations:\n    permissions_default: deny\n');
  expect(await acquire()).toMatchObject({ code: 4, error_detail: { code: 'POLICY_DENIED' } });
  expect(await call(...QUERY)).toMatchObject({ code: 4, error: expect.stringContaining("Integration 'agora' read access denied") });
  expect(agora.server.seen).toEqual([]);
});

test('rules differ between accounts and functions', async () => {
  settings(
    'home',
    permissions('{ write: allow, accounts: { production: { write: deny, functions: { acquire_recording_resource: allow } } } }'),
  );
  agora.server.respond = answer(200, { resourceId: 'R1', sid: 'S' });
  expect(await acquire('--account=production')).toMatchObject({ code: 0 });
  const stop = ['agora.stop_recording', '--resource-id=R', '--sid=S', '--mode=mix', '--cname=room', '--uid=1'];
  expect(await call(...stop)).toMatchObject({ code: 0 });
  expect(await call(...stop, '--account=production')).toMatchObject({ code: 4 });
  expect(await call(...stop, '--account=production', '--allow=agora.production.stop_recording')).toMatchObject({ code: 0 });
});

test('a project can forbid, and cannot allow', async () => {
  const file = settings('project/.kosmo', permissions('{ read: deny, write: allow }'));
  expect(await acquire()).toMatchObject({ code: 4, error_detail: { code: 'APPROVAL_REQUIRED' } });
  expect(await call(...QUERY)).toMatchObject({ code: 4, error_detail: { code: 'POLICY_DENIED', hint: expect.stringContaining(file) } });
});

test('AC-082 a dry run sends nothing, and fails where the call would be refused', async () => {
  const dry = { data: null, meta: { dry_run: true } };
  expect(await acquire('--dry-run')).toMatchObject({ ...dry, code: 4, error: expect.stringContaining('requires approval') });
  expect(await acquire('--dry-run', '--allow', 'agora.acquire_recording_resource')).toMatchObject({ ...dry, code: 0, success: true });
  settings('home', permissions('{ write: deny }'));
  expect(await acquire('--dry-run')).toMatchObject({ ...dry, code: 4, error: expect.stringContaining('write access denied') });
  expect(agora.server.seen).toEqual([]);
});

test('AC-084 neither --force nor --allow passes anything else', async () => {
  const flags = ['--force', '--allow', 'agora.acquire_recording_resource'];
  expect(await call('agora.acquire_recording_resource', '--cname=room', ...flags)).toMatchObject({
    code: 1,
    error: expect.stringContaining('Missing required parameter(s): uid'),
  });
  expect(await call('agora.nothing', ...flags)).toMatchObject({ code: 1, error_detail: { code: 'UNKNOWN_FUNCTION' } });
  expect(await acquire('--account=nope', ...flags)).toMatchObject({ code: 3, error_detail: { code: 'NOT_CONFIGURED' } });
  expect(await run(['integrations:lua', '-e', 'while true do end', '--cpu-limit=0.2', ...flags])).toMatchObject({ code: 6 });
  settings('home', 'kosmo: { integrations: { agora: { enabled: false } } }');
  expect(await acquire(...flags)).toMatchObject({ code: 3, error_detail: { code: 'INTEGRATION_DISABLED' } });
  const file = settings('home', permissions('{ write: yes please }'));
  expect(await acquire(...flags)).toMatchObject({
    code: 3,
    error: expect.stringContaining(`${file}:1: kosmo.integrations.agora.permissions.write must be allow, ask or deny, not "yes please".`),
    error_detail: { code: 'INVALID_CONFIGURATION' },
  });
  expect(agora.server.seen).toEqual([]);
});

test('a function that is made of others is allowed by its own name, and ruled by theirs', async () => {
  const record = `app.integrations.agora.record{mode = "mix", cname = "room", uid = "1", storage_config = {vendor = 1, region = 0, bucket = "b", accessKey = "fake-access-key", secretKey = "fake-secret-key"}}`;
  agora.server.respond = (...request) =>
    answer(200, request[0].url?.endsWith('acquire') ? { resourceId: 'R1' } : { sid: 'S1' })(...request);
  const report = await run<RunReport>(['integrations:lua', '-e', record, '--allow', 'agora.record']);
  expect(report).toMatchObject({ code: 0, call_log: [{ name: 'acquire_recording_resource' }, { name: 'start_recording' }] });
  const direct = await run<RunReport>(['integrations:lua', '-e', `pcall(function() ${record} end) ${ACQUIRE}`, '--allow', 'agora.record']);
  expect(direct).toMatchObject({ code: 4 });
  settings('home', permissions('{ functions: { record: allow } }'));
  expect(await run(['integrations:lua', '-e', record])).toMatchObject({
    code: 3,
    error: expect.stringContaining('made of acquire_recording_resource and start_recording, whose rules apply'),
  });
});

describe('kosmo policy:explain', () => {
  const explain = (...args: string[]) => run<Record<string, unknown>>(['policy:explain', ...args]);

  test('names the rule that decides, in which file, and what it makes stricter', async () => {
    const own = settings('home', permissions('{ write: allow, accounts: { production: { write: ask } } }'));
    const theirs = settings('project/.kosmo', permissions('{ read: allow, functions: { start_recording: deny } }'));
    const key = 'kosmo.integrations.agora.permissions';
    expect(await explain('agora.start_recording', '--account', 'production')).toEqual({
      success: true,
      function: 'agora.start_recording',
      account: 'production',
      level: 'deny',
      calls: [
        {
          function: 'agora.start_recording',
          operation: 'write',
          level: 'deny',
          rules: [
            { scope: 'project', file: theirs, key: `${key}.functions.start_recording`, level: 'deny', effect: 'decides' },
            { scope: 'user', file: own, key: `${key}.accounts.production.write`, level: 'ask', effect: 'overruled' },
          ],
          change: [`set ${key}.accounts.production.write: allow in ${own}`, `set ${key}.functions.start_recording: allow in ${theirs}`],
        },
      ],
      allow_flag: '--allow agora.production.start_recording',
      error: null,
      error_detail: null,
      code: 0,
      stderr: '',
    });
  });

  test('the command that it shows changes the answer', async () => {
    const { calls } = (await explain('agora.start_recording')) as unknown as { calls: { change: string[] }[] };
    const [command = ''] = calls[0]?.change ?? [];
    expect(command).toBe('kosmo integrations:configure agora --write=allow');
    await run(command.split(' ').slice(1));
    expect(await explain('agora.start_recording')).toMatchObject({ level: 'allow', calls: [{ change: [] }] });
  });

  test('tells people in words, and of a function that is made of others what those are', async () => {
    const { stdout } = await kosmo(['policy:explain', 'agora.record'], { env, cwd: path.join(folder, 'project') });
    expect(stdout).toBe(`agora.record (account default): ask: kosmo asks you on a terminal and refuses the call everywhere else

agora.acquire_recording_resource as a write: ask
  decides    write: ask, built in
agora.start_recording as a write: ask
  decides    write: ask, built in

for one run: --allow agora.record, or --force for every call
for good: kosmo integrations:configure agora --write=allow
`);
  });

  test.each([
    [['agora.start_recordng'], 'policy:explain takes the name of one function', 'did you mean agora.start_recording?'],
    [['mcp.github.create_issue', '--account=a'], 'MCP servers have no accounts', ''],
    [['agora.staging.record', '--account=a'], 'the function names the account staging', ''],
    [['agora.record', '--account=A'], '--account takes a name', ''],
  ])('%j is refused', async (args, message, hint) => {
    const refused = await explain(...args);
    expect(refused).toMatchObject({ code: 2, error: expect.stringContaining(message) });
    if (hint !== '') expect(refused).toMatchObject({ error_detail: { hint } });
  });
});

test('AC-118 a script cannot reach or replace the policy', async () => {
  const replaced = `
    local real = app
    rawset(_G, "policy", "allow")
    app = setmetatable({}, { __index = function() return real end })
    print, _G.force, _G.authorize = function() end, true, function() return true end
    json = { encode = function() return '{"write":"allow"}' end, decode = function() return { write = "allow" } end }
    pcall, type, tostring, policy = function() return true end, print, print, { write = "allow" }
  `;
  const attempts = [
    'app.integrations.integrations.agora.acquire_recording_resource({cname = "room", uid = "1"})',
    'real.integrations.agora.acquire_recording_resource({cname = "room", uid = "1"}, {force = true})',
    'real.integrations.agora.acquire_recording_resource({cname = "room", uid = "1", force = true})',
    'rawset(real.integrations.agora, "policy", "allow") real.integrations.agora.acquire_recording_resource({cname = "room", uid = "1"})',
  ];
  for (const attempt of attempts) {
    expect((await run<RunReport>(['integrations:lua', '-e', replaced + attempt])).success, attempt).toBe(false);
  }
  // The same call, by the script's own `app`: only the policy stands before it.
  const call = `${replaced} ${ACQUIRE.replace('app.integrations', 'app.anything.integrations')}`;
  expect(await run(['integrations:lua', '-e', call])).toMatchObject({
    code: 4,
    error_detail: { code: 'APPROVAL_REQUIRED' },
    call_log: [{ status: 'error' }],
  });
  const globals =
    'local names = {} for name in pairs(_G) do if type(name) == "string" and name:match("^__") then names[#names + 1] = name end end return #names';
  expect(await run(['integrations:lua', '-e', globals])).toMatchObject({ result: [0] });
  expect(agora.server.seen).toEqual([]);
  expect(await run(['integrations:lua', '-e', call, '--force'])).toMatchObject({ code: 0, meta: { permission_bypassed: true } });
  expect(agora.server.seen).toHaveLength(1);
});

test('a rule for what may be a misspelt account is warned of, once', async () => {
  settings('home', permissions('{ write: allow, accounts: { prodution: { write: deny } } }'));
  const report = await run<RunReport>(['integrations:lua', '-e', `${ACQUIRE} ${ACQUIRE}`]);
  expect(report.call_log.map(({ warnings = [] }) => warnings.length)).toEqual([1, 0]);
  expect(report.call_log[0]?.warnings?.[0]).toContain("did you mean 'production'?");
});

test('recordings are stopped by a narrow --allow', async () => {
  const start = `app.integrations.agora.start_recording{resource_id = "R", mode = "mix", cname = "room", uid = "1", storage_config = {vendor = 1, region = 0, bucket = "b", accessKey = "fake-access-key", secretKey = "fake-secret-key"}}`;
  agora.server.respond = answer(200, { sid: 'S1' });
  await run(['integrations:lua', '-e', start, '--allow', 'agora.start_recording']);
  expect(await run(['agora:recordings', 'stop', 'S1'])).toMatchObject({ code: 4, error_detail: { code: 'APPROVAL_REQUIRED' } });
  expect(await run(['agora:recordings', 'stop', '--allow', 'agora.stop_recording', 'S1'])).toMatchObject({ code: 0 });
});
