import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { runCli as kosmo } from '../helpers/run-cli.ts';

const CONFIGURED = { AGORA_CUSTOMER_ID: 'cid', AGORA_CUSTOMER_SECRET: 'csec-S3CRET', AGORA_APP_ID: 'app1' };
const json = async (args: readonly string[], env: Record<string, string> = {}): Promise<Record<string, unknown>> => {
  const { stdout, stderr, code } = await kosmo([...args, '--json'], { env });
  expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
  expect(stdout).toMatch(/^.*\n$/);
  const { error, error_detail, ...rest } = JSON.parse(stdout) as Record<string, unknown>;
  // A document without `success` is none of ours: a JSON Schema.
  if ('success' in rest) expect({ error, error_detail }).toEqual({ error: null, error_detail: null });
  return rest;
};
const STATE = {
  active: true,
  configured: true,
  auth_strategy: 'basic_auth',
  cli_setup_supported: true,
  cli_runtime_supported: true,
  compatibility_summary: 'CLI setup and runtime supported.',
};
const FUNCTION = {
  name: 'agora.query_recording',
  provider: 'agora',
  function: 'query_recording',
  slug: 'agora_query_recording',
  title: 'Query Recording',
  operation: 'read',
  auth_strategy: 'basic_auth',
  input_schema: expect.objectContaining({ type: 'object', required: ['resource_id', 'sid', 'mode'] }),
};

test('AC-030, AC-047 list tells of every function, and whether it can be called', async () => {
  const inactive = { ...FUNCTION, active: false, configured: false, accounts: ['default'] };
  expect(await json(['integrations:list'])).toMatchObject({
    success: true,
    providers: { agora: { active: false, functions: expect.arrayContaining([expect.objectContaining(inactive)]) } },
  });
  const { stdout } = await kosmo(['integrations:list'], { env: CONFIGURED });
  expect(stdout).toMatch(/^Function +Operation +Status +Description\n/);
  expect(stdout).toMatch(/^agora\.query_recording +read +active +Ask for the status/m);
});

test('AC-033, AC-043, AC-047 status tells of the accounts, and what they lack', async () => {
  const { providers } = await json(['integrations:status'], { ...CONFIGURED, AGORA_WORK_APP_ID: 'app2' });
  expect(providers).toEqual({
    agora: {
      ...STATE,
      title: 'Agora Cloud Recording',
      description: expect.any(String),
      accounts: ['default', 'work'],
      missing_credentials: { default: [], work: ['customer_id', 'customer_secret'] },
      functions: 10,
    },
  });
  const { stdout } = await kosmo(['integrations:status'], { env: { AGORA_WORK_APP_ID: 'app2' } });
  expect(stdout).toBe(
    [
      'Provider  Account  Configured  Missing',
      'agora     default  no          customer_id, customer_secret, app_id',
      'agora     work     no          customer_id, customer_secret',
      '',
    ].join('\n'),
  );
});

describe('search', () => {
  test('AC-031 finds functions by words, and echoes the query', async () => {
    const { functions, ...rest } = await json(['integrations:search', 'query record']);
    expect(rest).toEqual({ success: true, query: 'query record' });
    expect((functions as { name: string }[])[0]?.name).toBe('agora.query_recording');
  });

  test('needs no quotes', async () => {
    const { query } = await json(['integrations:search', 'query', 'record']);
    expect(query).toBe('query record');
  });

  test('AC-032 a part of the full name counts more than words of a description', async () => {
    const { functions } = await json(['integrations:search', 'UPDATE_REC']);
    expect((functions as { name: string }[]).map(({ name }) => name)).toEqual(['agora.update_recording', 'agora.update_recording_layout']);
  });

  test('AC-032 finds nothing for nothing', async () => {
    expect(await json(['integrations:search', ''])).toEqual({ success: true, query: '', functions: [] });
    expect(await kosmo(['integrations:search', 'zzz'])).toEqual({ stdout: '', stderr: 'nothing found\n', code: 0 });
  });
});

