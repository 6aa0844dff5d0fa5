import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openLedger } from '../../src/integrations/agora/recordings/ledger.ts';
import { type CliOptions, type EmulatorProcess, startEmulatorProcess } from '../helpers/cli.ts';
import { runCli as kosmo, runLuaCli as lua } from '../helpers/run-cli.ts';
import { tempFolder } from '../helpers/temp-folder.ts';

let emulator: EmulatorProcess;
beforeAll(async () => {
  emulator = await startEmulatorProcess();
});
afterAll(() => emulator.stop());

interface Place {
  readonly home: string;
  readonly project: string;
  /** A document that a command printed, with its exit code. */
  readonly json: (args: readonly string[], options?: CliOptions) => Promise<Record<string, never> & { readonly code: number | null }>;
  readonly run: (args: readonly string[], options?: CliOptions) => ReturnType<typeof kosmo>;
  /** All that stands in the files of the user and of the project. */
  readonly texts: () => string;
}

function place(): Place {
  const folder = tempFolder();
  const home = path.join(folder, 'home');
  const project = path.join(folder, 'project');
  mkdirSync(path.join(project, '.git'), { recursive: true });
  const run: Place['run'] = (args, options = {}) => kosmo(args, { cwd: project, ...options, env: { KOSMO_HOME: home, ...options.env } });
  return {
    home,
    project,
    run,
    async json(args, options) {
      const { stdout, code } = await run([...args, '--json'], options);
      return { ...JSON.parse(stdout), code };
    },
    texts: () =>
      readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map(({ parentPath, name }) => readFileSync(path.join(parentPath, name), 'utf8'))
        .join('\n'),
  };
}

const CREDENTIALS = () => {
  const { AGORA_CUSTOMER_ID, AGORA_CUSTOMER_SECRET, AGORA_APP_ID, AGORA_URL } = emulator.env;
  return { customer_id: AGORA_CUSTOMER_ID, customer_secret: AGORA_CUSTOMER_SECRET, app_id: AGORA_APP_ID, url: AGORA_URL };
};

const IPS = ['integrations:call', 'agora.get_notification_ips'];

test('AC-050, AC-052 an account is set up: the secret encrypted and with the user, the rest where it was asked for', async () => {
  const { home, project, json, texts } = place();
  const args = ['--account', 'work', '--set', 'customer_secret=work-S3CRET', '--set', 'app_id=app9'];
  const report = await json(['integrations:configure', 'agora', ...args, '--enable', '--read', 'allow', '--write', 'deny', '--project']);
  expect(report).toMatchObject({
    code: 0,
    success: true,
    provider: 'agora',
    account: 'work',
    scope: 'project',
    credentials_set: ['customer_secret', 'app_id'],
    credentials_unset: [],
    enabled: true,
    configured: false,
    missing_credentials: ['customer_id'],
    permissions: { read: 'allow', write: 'deny' },
  });
  expect(readFileSync(path.join(project, '.kosmo/config.yaml'), 'utf8')).toBe(
    [
      'kosmo:',
      '  integrations:',
      '    agora:',
      '      accounts:',
      '        work:',
      '          app_id: app9',
      '      enabled: true',
      '      permissions:',
      '        accounts:',
      '          work:',
      '            read: allow',
      '            write: deny',
      '',
    ].join('\n'),
  );
  expect(texts()).not.toContain('S3CRET');
  expect(readdirSync(home).sort()).toEqual(['secrets.json', 'secrets.key']);
  expect(readdirSync(home).map((name) => statSync(path.join(home, name)).mode & 0o777)).toEqual([0o600, 0o600]);
  expect(statSync(home).mode & 0o777).toBe(0o700);
  await json(['integrations:configure', 'agora', '--set', 'app_id=mine']);
  expect(readFileSync(path.join(home, 'config.yaml'), 'utf8')).toContain('app_id: mine');
});

