// Cases AC-001…027 of the specification: the seed page's own snippets, byte for byte on the wire.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { answer, type RecordingServer, startRecordingServer } from '../helpers/recording-server.ts';
import { runLuaCli as lua } from '../helpers/run-cli.ts';
import { SPEC_BLOCKS } from '../helpers/spec-blocks.ts';

let server: RecordingServer;
let folder: string;
/** The default account and `production`, both at the recording server. */
let F2: Record<string, string>;

const SECRET = 'csec-S3CRET-value';

beforeAll(async () => {
  server = await startRecordingServer();
  folder = mkdtempSync(path.join(tmpdir(), 'kosmo-spec-'));
  F2 = {
    AGORA_CUSTOMER_ID: 'cid',
    AGORA_CUSTOMER_SECRET: SECRET,
    AGORA_APP_ID: 'app1',
    AGORA_URL: server.url,
    AGORA_PRODUCTION_CUSTOMER_ID: 'cid2',
    AGORA_PRODUCTION_CUSTOMER_SECRET: `${SECRET}2`,
    AGORA_PRODUCTION_APP_ID: 'app2',
    AGORA_PRODUCTION_URL: server.url,
  };
});

afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

beforeEach(() => {
  server.seen.length = 0;
  const session = { resourceId: 'R1', sid: 'S1', cname: 'c', uid: '1', serverResponse: { status: 5 } };
  const addresses = { data: { service: { hosts: [{ primaryIP: '192.0.2.1' }, { primaryIP: '192.0.2.2' }] } } };
  server.respond = (request, response, body) => answer(200, request.url === '/v1/ncs/ip' ? addresses : session)(request, response, body);
});

const run = (code: string, more: readonly string[] = ['--force'], env: Record<string, string> = F2) =>
  lua(['--eval', code, ...more], { env });