describe('docs and examples', () => {
  test('AC-037, AC-041 show pages, and without a name the list', async () => {
    const { stdout } = await kosmo(['integrations:docs', 'agora.acquire_recording_resource']);
    for (const line of [
      'kosmo integrations:agora acquire_recording_resource --cname=value --uid=value',
      'kosmo integrations:call agora.acquire_recording_resource --cname=value --uid=value',
      'local result = app.integrations.agora.acquire_recording_resource',
    ])
      expect(stdout).toContain(line);
    expect((await kosmo(['integrations:examples', 'agora'])).stdout).toBe((await kosmo(['integrations:agora'])).stdout);
    expect((await kosmo(['integrations:docs'])).stdout).toContain('Guides:\n');
  });

  test('AC-038 as JSON, with the schema of a function', async () => {
    expect(await json(['integrations:docs', 'agora.query_recording'])).toMatchObject({
      success: true,
      ...FUNCTION,
      text: expect.stringContaining('Parameters:'),
    });
    expect(await json(['integrations:docs', 'errors'])).toEqual({
      success: true,
      name: 'errors',
      kind: 'guide',
      text: expect.stringContaining('# Errors'),
    });
    const page = await json(['integrations:docs', 'agora']);
    expect(page).toMatchObject({ success: true, name: 'agora', kind: 'integration', text: expect.any(String) });
    expect(page.functions).toEqual(expect.arrayContaining([expect.objectContaining(FUNCTION)]));
    const index = await json(['integrations:docs']);
    expect(index).toMatchObject({ success: true, name: null, kind: 'index', pages: expect.arrayContaining(['agora', 'errors']) });
  });

  test('in the format that is asked for', async () => {
    const name = 'app.integrations.agora.default.query_recording';
    const { stdout } = await kosmo(['integrations:docs', name, '--format', 'json']);
    expect(JSON.parse(stdout)).toMatchObject(await json(['integrations:docs', 'agora.query_recording']));
    const markdown = (await kosmo(['integrations:docs', name, '--format', 'markdown'])).stdout;
    expect(markdown).toMatch(/^# agora\.query_recording\n/);
    expect(markdown).toContain('| `mode` | string | yes |');
    expect(markdown).toContain('```sh\nkosmo integrations:agora query_recording --resource-id=123');
    expect((await kosmo(['integrations:docs', 'agora', '--format=markdown'])).stdout).toContain('| `stop_recording` | write |');
    const wrong = await kosmo(['integrations:docs', 'agora', '--format', 'xml', '--json']);
    expect([wrong.code, JSON.parse(wrong.stdout).error_detail.code]).toEqual([2, 'USAGE']);
    const missing = await kosmo(['integrations:docs', 'nope', '--format', 'json']);
    expect(JSON.parse(missing.stdout)).toMatchObject({ success: false, error: "No integration docs found for 'nope'." });
  });

  test('examples of a function are its calls', async () => {
    const { examples, name } = await json(['integrations:examples', 'agora.query_recording']);
    const flags = '--resource-id=123 --sid=value --mode=individual';
    expect({ name, examples }).toEqual({
      name: 'agora.query_recording',
      examples: {
        direct: `kosmo integrations:agora query_recording ${flags}`,
        generic: `kosmo integrations:call agora.query_recording ${flags}`,
        json: `kosmo integrations:call agora.query_recording '{"resource_id":"123","sid":"value","mode":"individual"}' --json`,
        lua: 'local result = app.integrations.agora.query_recording({ resource_id = "123", sid = "value", mode = "individual" })',
        script: expect.stringContaining('agora.query_recording({'),
      },
    });
    const { stdout } = await kosmo(['integrations:examples', 'agora.query_recording']);
    expect(stdout).toMatch(/^agora\.query_recording\n\nDirect CLI:\n/);
    expect(stdout).not.toContain('Parameters:');
  });

  test('AC-039, AC-040 a page that does not exist is an error', async () => {
    expect(await kosmo(['integrations:docs', 'agroa'])).toEqual({
      stdout: '',
      stderr: "error: No integration docs found for 'agroa'. Did you mean: agora?\nhint: kosmo docs lists the pages\n",
      code: 2,
    });
    const { stdout, code } = await kosmo(['integrations:docs', 'nope', '--json']);
    expect([JSON.parse(stdout).success, code]).toEqual([false, 2]);
  });
});

const RECORDING = 'resource_id string!, sid string!, mode string!';
const PARTY = 'cname string!, uid string!';
/** Parameters by function, `!` where they are required, and the operation. */
const PARAMETERS: readonly (readonly [string, 'read' | 'write', string])[] = [
  [
    'acquire_recording_resource',
    'write',
    `${PARTY}, scene integer, resource_expired_hour number, start_parameter object, client_request object`,
  ],
  [
    'start_recording',
    'write',
    `resource_id string!, mode string!, ${PARTY}, token string, recording_config object, recording_file_config object, storage_config object, snapshot_config object, extension_service_config object, client_request object`,
  ],
  ['query_recording', 'read', RECORDING],
  [
    'update_recording',
    'write',
    `${RECORDING}, ${PARTY}, stream_subscribe object, web_recorder_config object, rtmp_publish_config object, client_request object`,
  ],
  [
    'update_recording_layout',
    'write',
    `resource_id string!, sid string!, ${PARTY}, mixed_video_layout integer, background_color string, layout_config array, background_config array, default_user_background_image string, client_request object`,
  ],
  ['stop_recording', 'write', `${RECORDING}, ${PARTY}, async_stop boolean, client_request object`],
  ['get_notification_ips', 'read', ''],
];

interface InputSchema {
  readonly properties: Readonly<Record<string, { readonly type: string; readonly enum?: readonly string[] }>>;
  readonly required: readonly string[];
}

describe('schema', () => {
  test.each(PARAMETERS)('AC-022 %s is a %s and has its parameters', async (name, operation, parameters) => {
    const { stdout } = await kosmo(['integrations:schema', `agora.${name}`]);
    const { properties, required } = JSON.parse(stdout) as InputSchema;
    const found = Object.entries(properties).map(([key, { type }]) => `${key} ${type}${required.includes(key) ? '!' : ''}`);
    expect(found.join(', ')).toBe(parameters);
    if ('mode' in properties) expect(properties.mode?.enum).toEqual(['individual', 'mix', 'web']);
    const { providers } = (await json(['integrations:list'])) as { providers: { agora: { functions: object[] } } };
    expect(providers.agora.functions).toContainEqual(expect.objectContaining({ function: name, operation }));
  });

  test.each([[], ['--json']])('AC-035, AC-036 prints JSON Schema, with %j too', async (...flags) => {
    const { stdout } = await kosmo(['integrations:schema', 'agora.get_notification_ips', ...flags]);
    expect(JSON.parse(stdout)).toMatchObject({ type: 'object', properties: {}, required: [] });
  });

  test.each([[], ['--json']])('AC-034 answers in JSON for what does not exist, with %j too', async (...flags) => {
    const { stdout, code } = await kosmo(['integrations:schema', 'missing.nope', ...flags]);
    expect([JSON.parse(stdout).success, JSON.parse(stdout).error, code]).toEqual([false, 'Unknown integration function: missing.nope', 1]);
  });

  test('suggests close names', async () => {
    const { stdout } = await kosmo(['integrations:schema', 'agora.recrod']);
    expect(JSON.parse(stdout).error_detail.hint).toBe('did you mean agora.record?');
  });
});

test('no secret is in any of it', async () => {
  for (const name of ['list', 'status', 'docs'])
    expect((await kosmo([`integrations:${name}`, '--json'], { env: CONFIGURED })).stdout).not.toMatch(/S3CRET|"cid"/);
});

test('AC-232 what only reads changes nothing in the folder that it runs in, nor at home', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'kosmo-reads-'));
  const options = { cwd: folder, env: { KOSMO_HOME: path.join(folder, 'home') } };
  const reads = [
    'list',
    'status',
    'search x',
    'docs agora',
    'examples agora',
    'schema agora.record',
    'call agora.get_notification_ips --dry-run',
  ];
  for (const words of reads) await kosmo(`integrations:${words}`.split(' '), options);
  expect(readdirSync(folder)).toEqual([]);
  rmSync(folder, { recursive: true });
});

test('AC-230 every failure with --json is one document, and --pretty means --json', async () => {
  for (const words of [
    'search',
    'docs nope',
    'docs a b',
    'docs --nope',
    'examples --format x',
    'schema',
    'schema a.b',
    'list --nope',
    'status x',
  ]) {
    const { stdout, stderr, code } = await kosmo([...`integrations:${words}`.split(' '), '--json']);
    expect({ stderr, success: JSON.parse(stdout).success, error: JSON.parse(stdout).error }).toEqual({
      stderr: '',
      success: false,
      error: expect.stringMatching(/./),
    });
    expect(code).not.toBe(0);
  }
  const { stdout } = await kosmo(['integrations:status', '--pretty']);
  expect(stdout).toMatch(/^\{\n {2}"success": true,\n/);
});