test('AC-051 the same comes from stdin, where flags win', async () => {
  const { json } = place();
  const payload = {
    account: 'work',
    credentials: { customer_id: 'c', app_id: 'from stdin' },
    set_env: { customer_secret: 'AGORA_TEAM_CUSTOMER_SECRET' },
    enabled: true,
    permissions: { write: 'deny' },
    scope: 'project',
  };
  const report = await json(['integrations:configure', 'agora', '--stdin-json', '--set', 'app_id=flag'], {
    stdin: JSON.stringify(payload),
    env: { AGORA_TEAM_CUSTOMER_SECRET: 'mine-S3CRET' },
  });
  expect(report).toMatchObject({ code: 0, account: 'work', scope: 'project', configured: true, permissions: { write: 'deny' } });
  const { fields } = await json(['integrations:fields', 'agora', '--account', 'work']);
  expect(fields).toContainEqual(
    expect.objectContaining({ key: 'customer_secret', configured: false, origin: 'AGORA_TEAM_CUSTOMER_SECRET, which is not set' }),
  );
  const { settings } = await json(['config:list']);
  expect(settings).toContainEqual(expect.objectContaining({ name: 'integrations.agora.accounts.work.app_id', value: 'flag' }));
});

describe('what cannot be meant changes nothing', () => {
  test.each([
    ['AC-053', ['--set', 'app_id=a', '--read', 'maybe'], /Invalid permission 'read:maybe'\. Use read\/write with allow, ask, or deny\./],
    ['AC-055', ['--set', 'custmer_id=1'], /agora has no credential 'custmer_id'; there are customer_id, .* Did you mean customer_id\?/],
    [
      'several mistakes',
      ['--set', 'region=mars', '--set', 'app_id=a/b', '--account', 'Work'],
      /account is named.*region must be.*app_id must be|account is named.*app_id must be.*region must be/,
    ],
    ['a name that is taken', ['--account', 'start_recording', '--set', 'app_id=a'], /is a function of agora/],
    ['a blank value', ['--set', 'app_id= '], /app_id is blank; to remove it, use --unset app_id\./],
    ['a value twice', ['--set', 'app_id=a', '--unset', 'app_id'], /app_id is given more than once/],
    ['no value', ['--set', 'customer_secret'], /--set takes field=value\./],
    ['a variable that is none', ['--set-env', 'app_id=MY APP'], /not a name of an environment variable/],
    ['both ways', ['--enable', '--disable'], /Give --enable or --disable, not both\./],
    ['where a project may not point', ['--project', '--set', 'url=https://x.example'], /says where credentials are sent/],
    ['nothing at all', [], /nothing to change for agora on the command line, and no terminal to ask on/],
  ])('%s: %j', async (_what, args, message) => {
    const { json, home, project } = place();
    const report = await json(['integrations:configure', 'agora', ...args]);
    expect(report).toMatchObject({ success: false, code: 2, error: expect.stringMatching(message) });
    expect(() => statSync(home)).toThrow();
    expect(readdirSync(project)).toEqual(['.git']);
  });

  test('AC-054 an integration that does not exist, and stdin that is no JSON', async () => {
    const { json } = place();
    expect(await json(['integrations:configure', 'agra', '--enable'])).toMatchObject({
      code: 2,
      error: 'Unknown integration provider: agra',
      error_detail: { hint: 'did you mean agora?' },
    });
    for (const stdin of ['', '{', '[]', '"x"'])
      expect(await json(['integrations:configure', 'agora', '--stdin-json'], { stdin })).toMatchObject({
        code: 2,
        error: 'Invalid JSON supplied on stdin.',
      });
    expect(await json(['integrations:configure', 'agora', '--stdin-json'], { stdin: '{"seet": 1, "enabled": "yes"}' })).toMatchObject({
      code: 2,
      error: expect.stringMatching(/There is no 'seet' on stdin.*enabled on stdin must be true or false/),
    });
  });

  test('a configuration file that cannot be read', async () => {
    const { json, home } = place();
    mkdirSync(home);
    writeFileSync(path.join(home, 'config.yaml'), 'kosmo:\n  integrations: {agora: [}\n');
    for (const args of [
      ['integrations:configure', 'agora', '--set', 'customer_secret=new-S3CRET'],
      IPS,
      ['config:list'],
      ['integrations:doctor'],
    ])
      expect(await json(args)).toMatchObject({
        success: false,
        code: 3,
        error: expect.stringMatching(/config\.yaml:2:\d+ is not valid YAML: /),
      });
    expect(readdirSync(home)).toEqual(['config.yaml']);
  });

  test('AC-060 a secret that cannot be encrypted', async () => {
    const { json, home, texts } = place();
    mkdirSync(home);
    writeFileSync(path.join(home, 'secrets.key'), 'damaged');
    const report = await json(['integrations:configure', 'agora', '--set', 'customer_secret=new-S3CRET', '--set', 'app_id=a']);
    expect(report).toMatchObject({ code: 3, error_detail: { code: 'SECRET_UNREADABLE' } });
    expect(readdirSync(home)).toEqual(['secrets.key']);
    expect(texts()).not.toContain('S3CRET');
  });
});

