import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { CallReport } from '../../src/runtime/index.ts';
import type { CliOptions } from '../helpers/cli.ts';
import { answer, type RecordingServer, startRecordingServer } from '../helpers/recording-server.ts';
import { runCli as kosmo } from '../helpers/run-cli.ts';

let server: RecordingServer;
let options: CliOptions;

beforeAll(async () => {
  server = await startRecordingServer();
  const account = { AGORA_CUSTOMER_ID: 'cid', AGORA_CUSTOMER_SECRET: 'csec-S3CRET', AGORA_APP_ID: 'app1', AGORA_URL: server.url };
  options = { env: { ...account } };
});
afterAll(() => server.close());
beforeEach(() => {
  server.seen.length = 0;
  server.respond = answer(200, { resourceId: 'R1' });
});

const call = async (...args: readonly string[]) => {
  const { stdout, code } = await kosmo(['integrations:call', ...args, '--json'], options);
  return { ...(JSON.parse(stdout) as CallReport), code };
};
const body = () => JSON.parse(server.seen[0]?.body ?? 'null') as unknown;

describe('kosmo integrations:call', () => {
  test('AC-076, AC-077 keeps the digits of text parameters', async () => {
    for (const cname of ['527841', '007', '+1555', '1e5', '12345678901234567890']) {
      server.seen.length = 0;
      await call('agora.acquire_recording_resource', `--cname=${cname}`, '--uid=527841', '--scene', '1', '--force');
      expect(body()).toEqual({ cname, uid: '527841', clientRequest: { scene: 1 } });
    }
  });

  test('takes a payload, and flags win over it', async () => {
    const { code } = await call('agora.acquire_recording_resource', '{"cname":"a","uid":"1","scene":0}', '--cname=b', '--force');
    expect(code).toBe(0);
    expect(body()).toEqual({ cname: 'b', uid: '1', clientRequest: { scene: 0 } });
  });

  test('takes the payload from stdin with -', async () => {
    await kosmo(['integrations:call', 'agora.acquire_recording_resource', '-', '--force'], {
      ...options,
      stdin: '{"cname":"a","uid":"1"}',
    });
    expect(body()).toEqual({ cname: 'a', uid: '1', clientRequest: {} });
  });

  test('AC-086 answers with the envelope of a call', async () => {
    expect(await call('agora.acquire_recording_resource', '--cname=a', '--uid=1', '--force')).toEqual({
      function: 'agora.acquire_recording_resource',
      success: true,
      data: { resourceId: 'R1' },
      error: null,
      error_detail: null,
      meta: {
        operation: 'write',
        account: 'default',
        permission_bypassed: true,
        emulator: false,
        warnings: [],
        dry_run: false,
        request: null,
        policy: null,
      },
      duration_ms: expect.any(Number),
      code: 0,
    });
  });

  test.each([
    [['agora.acquire_recording_resource', '--cname=a', '--uid=1'], 4, 'requires approval'],
    [['agora.acquire_recording_resource', '--cname=a', '--force'], 1, 'Missing required parameter(s): uid.'],
    [['agora.acquire_recording_resource', '--cname=a', '--uid=1', '--scen=1', '--force'], 2, 'unknown flag --scen; did you mean --scene?'],
    [['agora.acquire_recording_resource', '--cname=a', '--uid', '--force'], 2, '--uid needs a value'],
    [['agora.acquire_recording_resource', '[1]'], 2, 'JSON payload must decode to an object.'],
    [
      ['agora.query_recording', '--resource-id=R', '--sid=S', '--mode=mix', '--account=nope'],
      3,
      "missing required credentials for account 'nope'",
    ],
    [['agora.nothing'], 1, 'Unknown integration function: agora.nothing'],
  ])('%j fails with exit code %i', async (args, exitCode, message) => {
    const { code, error } = await call(...args);
    expect(code).toBe(exitCode);
    expect(error).toContain(message);
    expect(server.seen).toEqual([]);
  });
});

test('AC-041 kosmo integrations:agora calls functions, and without one prints the page', async () => {
  server.respond = answer(200, { resourceId: 'R1', serverResponse: {} });
  const { stdout } = await kosmo(['integrations:agora', 'query_recording', '--resource-id=R', '--sid=S', '--mode=mix'], options);
  expect(JSON.parse(stdout)).toEqual({ resourceId: 'R1', serverResponse: {} });
  expect(server.seen[0]?.url).toBe('/v1/apps/app1/cloud_recording/resourceid/R/sid/S/mode/mix/query');
  const page = await kosmo(['integrations:agora'], options);
  expect(page.code).toBe(0);
  expect(page.stdout).toContain('Recording Workflow');
});