const basic = (id: string, secret: string): string => `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
const sent = () => server.seen.map(({ method, url, body }) => ({ method, url, body: body === '' ? undefined : JSON.parse(body) }));

const SEED_ONE_LINER =
  'dump(app.integrations.agora.acquire_recording_resource({cname = "example_cname", uid = "example_uid", scene = 1, resource_expired_hour = 1, start_parameter = "example_start_parameter", client_request = "example_client_request"}))';
const SEED_WITHOUT_STRINGS =
  'dump(app.integrations.agora.acquire_recording_resource({cname = "example_cname", uid = "example_uid", scene = 1, resource_expired_hour = 1}))';

describe("the page's one-liner", () => {
  test('AC-001 is refused before anything is sent, naming both parameters and what they take', async () => {
    const { code, success, error, call_log } = await run(SEED_ONE_LINER);
    expect({ code, success, requests: server.seen.length }).toEqual({ code: 1, success: false, requests: 0 });
    expect(error).toContain('client_request must be an object or valid JSON object');
    expect(error).toContain('start_parameter must be an object or valid JSON object');
    expect(call_log.map(({ status, group, outcome }) => ({ status, group, outcome }))).toEqual([
      { status: 'error', group: 'agora', outcome: 'none' },
    ]);
  });

  test('AC-002 without credentials it says that agora is not configured, and how to configure it', async () => {
    const { code, error, error_detail } = await run(SEED_ONE_LINER, [], {});
    expect(code).toBe(3);
    expect(error).toContain("Integration 'agora' is not configured");
    expect(error_detail?.hint).toContain('AGORA_CUSTOMER_ID');
  });

  test('AC-003 without --force a write needs approval, and the message gives the fix', async () => {
    const { code, error, error_detail, meta } = await run(SEED_WITHOUT_STRINGS, []);
    expect(code).toBe(4);
    expect(error).toContain("Integration 'agora' write requires approval");
    expect(error_detail?.hint).toContain('--force');
    expect(meta.permission_bypassed).toBe(false);
    expect(server.seen).toEqual([]);
  });

  test('AC-004 without the two strings it is sent', async () => {
    server.respond = answer(200, { resourceId: 'R1', cname: 'example_cname', uid: 'example_uid' });
    const { code, output } = await run(SEED_WITHOUT_STRINGS);
    expect(code).toBe(0);
    expect(server.seen).toHaveLength(1);
    expect(server.seen[0]).toMatchObject({ method: 'POST', url: '/v1/apps/app1/cloud_recording/acquire' });
    expect(server.seen[0]?.headers.authorization).toBe(basic('cid', SECRET));
    expect(server.seen[0]?.body).toBe('{"cname":"example_cname","uid":"example_uid","clientRequest":{"scene":1,"resourceExpiredHour":1}}');
    expect(output).toBe('{\n  cname: example_cname,\n  resourceId: R1,\n  uid: example_uid\n}');
  });

  test('AC-005 takes a JSON string for an object parameter', async () => {
    await run(
      `app.integrations.agora.acquire_recording_resource({cname = "c", uid = "1", scene = 1, resource_expired_hour = 1, start_parameter = {token = "t"}, client_request = '{"region":"EU"}'})`,
    );
    expect(sent()[0]?.body.clientRequest).toEqual({ region: 'EU', scene: 1, resourceExpiredHour: 1, startParameter: { token: 't' } });
  });

  test('AC-008 and AC-009 run as a workflow file', async () => {
    const file = path.join(folder, 'workflow.lua');
    writeFileSync(
      file,
      'local agora = app.integrations.agora\nlocal result = agora.acquire_recording_resource({cname = "example_cname", uid = "example_uid", scene = 1, resource_expired_hour = 1})\ndump(result)\n',
    );
    const { code, output, meta } = await lua([file, '--force'], { env: F2 });
    expect({ code, bypassed: meta.permission_bypassed }).toEqual({ code: 0, bypassed: true });
    expect(output).toContain('resourceId: R1');
    expect(server.seen).toHaveLength(1);
  });

  test('AC-021 print shows the same as dump', async () => {
    const code = 'local result = app.integrations.agora.acquire_recording_resource({cname = "c", uid = "1"})';
    expect((await run(`${code} print(result)`)).output).toBe((await run(`${code} dump(result)`)).output);
  });
});

describe("the page's Lua blocks", () => {
  test('AC-012…018 run as one script and put on the wire what the page means', async () => {
    const { code, output, error } = await run(SPEC_BLOCKS);
    expect(error).toBeNull();
    expect(code).toBe(0);
    expect(output).toBe('5\nnil\n192.0.2.1\n192.0.2.2');
    const session = '/v1/apps/app1/cloud_recording/resourceid/R1';
    expect(sent()).toEqual([
      {
        method: 'POST',
        url: '/v1/apps/app1/cloud_recording/acquire',
        body: { cname: 'team-standup', uid: '527841', clientRequest: { scene: 0, resourceExpiredHour: 24 } },
      },
      {
        method: 'POST',
        url: `${session}/mode/mix/start`,
        body: {
          cname: 'team-standup',
          uid: '527841',
          clientRequest: {
            recordingConfig: { channelType: 1, streamTypes: 2, maxIdleTime: 30 },
            recordingFileConfig: { avFileType: ['hls'] },
            storageConfig: {
              vendor: 1,
              region: 0,
              bucket: 'recordings-example',
              accessKey: 'fake-access-key',
              secretKey: 'fake-secret-key',
              fileNamePrefix: ['agora', 'team-standup'],
            },
          },
        },
      },
      { method: 'GET', url: `${session}/sid/S1/mode/mix/query`, body: undefined },
      {
        method: 'POST',
        url: `${session}/sid/S1/mode/mix/update`,
        body: {
          cname: 'team-standup',
          uid: '527841',
          clientRequest: {
            streamSubscribe: { audioUidList: { subscribeAudioUids: ['123', '456'] }, videoUidList: { subscribeVideoUids: ['123'] } },
          },
        },
      },
      {
        method: 'POST',
        url: `${session}/sid/S1/mode/mix/updateLayout`,
        body: {
          cname: 'team-standup',
          uid: '527841',
          clientRequest: {
            mixedVideoLayout: 3,
            backgroundColor: '#000000',
            layoutConfig: [
              { uid: '123', x_axis: 0, y_axis: 0, width: 0.5, height: 1, alpha: 1 },
              { uid: '456', x_axis: 0.5, y_axis: 0, width: 0.5, height: 1, alpha: 1 },
            ],
          },
        },
      },
      {
        method: 'POST',
        url: `${session}/sid/S1/mode/mix/stop`,
        body: { cname: 'team-standup', uid: '527841', clientRequest: { async_stop: false } },
      },
      { method: 'GET', url: '/v1/ncs/ip', body: undefined },
    ]);
  });

  test('the multi-account block, whose `...` is empty, fails each line cleanly and sends nothing', async () => {
    for (const account of ['', '.default', '.production']) {
      const { code, error } = await run(`app.integrations.agora${account}.acquire_recording_resource({...})`);
      expect(code).toBe(1);
      expect(error).toContain('cname is required. uid is required.');
    }
    expect(server.seen).toEqual([]);
  });
});

describe('accounts and names', () => {
  test('AC-019 each namespace uses its own credentials', async () => {
    await run(`local a = app.integrations.agora
      for _, f in ipairs{a, a.default, a.production, a["production"]} do f.query_recording{resource_id = "R", sid = "S", mode = "mix"} end`);
    const own = { authorization: basic('cid', SECRET), url: '/v1/apps/app1/cloud_recording/resourceid/R/sid/S/mode/mix/query' };
    const production = {
      authorization: basic('cid2', `${SECRET}2`),
      url: '/v1/apps/app2/cloud_recording/resourceid/R/sid/S/mode/mix/query',
    };
    expect(server.seen.map(({ url, headers }) => ({ url, authorization: headers.authorization }))).toEqual([
      own,
      own,
      production,
      production,
    ]);
  });

  test('AC-020 an account that does not exist is an unknown function', async () => {
    const { error, error_detail } = await run('app.integrations.agora.staging.query_recording({})');
    expect(error).toContain('Unknown function: app.integrations.agora.staging.query_recording');
    expect(error_detail?.code).toBe('UNKNOWN_FUNCTION');
  });

  test('AC-057 a named account works where the default one is missing', async () => {
    const env = Object.fromEntries(Object.entries(F2).filter(([name]) => name.startsWith('AGORA_PRODUCTION_')));
    expect(
      (await run('return pairs(app.integrations.agora.production.query_recording{resource_id="R",sid="S",mode="mix"}) ~= nil', [], env))
        .code,
    ).toBe(0);
    const { code, error } = await run('app.integrations.agora.query_recording{resource_id="R",sid="S",mode="mix"}', [], env);
    expect(code).toBe(3);
    expect(error).toContain("missing required credentials for account 'default'");
  });

  test('AC-023 modes have other names', async () => {
    await run(
      `for _, mode in ipairs{"composite", "webpage", "web_page", "INDIVIDUAL", "Mix"} do app.integrations.agora.query_recording{resource_id = "R", sid = "S", mode = mode} end`,
    );
    expect(server.seen.map(({ url }) => url?.split('/').at(-2))).toEqual(['mix', 'web', 'web', 'individual', 'mix']);
  });

  test('AC-121, AC-122 a misspelt name gets the closest suggestions, three at most', async () => {
    const { error, error_detail } = await run('app.integrations.agora.query_recordng({})');
    expect(error).toContain('Unknown function: app.integrations.agora.query_recordng. Did you mean: query_recording');
    expect(error_detail?.suggestions).toEqual(['query_recording', 'start_recording', 'record']);
    expect((await run('app.integrations.agroa.query_recording({})')).error).toContain('Did you mean: agora?');
  });

  test('AC-123 namespaces can be listed, also when nothing is configured', async () => {
    const code = 'for k in pairs(app.integrations) do print(k) end for k in pairs(app.integrations.agora) do print(k) end';
    const functions = [
      'acquire_recording_resource',
      'get_notification_ips',
      'query_recording',
      'record',
      'start_recording',
      'stop_recording',
      'update_recording',
      'update_recording_layout',
      'wait_for_recording',
      'wait_for_upload',
    ];
    expect((await run(code)).output.split('\n').sort()).toEqual(['agora', 'default', 'production', ...functions].sort());
    expect((await run(code, [], {})).output.split('\n').sort()).toEqual(['agora', 'default', ...functions].sort());
  });
});

describe('what goes over the wire', () => {
  test('AC-024 a stop without options sends an empty object', async () => {
    await run('app.integrations.agora.stop_recording{resource_id = "R", sid = "S", mode = "mix", cname = "c", uid = "1"}');
    expect(server.seen[0]?.body).toBe('{"cname":"c","uid":"1","clientRequest":{}}');
  });

  test('a number for uid keeps its digits, `{}` is what the parameter wants', async () => {
    await run(`local a = app.integrations.agora
      a.acquire_recording_resource{cname = "c", uid = 4294967295, client_request = {}}
      a.update_recording_layout{resource_id = "R", sid = "S", cname = "c", uid = 527841, layout_config = {}, mixed_video_layout = 4 / 2}`);
    expect(server.seen.map(({ body }) => body)).toEqual([
      '{"cname":"c","uid":"4294967295","clientRequest":{}}',
      '{"cname":"c","uid":"527841","clientRequest":{"mixedVideoLayout":2,"layoutConfig":[]}}',
    ]);
  });

  test("the page's web_recorder_config is sent under the API's own name, and explicit parameters win", async () => {
    await run(
      `app.integrations.agora.update_recording{resource_id = "R", sid = "S", mode = "web", cname = "c", uid = "1", web_recorder_config = {onhold = true}, client_request = {webRecordingConfig = {onhold = false}, later = json.null}}`,
    );
    expect(sent()[0]?.body.clientRequest).toEqual({ webRecordingConfig: { onhold: true }, later: null });
  });

  test('path parts are percent-encoded', async () => {
    await run('app.integrations.agora.query_recording{resource_id = "a/b c", sid = "é?", mode = "mix"}');
    expect(server.seen[0]?.url).toBe('/v1/apps/app1/cloud_recording/resourceid/a%2Fb%20c/sid/%C3%A9%3F/mode/mix/query');
  });

  test('AC-125 positional arguments follow the order of the parameters, and too many are refused', async () => {
    await run('app.integrations.agora.query_recording("R", "S", "mix")');
    expect(server.seen[0]?.url).toBe('/v1/apps/app1/cloud_recording/resourceid/R/sid/S/mode/mix/query');
    expect((await run('app.integrations.agora.query_recording("R", "S", "mix", "x")')).error).toContain('too many arguments');
    expect(server.seen).toHaveLength(1);
  });
});

describe('failures of the API', () => {
  test.each([
    [404, { message: 'failed to find worker' }, 'Agora API error (404): failed to find worker'],
    [400, { error: 'from error' }, 'Agora API error (400): from error'],
    [400, { code: 53, reason: 'task conflict' }, 'Agora API error (400): task conflict'],
    [500, 'plain text', 'Agora API error (500): plain text'],
  ])('AC-025 %s is an error value with status and reason', async (status, body, message) => {
    server.respond = answer(status, body);
    const { code, error, error_detail } = await run('app.integrations.agora.query_recording("R", "S", "mix")');
    expect(code).toBe(5);
    expect(error).toContain(message);
    expect(error_detail?.status).toBe(status);
    expect(error_detail?.function_name).toBe('app.integrations.agora.query_recording');
  });

  test('AC-026 a closed port is a connection error', async () => {
    const { code, error, error_detail } = await run('app.integrations.agora.query_recording("R", "S", "mix")', [], {
      ...F2,
      AGORA_URL: 'http://127.0.0.1:9',
    });
    expect({ code, kind: error_detail?.code, outcome: error_detail?.outcome }).toEqual({
      code: 5,
      kind: 'CONNECTION_FAILED',
      outcome: 'none',
    });
    expect(error).toContain('Failed to connect to Agora API');
  });

  test('AC-027 all problems of a call are told at once, and nothing is sent', async () => {
    const { code, error } = await run(
      'app.integrations.agora.start_recording{resource_id = "R", mode = "mixed", uid = " ", recording_config = 5, typo = 1}',
    );
    expect(code).toBe(1);
    for (const part of [
      'mode must be one of individual, mix, web.',
      'cname is required.',
      'uid is required.',
      'recording_config must be an object or valid JSON object.',
      "unknown parameter 'typo'",
    ]) {
      expect(error).toContain(part);
    }
    expect(server.seen).toEqual([]);
  });

  test('AC-120 an error can be caught, and the script goes on', async () => {
    const { success, output } = await run(
      'local ok, err = pcall(function() return app.integrations.agora.query_recording({}) end) print(ok, err:match("mode is required")) return 1',
    );
    expect({ success, output }).toEqual({ success: true, output: 'false\tmode is required' });
  });

  test('AC-119 data that looks like an error is data', async () => {
    const data = { __error: 'x', markup: '<info>x</info> </> a\\<b é😀', serverResponse: {} };
    server.respond = answer(200, data);
    const { result } = await run('return app.integrations.agora.query_recording("R", "S", "mix")');
    expect(result).toEqual([data]);
  });

  test('plain http is for this machine only', async () => {
    const { code, error } = await run('app.integrations.agora.get_notification_ips()', [], { ...F2, AGORA_URL: 'http://api.example.com' });
    expect(code).toBe(3);
    expect(error).toContain('https');
  });
});

test('AC-113, AC-114 the envelope lists the calls, under both names, without arguments', async () => {
  const { call_log, integration_calls, result, success, error, error_detail, memory_usage, execution_time_ms } = await run(
    'return app.integrations.agora.production.query_recording("R", "S", "mix").sid',
  );
  expect({ result, success, error, error_detail }).toEqual({ result: ['S1'], success: true, error: null, error_detail: null });
  expect(memory_usage).toBeGreaterThanOrEqual(0);
  expect(execution_time_ms).toBeGreaterThan(0);
  expect(integration_calls).toEqual(call_log);
  expect(call_log).toEqual([
    {
      function: 'app.integrations.agora.production.query_recording',
      path: 'integrations.agora.production.query_recording',
      name: 'query_recording',
      tool: 'agora_query_recording',
      group: 'agora',
      account: 'production',
      operation: 'read',
      status: 'ok',
      outcome: 'done',
      durationMs: expect.any(Number),
      cname: 'c',
      sid: 'S1',
    },
  ]);
});

test('AC-115 an answer that echoes the credentials does not bring them into an error', async () => {
  server.respond = (request, response) => {
    response.writeHead(400, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ message: `bad ${request.headers.authorization} ${SECRET} storage-S3CRET-key` }));
  };
  const code =
    'app.integrations.agora.start_recording{resource_id="R",mode="mix",cname="c",uid="1",token="token-S3CRET",storage_config={vendor=1,region=0,bucket="b",secretKey="storage-S3CRET-key",accessKey="access-S3CRET"}}';
  const report = await run(code);
  expect(report.error).toContain('Agora API error (400): bad');
  expect(JSON.stringify(report)).not.toContain('S3CRET');
});