describe('calls', () => {
  test('AC-057, AC-058 are made with a stored account, which may be the only one', async () => {
    const { home, project, json, run } = place();
    await json(['integrations:configure', 'agora', '--stdin-json'], { stdin: JSON.stringify({ account: 'work', set: CREDENTIALS() }) });
    expect(await json([...IPS, '--account', 'work'])).toMatchObject({ success: true, code: 0 });
    expect(await json(IPS)).toMatchObject({
      code: 3,
      error: expect.stringContaining("missing required credentials for account 'default'"),
    });
    expect(await json([...IPS, '--account', 'nope'])).toMatchObject({ error: expect.stringContaining("credentials for account 'nope'") });
    const options = { cwd: project, env: { KOSMO_HOME: home } };
    const script =
      'local ok, err = pcall(app.integrations.agora.get_notification_ips) return #app.integrations.agora.work.get_notification_ips().data.service.hosts > 0, err.code';
    expect(await lua(['-e', script], options)).toMatchObject({ result: [true, 'NOT_CONFIGURED'] });
    expect((await run(['integrations:docs', 'agora'])).stdout).toMatch(/Status: active\nAccounts: default, work/);
    expect(await json(['integrations:status'])).toMatchObject({
      providers: { agora: { active: true, configured: false, accounts: ['default', 'work'] } },
    });
    expect((await run(['integrations:check', '-'], { stdin: 'app.integrations.agora.wrk.get_notification_ips()' })).stdout).toContain(
      'Did you mean: work?',
    );
  });

  test('AC-059 are never made with a secret that the key does not open', async () => {
    const { json } = place();
    const key = { KOSMO_CREDENTIAL_KEY: 'my-passphrase-S3CRET' };
    await json(['integrations:configure', 'agora', '--stdin-json'], { stdin: JSON.stringify({ set: CREDENTIALS() }), env: key });
    expect(await json(IPS, { env: key })).toMatchObject({ success: true });
    for (const env of [{ KOSMO_CREDENTIAL_KEY: 'another' }, {}])
      expect(await json(IPS, { env })).toMatchObject({ code: 3, error_detail: { code: 'SECRET_UNREADABLE', outcome: 'none' } });
    const report = await json(['integrations:doctor', 'agora'], { env: { KOSMO_CREDENTIAL_KEY: 'another' } });
    expect(report).toMatchObject({ code: 3, success: false, error_detail: { code: 'SECRET_UNREADABLE' } });
  });

  test('are refused while the integration is disabled, by the user or the project', async () => {
    const { json } = place();
    const env = emulator.env;
    const refused = { code: 3, error_detail: { code: 'INTEGRATION_DISABLED' } };
    await json(['integrations:configure', 'agora', '--disable']);
    expect(await json([...IPS, '--force'], { env })).toMatchObject({
      ...refused,
      error: expect.stringMatching(/Integration 'agora' is disabled in .*config\.yaml:4\. Nothing was sent\.$/),
      error_detail: { hint: 'kosmo integrations:configure agora --enable' },
    });
    expect(await json(['integrations:configure', 'agora', '--enable', '--project'])).toMatchObject({
      enabled: false,
      warnings: [expect.stringContaining('agora is still disabled in')],
    });
    await json(['integrations:configure', 'agora', '--enable']);
    expect(await json(IPS, { env })).toMatchObject({ code: 0 });
    await json(['integrations:configure', 'agora', '--disable', '--project']);
    expect(await json(IPS, { env })).toMatchObject({
      ...refused,
      error_detail: { hint: 'kosmo integrations:configure agora --enable --project' },
    });
    expect(await json(['integrations:status'], { env })).toMatchObject({ providers: { agora: { active: false, configured: true } } });
  });
});

