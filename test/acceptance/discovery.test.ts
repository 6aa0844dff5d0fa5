import { describe, expect, test } from 'vitest';
import { kosmo } from '../helpers/cli.ts';

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
const FUNCTION = {
  name: 'agora.query_recording',
  provider: 'agora',
  function: 'query_recording',
  slug: 'agora_query_recording',
  operation: 'read',
  auth_strategy: 'basic_auth',
  input_schema: expect.objectContaining({ type: 'object', required: ['resource_id', 'sid', 'mode'] }),
};

test('AC-030, AC-047 list tells of every function, and whether it can be called', async () => {
  const inactive = { ...FUNCTION, active: false, accounts: ['default'] };
  expect(await json(['integrations:list'])).toMatchObject({
    success: true,
    providers: { agora: { active: false, functions: expect.arrayContaining([expect.objectContaining(inactive)]) } },
  });
  const { stdout } = await kosmo(['integrations:list'], { env: CONFIGURED });
  expect(stdout).toMatch(/^Function +Operation +Status +Description\n/);
  expect(stdout).toMatch(/^agora\.query_recording +read +active +Ask for the status/m);
});

test('AC-033 status tells of the accounts, and what they lack', async () => {
  expect(await json(['integrations:status'], { ...CONFIGURED, AGORA_WORK_APP_ID: 'app2' })).toEqual({
    success: true,
    providers: {
      agora: { active: true, configured: true, accounts: ['default', 'work'], functions: 10, auth_strategy: 'basic_auth' },
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
    expect(await json(['integrations:docs', 'errors'])).toMatchObject({ success: true, name: 'errors' });
  });

  test('AC-039, AC-040 a page that does not exist is an error', async () => {
    expect(await kosmo(['integrations:docs', 'agroa'])).toEqual({
      stdout: '',
      stderr: "error: No integration docs found for 'agroa'. Did you mean: agora?\nhint: kosmo integrations:docs lists the pages\n",
      code: 2,
    });
    const { stdout, code } = await kosmo(['integrations:docs', 'nope', '--json']);
    expect([JSON.parse(stdout).success, code]).toEqual([false, 2]);
  });
});

describe('schema', () => {
  test.each([[], ['--json']])('AC-035, AC-036 prints JSON Schema, with %j too', async (...flags) => {
    const { stdout } = await kosmo(['integrations:schema', 'agora.get_notification_ips', ...flags]);
    expect(JSON.parse(stdout)).toMatchObject({ type: 'object', properties: {}, required: [] });
  });

  test('AC-034 knows what does not exist', async () => {
    const { stdout, code } = await kosmo(['integrations:schema', 'missing.nope', '--json']);
    expect([JSON.parse(stdout).success, JSON.parse(stdout).error, code]).toEqual([false, 'Unknown integration function: missing.nope', 1]);
    expect((await kosmo(['integrations:schema', 'agora.record_layout'])).stderr).toContain('Unknown integration function');
  });
});

test('no secret is in any of it', async () => {
  for (const name of ['list', 'status', 'docs'])
    expect((await kosmo([`integrations:${name}`, '--json'], { env: CONFIGURED })).stdout).not.toMatch(/S3CRET|"cid"/);
});