describe('the doctor', () => {
  test('AC-042 tells what is missing, and the next commands', async () => {
    const { json, home } = place();
    const report = await json(['integrations:doctor', 'agora']);
    expect(report).toMatchObject({
      code: 3,
      success: false,
      missing_credentials: ['customer_id', 'customer_secret', 'app_id'],
      active: false,
      auth_strategy: 'basic_auth',
      problems: [{ account: 'default', code: 'NOT_CONFIGURED' }],
    });
    expect(report.next_commands).toEqual([
      'kosmo integrations:fields agora --json',
      'kosmo integrations:configure agora --set customer_id=... --set customer_secret=... --set app_id=... --json',
    ]);
    expect(await json(['integrations:doctor'])).toMatchObject({ code: 0, success: true, providers: { agora: { active: false } } });
    expect(() => statSync(home)).toThrow();
  });

  test('AC-043, AC-044 tells what is there', async () => {
    const { json } = place();
    await json(['integrations:configure', 'agora', '--write', 'ask']);
    const report = await json(['integrations:doctor', 'agora', '--live'], { env: emulator.env });
    expect(report).toMatchObject({
      code: 0,
      success: true,
      active: true,
      permissions: { read: 'allow', write: 'ask' },
      live: [{ account: 'default', function: 'agora.get_notification_ips', success: true, unproven: ['app_id'] }],
      next_commands: ['kosmo integrations:docs agora.acquire_recording_resource'],
    });
    expect(report.example_functions).toContain('agora.acquire_recording_resource');
    expect(await json(['integrations:doctor', 'nope'])).toMatchObject({
      code: 2,
      success: false,
      error: 'Unknown integration provider: nope',
    });
  });

  test('tries credentials, and finds what cannot work before that', async () => {
    const { json, home } = place();
    const wrong = await json(['integrations:doctor', 'agora', '--live'], {
      env: { ...emulator.env, AGORA_CUSTOMER_SECRET: 'wrong-S3CRET' },
    });
    expect(wrong).toMatchObject({ code: 5, success: false, error_detail: { code: 'CREDENTIALS_REJECTED' }, live: [{ success: false }] });
    mkdirSync(home, { recursive: true });
    writeFileSync(
      path.join(home, 'config.yaml'),
      'kosmo:\n  integrtions: {}\n  integrations:\n    agora:\n      accounts:\n        work: {regoin: eu, app_id: a/b, customer_secret: {env: NOT_THERE}}\n',
    );
    const report = await json(['integrations:doctor'], { env: emulator.env });
    expect(report.code).toBe(3);
    expect(report).toMatchObject({
      providers: {
        agora: {
          active: true,
          problems: [
            {
              account: 'work',
              code: 'NOT_CONFIGURED',
              message: expect.stringContaining('customer_secret from NOT_THERE, which is not set'),
            },
            {
              account: 'work',
              code: 'INVALID_CONFIGURATION',
              message: "Account 'work' of agora: app_id must be letters, digits, - and _.",
            },
          ],
        },
      },
      warnings: [
        expect.stringMatching(/config\.yaml:2: kosmo\.integrtions is not a setting and has no effect\. Did you mean integrations\?/),
        expect.stringMatching(
          /config\.yaml:6: kosmo\.integrations\.agora\.accounts\.work\.regoin is not a setting .* Did you mean region\?/,
        ),
      ],
    });
  });

  test.each([
    ['a level', 'integrations: {agora: {permissions: {write: frob}}}', 'agora.permissions.write must be allow, ask or deny'],
    ['a misspelt table', 'integrations: {agora: {permissions: {function: {}}}}', 'agora.permissions.function is unknown'],
    [
      'an unknown function',
      'integrations: {agora: {permissions: {functions: {start: deny}}}}',
      'functions.start is not a function of agora',
    ],
    [
      'a misspelt section',
      'integrations: {agora: {permisions: {write: deny}}}',
      'agora.permisions is not a setting. Did you mean permissions?',
    ],
    ['an integration', 'integrations: {agroa: {}}', 'agroa is not an integration. Did you mean agora?'],
    ['the audit log', 'audit_log: maybe', 'audit_log must be true or false'],
  ])('finds what forbids every call: %s', async (_what, settings, message) => {
    const { json, run, home } = place();
    mkdirSync(home);
    writeFileSync(path.join(home, 'config.yaml'), `kosmo:\n  ${settings}\n`);
    const { env } = emulator;
    const report = await json(['integrations:doctor', 'agora', '--live'], { env });
    const call = await json(IPS, { env });
    expect(call).toMatchObject({ code: 3, error_detail: { code: 'INVALID_CONFIGURATION' } });
    expect(report).toMatchObject({ code: 3, active: false, live: [], warnings: [] });
    expect(report.problems).toMatchObject([{ account: null, message: expect.stringContaining(message) }]);
    const { stdout, code } = await run(['integrations:doctor'], { env });
    expect(code).toBe(3);
    expect(stdout).toMatch(/^agora: inactive[\s\S]*✗ .*config\.yaml:2: kosmo\..*\n {4}edit .*config\.yaml$/m);
  });

  test('the commands that it proposes fix the problems that it found', async () => {
    const { json, home } = place();
    const next = async (env: Record<string, string> = {}): Promise<unknown> =>
      (await json(['integrations:doctor', 'agora', '--live'], { env })).next_commands;
    expect(await next({ ...emulator.env, AGORA_CUSTOMER_SECRET: 'wrong-S3CRET' })).toEqual([
      'export AGORA_CUSTOMER_ID=... AGORA_CUSTOMER_SECRET=...',
      'kosmo integrations:doctor agora --live',
    ]);
    expect(await next({ ...emulator.env, AGORA_URL: 'ftp://x' })).toEqual(['export AGORA_URL=...', 'kosmo integrations:doctor agora']);
    await json(['integrations:configure', 'agora', '--account', 'work', '--stdin-json'], {
      stdin: JSON.stringify({ set: { ...CREDENTIALS(), url: 'http://127.0.0.1:1' } }),
    });
    expect(await next()).toEqual([
      'kosmo integrations:configure agora --account work --set url=... --json',
      'kosmo integrations:doctor agora --account work --live',
    ]);
    rmSync(path.join(home, 'secrets.key'));
    expect(await next()).toEqual(['kosmo integrations:doctor agora --account work']);
  });

  test('AC-046 counts a blank value as missing', async () => {
    const { json, home } = place();
    mkdirSync(home);
    writeFileSync(path.join(home, 'config.yaml'), 'kosmo: {integrations: {agora: {accounts: {default: {app_id: "  "}}}}}');
    const { fields } = await json(['integrations:fields', 'agora']);
    expect(fields).toContainEqual(expect.objectContaining({ key: 'app_id', configured: false }));
    expect(await json(['integrations:doctor', 'agora'])).toMatchObject({ missing_credentials: expect.arrayContaining(['app_id']) });
  });
});

test('accounts are listed, renamed with their secrets and rules, and removed', async () => {
  const { home, json, run } = place();
  await json(['integrations:configure', 'agora', '--stdin-json'], { stdin: JSON.stringify({ account: 'work', set: CREDENTIALS() }) });
  writeFileSync(
    path.join(home, 'config.yaml'),
    `# mine\n${readFileSync(path.join(home, 'config.yaml'), 'utf8')}      permissions: { accounts: { work: { write: deny } } }\n`,
  );
  expect(await json(['integrations:accounts', 'agora', 'rename', 'work', 'production'])).toMatchObject({
    code: 0,
    renamed: { from: 'work', to: 'production' },
    accounts: [{ name: 'default' }, { name: 'production', configured: true }],
  });
  expect(await json([...IPS, '--account', 'production'])).toMatchObject({ success: true });
  expect(readFileSync(path.join(home, 'config.yaml'), 'utf8')).toMatch(
    /^# mine\n[\s\S]*permissions: \{ accounts: \{ production: \{ write: deny \} \} \}/,
  );
  expect((await run(['integrations:accounts', 'agora'])).stdout).toMatch(/^production +yes +\/.*config\.yaml, \/.*secrets\.json$/m);
  expect(await json(['integrations:accounts', 'agora', 'rename', 'work', 'x'])).toMatchObject({
    code: 2,
    error: expect.stringContaining("no account 'work'"),
  });
  expect(await json(['integrations:accounts', 'agora', 'remove', 'production', '--force'])).toMatchObject({
    removed: 'production',
    accounts: [{ name: 'default' }],
  });
  expect(readFileSync(path.join(home, 'config.yaml'), 'utf8')).toBe('# mine\nkosmo: {}\n');
  expect(JSON.parse(readFileSync(path.join(home, 'secrets.json'), 'utf8')).secrets).toEqual({});
  expect(await json(['integrations:accounts', 'agora', 'remove', 'default'], { env: emulator.env })).toMatchObject({
    code: 2,
    error_detail: { hint: expect.stringContaining('unset AGORA_CUSTOMER_ID') },
  });
});

test('an account is removed after a yes, and its open recordings are named', async () => {
  const { home, json } = place();
  await json(['integrations:configure', 'agora', '--account', 'work', '--stdin-json'], { stdin: JSON.stringify({ set: CREDENTIALS() }) });
  const ledger = openLedger(path.join(home, 'agora'));
  const facts = { appId: 'a', resourceId: 'r', mode: 'mix', cname: 'standup', uid: '1' };
  ledger.started(ledger.starting({ account: 'work', ...facts }), 'sid-of-work');
  ledger.started(ledger.starting({ account: 'default', ...facts }), 'sid-of-default');

  const refused = await json(['integrations:accounts', 'agora', 'remove', 'work']);
  expect(refused).toMatchObject({
    code: 4,
    error: expect.stringMatching(/deletes its fields and secrets for good\. Still open .*: recording sid-of-work of standup\. Nothing/),
    error_detail: { code: 'APPROVAL_REQUIRED', hint: 'kosmo integrations:accounts agora remove work --force' },
  });
  expect(await json([...IPS, '--account', 'work'])).toMatchObject({ success: true });

  expect(await json(['integrations:accounts', 'agora', 'rename', 'work', 'other'])).toMatchObject({
    code: 0,
    warnings: [expect.stringMatching(/'work', .* rename other work: recording sid-of-work of standup\.$/)],
  });
  expect(await json(['integrations:accounts', 'agora', 'rename', 'other', 'work', '--force'])).toMatchObject({ code: 2 });
  await json(['integrations:accounts', 'agora', 'rename', 'other', 'work']);
  expect(await json(['integrations:accounts', 'agora', 'remove', 'work', '--force'])).toMatchObject({
    code: 0,
    removed: 'work',
    warnings: [expect.stringContaining('recording sid-of-work of standup')],
  });
});

test('with only another account set up, calls without it name it', async () => {
  const { run, json } = place();
  await json(['integrations:configure', 'agora', '--account', 'production', '--stdin-json'], {
    stdin: JSON.stringify({ set: CREDENTIALS() }),
  });
  for (const flags of [[], ['--account', 'nope']]) {
    const { error, error_detail: detail } = await json([...IPS, ...flags]);
    expect(error).toContain('There is production.');
    expect(detail).toMatchObject({ code: 'NOT_CONFIGURED', hint: expect.stringMatching(/^use --account production; to set up '/) });
  }
  const { stderr } = await run(['integrations:lua', '-e', 'app.integrations.agora.get_notification_ips()']);
  expect(stderr).toMatch(/hint: use app\.integrations\.agora\.production; /);
});

test('hints are about what was asked for', async () => {
  const { run } = place();
  const args = ['integrations:configure', 'agora'];
  const permission = await run([...args, '--read', 'ask']);
  expect(permission.stderr).not.toContain('missing');
  expect(permission.stderr).toMatch(/^Next: kosmo integrations:doctor agora$/m);
  const nothing = await run([...args, '--account', 'nope']);
  expect(nothing.stderr).toMatch(
    /--account nope --set customer_id=… .*, or kosmo integrations:configure agora --account nope in a terminal/,
  );
  const secret = await run(['mcp:secret:set', 'github', 'token', 'typed-S3CRET']);
  expect(secret.stderr).toContain('warning: the value stood on the command line');
  expect((await run(['mcp:secret:set', 'github', 'token', '--stdin'], { stdin: 'x-S3CRET' })).stderr).not.toContain('warning');
});

test('every setting is listed with where it comes from, and no secret', async () => {
  const { home, project, json, run } = place();
  await json(['integrations:configure', 'agora', '--stdin-json', '--write', 'deny'], {
    stdin: JSON.stringify({ set: { customer_secret: 'x-S3CRET', app_id: 'a' } }),
  });
  mkdirSync(path.join(project, '.kosmo'));
  writeFileSync(
    path.join(project, '.kosmo/config.yaml'),
    'kosmo:\n  audit_log: true\n  integrations: {agora: {permissions: {read: ask, write: allow}}}\n',
  );
  const { stdout } = await run(['config:list', '--origin'], { env: { AGORA_REGION: 'eu' } });
  const rows = stdout.split('\n').map((line) => line.split(/ {2,}/));
  const user = path.join(home, 'config.yaml');
  expect(rows).toEqual([
    ['Setting', 'Value', 'From'],
    ['audit_log', 'true', `${path.join(project, '.kosmo/config.yaml')}:2`],
    ['integrations.agora.accounts.default.app_id', 'a', `${user}:6`],
    ['integrations.agora.accounts.default.customer_secret', '(secret)', path.join(home, 'secrets.json')],
    ['integrations.agora.accounts.default.region', 'eu', 'AGORA_REGION'],
    ['integrations.agora.enabled', 'true', 'built-in'],
    ['integrations.agora.permissions.read', 'ask', `${path.join(project, '.kosmo/config.yaml')}:3`],
    ['integrations.agora.permissions.write', 'deny', `${user}:8`],
    [''],
  ]);
});

test('AC-232 who only looks writes nothing', async () => {
  const { home, project, run } = place();
  mkdirSync(path.join(project, '.kosmo'));
  writeFileSync(path.join(project, '.kosmo/config.yaml'), 'kosmo: {}\n');
  for (const args of [
    ['integrations:list'],
    ['integrations:status'],
    ['integrations:search', 'record'],
    ['integrations:docs', 'agora'],
    ['integrations:fields', 'agora'],
    ['integrations:accounts', 'agora'],
    ['integrations:doctor'],
    ['config:list'],
    ['integrations:lua', '-e', 'return 1'],
  ])
    expect([args, (await run(args)).code]).toEqual([args, 0]);
  expect(() => statSync(home)).toThrow();
  expect(readdirSync(project, { recursive: true }).sort()).toEqual(['.git', '.kosmo', '.kosmo/config.yaml']);
});
