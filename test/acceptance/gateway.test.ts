import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { Tiktoken } from 'js-tiktoken/lite';
import o200k_base from 'js-tiktoken/ranks/o200k_base';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { cleanEnvironment, KOSMO, kosmo } from '../helpers/cli.ts';
import { openGateway, type TestGateway, type TestGatewayOptions } from '../helpers/gateway.ts';
import { answer, type RecordingServer, startRecordingServer } from '../helpers/recording-server.ts';

let server: RecordingServer;
let env: Record<string, string>;
let gateway: TestGateway | undefined;

beforeAll(async () => {
  server = await startRecordingServer();
  env = {
    AGORA_CUSTOMER_ID: 'cid',
    AGORA_CUSTOMER_SECRET: 'csec-S3CRET',
    AGORA_APP_ID: 'app1',
    AGORA_URL: server.url,
    AGORA_PRODUCTION_CUSTOMER_ID: 'cid2',
    AGORA_PRODUCTION_CUSTOMER_SECRET: 'csec2-S3CRET',
    AGORA_PRODUCTION_APP_ID: 'app2',
    AGORA_PRODUCTION_URL: server.url,
  };
});
afterAll(async () => {
  await Promise.all([...shared.values()].map(({ close }) => close()));
  await server.close();
});
beforeEach(() => {
  server.seen.length = 0;
  server.respond = answer(200, { resourceId: 'R1' });
});
afterEach(async () => {
  await gateway?.close();
  gateway = undefined;
});

/** One process for each set of arguments; a client with abilities of its own has a process of its own. */
const shared = new Map<string, TestGateway>();

const open = async (args: readonly string[], options?: TestGatewayOptions): Promise<TestGateway> => {
  if (options === undefined) {
    const key = args.join(' ');
    const opened = shared.get(key) ?? (await openGateway(args, { env }));
    shared.set(key, opened);
    return opened;
  }
  gateway = await openGateway(args, { env, ...options });
  return gateway;
};

const QUERY = { resource_id: 'R', sid: 'S', mode: 'mix' };
const ACQUIRE = { cname: 'room', uid: '1' };
/** All functions of Agora. */
const FUNCTIONS = 10;

describe('what is listed can be called, and nothing else', () => {
  test('AC-215 reads only, unless writes are allowed', async () => {
    const reading = await open(['--integration=agora', '--tools=functions']);
    expect(await reading.names()).toEqual([
      'integration__agora__get_notification_ips',
      'integration__agora__query_recording',
      'integration__agora__wait_for_recording',
      'integration__agora__wait_for_upload',
    ]);
    const writing = await open(['--integration=agora', '--tools=functions', '--write=allow']);
    expect(await writing.names()).toHaveLength(FUNCTIONS);
  });

  test('every schema is one, and the annotations say what a call does', async () => {
    const { client } = await open(['--write=allow']);
    const ajv = new Ajv2020({ strict: false });
    const { tools } = await client.listTools();
    for (const { inputSchema, outputSchema = {} } of tools) {
      expect(inputSchema.properties).toBeTypeOf('object');
      ajv.compile(inputSchema as object);
      ajv.compile(outputSchema as object);
    }
    const hints = Object.fromEntries(tools.map(({ name, annotations }) => [name, annotations?.readOnlyHint]));
    expect(hints).toMatchObject({
      integration__agora__query_recording: true,
      integration__agora__stop_recording: false,
      execute_lua: false,
    });
  });

  test('AC-214 a write that is not offered is refused, by name and from a script', async () => {
    const { call } = await open([]);
    const direct = await call('integration__agora__acquire_recording_resource', ACQUIRE);
    const script = await call('execute_lua', { code: 'return app.integrations.agora.acquire_recording_resource(input)', input: ACQUIRE });
    const composed = await call('execute_lua', { code: 'return app.integrations.agora.production.record{mode="mix", cname="a", uid=1}' });
    for (const { isError, text } of [direct, script, composed]) {
      expect(isError).toBe(true);
      expect(text).toContain('write_policy=deny');
    }
    expect(server.seen).toEqual([]);
  });

  test('a function of another integration and a tool that does not exist are named', async () => {
    const { call } = await open(['--integration=none']);
    expect((await call('integration__agora__query_recording', QUERY)).text).toContain("Integration 'agora' is not exposed");
    const script = await call('execute_lua', { code: 'return app.integrations.agora.query_recording(input)', input: QUERY });
    expect(script.text).toContain("Integration 'agora' is not exposed");
    expect((await call('execute_luas')).text).toContain('Did you mean execute_lua?');
    expect(server.seen).toEqual([]);
  });

  test('a function is no tool where there are scripts only, which is said so', async () => {
    const { call } = await open(['--tools=code']);
    const { data, text } = await call('integration__agora__query_recording', QUERY);
    expect(data.error).toMatchObject({ code: 'NOT_EXPOSED', outcome: 'none' });
    expect(text).toContain('execute_lua');
  });
});

describe('the documentation', () => {
  test('has the pages of what is offered and all guides, for the agent and for its scripts', async () => {
    const { call } = await open(['--integration=none', '--tools=code']);
    const list = (await call('lua_list_docs')).text;
    expect(list).toContain('overview');
    const search = (await call('lua_search_docs', { query: 'query_recording' })).text;
    const script = await call('execute_lua', {
      code: 'return docs.list(), docs.search("query_recording"), docs.read("agora.query_recording")',
    });
    const [scriptList, scriptSearch, scriptPage] = script.data.result;
    for (const text of [list, search, scriptList, scriptSearch]) expect(text).not.toContain('agora.query_recording');
    for (const page of ['agora', 'agora.query_recording', 'app.integrations.agora.production.query_recording']) {
      const { isError, text } = await call('lua_read_doc', { page });
      expect([isError, text]).toEqual([true, expect.stringContaining("Integration 'agora' is not exposed")]);
    }
    expect(scriptPage).toContain("Integration 'agora' is not exposed");
    expect(await call('lua_read_doc', { page: 'errors' })).toMatchObject({ isError: false, data: undefined });
  });

  test('says why there is no page of a write that is not offered', async () => {
    const { call } = await open(['--tools=code']);
    expect((await call('lua_list_docs')).text).not.toContain('agora.start_recording');
    expect((await call('lua_read_doc', { page: 'agora' })).text).not.toContain('  start_recording  ');
    expect((await call('lua_read_doc', { page: 'agora.start_recording' })).text).toContain('write_policy=deny');
    expect((await call('lua_read_doc', { page: 'agora.query_recording' })).isError).toBe(false);
  });
});

describe('a call', () => {
  test('answers text for the model and data for programs', async () => {
    server.respond = answer(200, { resourceId: 'R', sid: 'S', serverResponse: { status: 5 } });
    const { call } = await open([]);
    const { data, text, isError } = await call('integration__agora__query_recording', QUERY);
    expect(isError).toBe(false);
    expect(data).toEqual({ resourceId: 'R', sid: 'S', serverResponse: { status: 5 } });
    expect(JSON.parse(text)).toEqual(data);
  });

  test('an answer that is not as documented reaches the client all the same', async () => {
    server.respond = answer(200, { resourceId: 'R', cname: 77, sid: null });
    const { call, client } = await open(['--write=allow', '--force']);
    await client.listTools();
    expect((await call('integration__agora__acquire_recording_resource', ACQUIRE)).data).toEqual({ resourceId: 'R', cname: 77, sid: null });
  });

  test('AC-216 takes the account, and does not send its name on', async () => {
    const { call } = await open(['--write=allow', '--force']);
    await call('integration__agora__acquire_recording_resource', { ...ACQUIRE, _account: 'production' });
    const [request] = server.seen;
    expect(request?.url).toBe('/v1/apps/app2/cloud_recording/acquire');
    expect(request?.headers.authorization).toBe(`Basic ${Buffer.from('cid2:csec2-S3CRET').toString('base64')}`);
    expect(JSON.parse(request?.body ?? '')).toEqual({ ...ACQUIRE, clientRequest: {} });
    expect((await call('integration__agora__query_recording', { ...QUERY, _account: 'nope' })).text).toContain('default, production');
  });

  test('that fails says what was sent and how to fix it', async () => {
    server.respond = answer(404, { message: 'failed to find worker' });
    const { call } = await open([]);
    const { isError, text, data } = await call('integration__agora__query_recording', QUERY);
    expect(isError).toBe(true);
    expect(text).toContain('Agora API error (404): failed to find worker');
    expect(data.error).toMatchObject({ code: 'REMOTE_ERROR', outcome: 'done', status: 404 });
    const invalid = await call('integration__agora__query_recording', { mode: 'mixed' });
    expect(invalid.text).toContain('resource_id, sid');
    expect(invalid.text).toContain('Nothing was sent.');
  });

  test('with halves of characters in it is answered in JSON that every client can read', async () => {
    const half = '\ud800';
    server.respond = (_request, response) => {
      response.setHeader('content-type', 'application/json');
      response.end('{"resourceId":"R\\ud800","sid":"S","serverResponse":{"status":5}}');
    };
    const { call } = await open(['--max-result-chars=1000']);
    const results = [
      await call('integration__agora__query_recording', QUERY),
      await call('integration__agora__query_recording', { ...QUERY, mode: half }),
      await call('execute_lua', {
        code: `print(input.a) return app.integrations.agora.query_recording(${JSON.stringify(half)})`,
        input: { a: half },
      }),
      await call('execute_lua', { code: 'return input', input: { [half]: half.repeat(1000) } }),
      await call('lua_read_doc', { page: half }),
      await call(`no_tool_${half}`),
    ];
    // The message quotes the escape of the response as text, with its backslash.
    for (const { data, content } of results) expect(JSON.stringify([data, content])).not.toMatch(/(?<!\\)(\\\\)*\\ud[89a-f]/);
    expect(results[0]?.data).toMatchObject({ error: { code: 'INVALID_RESPONSE' } });
  });

  test('AC-219 a long answer is cut in text and data, and whole as a resource', async () => {
    const long = `${'é😀'.repeat(200_000)}`;
    server.respond = answer(200, { resourceId: 'R', sid: 'S', serverResponse: { status: 5, fileList: long } });
    const { call, client } = await open(['--max-result-chars=5000']);
    const { text, data, content } = await call('integration__agora__query_recording', QUERY);
    expect(text.length).toBeLessThanOrEqual(5000);
    expect(text).toContain('[truncated:');
    expect(text.isWellFormed?.() ?? Buffer.from(text).toString() === text).toBe(true);
    expect(data).toMatchObject({ truncated: true });
    expect(JSON.stringify(data).length).toBeLessThan(6000);
    const uri = content.find(({ type }) => type === 'resource_link')?.uri as string;
    expect(uri).toBe(data.resource);
    const { contents } = await client.readResource({ uri });
    expect(JSON.parse((contents[0] as { text: string }).text).serverResponse.fileList).toBe(long);
    expect((await client.listResources()).resources.map((resource) => resource.uri)).toEqual([uri]);
    await expect(client.readResource({ uri: 'kosmo://results/other' })).rejects.toThrow('Unknown resource');
    // What JSON writes with two characters, in JSON again.
    const quotes = await call('execute_lua', { code: `return ('"'):rep(5000)` });
    expect(JSON.stringify(quotes.data).length).toBeLessThanOrEqual(5000);
  });
});

describe('approval', () => {
  test('is asked for through the client, call by call, and a no is a no', async () => {
    const questions: string[] = [];
    const { call } = await open(['--write=allow'], {
      approve: (message) => {
        questions.push(message);
        return message.includes('"yes"');
      },
    });
    expect((await call('integration__agora__acquire_recording_resource', { cname: 'yes', uid: '1' })).data.resourceId).toBe('R1');
    const declined = await call('integration__agora__acquire_recording_resource', { cname: 'no', uid: '1' });
    expect(declined.text).toContain('declined');
    expect(questions[0]).toContain('agora.acquire_recording_resource (account default) changes something');
    expect(questions).toHaveLength(2);
    expect(server.seen).toHaveLength(1);
  });

  test('in the middle of a script: it goes on where it was', async () => {
    const questions: string[] = [];
    const { call } = await open(['--write=allow'], {
      approve: (message) => {
        questions.push(message);
        return true;
      },
    });
    const { data } = await call('execute_lua', {
      code: `local agora = app.integrations.agora
        local runs = 0
        local list = parallel.map({"a", "b", "c"}, function(cname)
          runs = runs + 1
          return agora.acquire_recording_resource{cname = cname, uid = 1}.resourceId
        end)
        return runs, list`,
    });
    expect(data.result).toEqual([3, ['R1', 'R1', 'R1']]);
    expect(questions).toHaveLength(3);
  });

  test('a question that is not answered leaves room for others, and ends with its call', async () => {
    const { call } = await open(['--write=allow'], { client: { capabilities: { elicitation: { form: {} } } } });
    const cancel = new AbortController();
    let asked = 0;
    gateway?.client.setRequestHandler('elicitation/create', () => {
      if (++asked === 5) cancel.abort();
      return new Promise(() => undefined);
    });
    const code = 'return app.integrations.agora.acquire_recording_resource{cname = "a", uid = 1}';
    const waiting = Array.from({ length: 5 }, () => call('execute_lua', { code }, { signal: cancel.signal }));
    for (const each of waiting) await expect(each).rejects.toThrow();
    expect((await call('execute_lua', { code: 'return 1' })).text).toBe('returned: 1');
    expect(server.seen).toEqual([]);
  });

  test('is asked for as often as a script needs it, and of a client that does not say how it can be asked', async () => {
    const { call, client } = await open(['--write=allow'], { client: { capabilities: { elicitation: {} } } });
    client.setRequestHandler('elicitation/create', () => ({ action: 'accept', content: { approve: true } }));
    const code = `for i = 1, 20 do app.integrations.agora.acquire_recording_resource{cname = "a" .. i, uid = 1} end return "all"`;
    expect((await call('execute_lua', { code })).data.result).toEqual(['all']);
    expect(server.seen).toHaveLength(20);
  });

  test('is not needed for what --allow names', async () => {
    const { call } = await open(['--write=allow', '--allow=agora.acquire_recording_resource']);
    expect((await call('integration__agora__acquire_recording_resource', ACQUIRE)).data.resourceId).toBe('R1');
    const other = await call('integration__agora__stop_recording', RECORDING);
    expect(other.data.error).toMatchObject({ code: 'APPROVAL_REQUIRED', hint: expect.stringContaining('--allow') });
    expect(server.seen).toHaveLength(1);
  });

  test('a client that fails to ask says no', async () => {
    const { call, client } = await open(['--write=allow'], { client: { capabilities: { elicitation: { form: {} } } } });
    client.setRequestHandler('elicitation/create', () => {
      throw new Error('no window to ask in');
    });
    expect((await call('integration__agora__acquire_recording_resource', ACQUIRE)).text).toContain('declined');
    expect(server.seen).toEqual([]);
  });

  test('the time of a script stands still while its person thinks', async () => {
    const { call } = await open(['--write=allow'], { client: { capabilities: { elicitation: { form: {} } } } });
    gateway?.client.setRequestHandler('elicitation/create', async () => {
      await delay(2500);
      return { action: 'accept', content: { approve: true } };
    });
    const code = 'return app.integrations.agora.acquire_recording_resource{cname = "a", uid = 1}.resourceId';
    expect((await call('execute_lua', { code, timeout: 2 })).text).toContain('returned: "R1"');
  });

  test.each([{}, { elicitation: { url: {} } }])(
    'a client that can %j is not asked: a write is refused with the fix',
    async (capabilities) => {
      const { call } = await open(['--write=allow'], { client: { capabilities } });
      const { isError, data } = await call('integration__agora__acquire_recording_resource', ACQUIRE);
      expect(isError).toBe(true);
      expect(data.error).toMatchObject({ code: 'APPROVAL_REQUIRED', outcome: 'none' });
      expect(data.error.hint).toBeTruthy();
      expect(server.seen).toEqual([]);
    },
  );
});

const RECORDING = { resource_id: 'R', sid: 'S', mode: 'mix', cname: 'room', uid: '1' };

describe('the end', () => {
  const leave = {
    'the client leaves': (child: ChildProcessWithoutNullStreams) => child.stdin.end(),
    'nobody reads any more': (child: ChildProcessWithoutNullStreams) => {
      child.stdout.destroy();
      child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id: 3, method: 'ping' })}\n`);
    },
    SIGTERM: (child: ChildProcessWithoutNullStreams) => child.kill('SIGTERM'),
    SIGINT: (child: ChildProcessWithoutNullStreams) => child.kill('SIGINT'),
  };

  test.each(Object.entries(leave))('%s: a script that runs does what it deferred before the gateway ends', async (_how, end) => {
    const child = spawn(process.execPath, [KOSMO, 'mcp:serve', '--write=allow', '--force'], { env: cleanEnvironment(env) });
    const queried = new Promise<void>((resolve) => {
      server.respond = (request, response, body) => {
        if (request.url?.endsWith('/query') === true) resolve();
        answer(200, { resourceId: 'R', sid: 'S', serverResponse: { status: 5 } })(request, response, body);
      };
    });
    const code = `local agora = app.integrations.agora
      defer(function() agora.stop_recording(input) end)
      agora.query_recording{resource_id = "R", sid = "S", mode = "mix"}
      sleep(60)`;
    const client = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '1' } };
    const lines = [
      { id: 1, method: 'initialize', params: client },
      { method: 'notifications/initialized' },
      { id: 2, method: 'tools/call', params: { name: 'execute_lua', arguments: { code, input: RECORDING } } },
    ];
    child.stdin.write(lines.map((message) => `${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`).join(''));
    await queried;
    end(child);
    const [code0] = (await once(child, 'close')) as [number | null];
    expect(code0).toBe(0);
    expect(server.seen.at(-1)?.url).toMatch(/\/stop$/);
  });
});

describe('scripts', () => {
  test('a noisy neighbour costs the others nothing but its share', async () => {
    const { call, client } = await open([]);
    const ended: string[] = [];
    const run = async (name: string, code: string, timeout: number) => {
      const result = await call('execute_lua', { code, timeout }, { timeout: 120_000 });
      ended.push(name);
      return result;
    };
    const spin = run('spin', 'while true do end', 15);
    const allocate = run('allocate', 'local t = {} while true do t[#t + 1] = ("x"):rep(1000) .. #t end', 60);
    const ask = 'while true do docs.search("layout") pcall(app.integrations.agora.query_recording, input) end';
    const asking = call('execute_lua', { code: ask, input: QUERY, timeout: 15 }, { timeout: 120_000 }).then(() => ended.push('ask'));
    await call('execute_lua', { code: 'return 1' });
    for (let ping = 0; ping < 20; ping++) await client.ping();
    ended.push('pings');
    expect((await run('third', 'local n = 0 for i = 1, 1e5 do n = n + i end return n', 30)).text).toContain('returned: 5000050000');
    expect((await allocate).data.error.code).toBe('MEMORY_LIMIT');
    expect((await spin).data.error.code).toMatch(/^(?:TIMEOUT|CPU_LIMIT)$/);
    await asking;
    // While one spun and one asked to their end, pings were answered and another script ran.
    expect(ended.indexOf('pings')).toBeLessThan(ended.indexOf('spin'));
    expect(ended.indexOf('third')).toBeLessThan(ended.indexOf('spin'));
    expect(ended.indexOf('third')).toBeLessThan(ended.indexOf('ask'));
  });

  test('that make more calls than a client can hear of leave some out, and say how many', async () => {
    const { call, client } = await open([]);
    let told = 0;
    let skipped = 0;
    client.setNotificationHandler('notifications/message', ({ params }) => {
      const data = params.data as { readonly skipped?: number };
      if (data.skipped === undefined) told++;
      else skipped += data.skipped;
    });
    const many = 'for i = 1, 5000 do pcall(app.integrations.agora.query_recording, {}) end';
    expect((await call('execute_lua', { code: many })).text).toContain('calls: query_recording INVALID_ARGUMENTS (5000 times)');
    expect(told + skipped).toBe(5000);
    expect(skipped).toBeGreaterThan(0);
  });

  test('see no credential, and what they must not do is an error with its line', async () => {
    const { call } = await open([]);
    const { text, data } = await call('execute_lua', { code: 'print(docs.read("agora"))\nlocal x = nil\nreturn x.y' });
    expect(text).toContain('script:3: attempt to index a nil value');
    expect(data).toMatchObject({ success: false, error: { code: 'SCRIPT_ERROR', line: 3 } });
    expect((await call('execute_lua', { code: 'return os.getenv, io, dofile, (pcall(require, "fs"))' })).data.result).toEqual([
      null,
      null,
      null,
      false,
    ]);
    expect((await call('execute_lua', { code: 'return 1', timeout: 601 })).text).toContain('timeout must be seconds');
    expect((await call('execute_lua', { code: 5 })).text).toContain('code must be Lua source');
  });
});

describe('the protocol', () => {
  const talk = async (lines: readonly string[]): Promise<readonly { readonly id: unknown; readonly [field: string]: unknown }[]> => {
    const child = spawn(process.execPath, [KOSMO, 'mcp:serve'], { env: cleanEnvironment(env), stdio: ['pipe', 'pipe', 'inherit'] });
    let out = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
      if (out.split('\n').length > lines.filter((line) => !line.includes('notifications/')).length) child.stdin.end();
    });
    child.stdin.write(lines.map((line) => `${line}\n`).join(''));
    const [code] = (await once(child, 'close')) as [number | null];
    expect(code).toBe(0);
    return out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  };
  const request = (id: number, method: string, params: object = {}): string => JSON.stringify({ jsonrpc: '2.0', id, method, params });
  const initialize = (protocolVersion: string): string =>
    request(1, 'initialize', { protocolVersion, capabilities: {}, clientInfo: { name: 'test', version: '1' } });
  const initialized = JSON.stringify({ jsonrpc: '2.0', method: 'notifications/initialized' });

  test('AC-212, AC-219, AC-220 answers what it knows, and errors to the rest', async () => {
    const answers = await talk([
      initialize('2025-11-25'),
      initialized,
      request(2, 'ping'),
      request(3, 'unknown/method'),
      request(4, 'tools/call'),
    ]);
    const byId = Object.fromEntries(answers.map((message) => [String(message.id), message]));
    expect(byId['1']).toMatchObject({ result: { serverInfo: { name: 'kosmo' } } });
    expect(byId['2']).toMatchObject({ result: {} });
    expect(byId['3']).toMatchObject({ error: { code: -32_601 } });
    expect(byId['4']).toMatchObject({ error: { code: -32_602 } });
  });

  test('AC-220 a line that is not a message, or too long for one, gets an error without id, and the next is served', async () => {
    const answers = await talk([
      initialize('2025-11-25'),
      initialized,
      '{not json',
      `"${'x'.repeat(11 * 1024 * 1024)}"`,
      request(2, 'ping'),
    ]);
    expect(answers.map(({ id }) => id)).toEqual(expect.arrayContaining([1, null, null, 2]));
    const errors = answers.flatMap(({ error }) => (error === undefined ? [] : [(error as { readonly code: number }).code]));
    expect(errors).toEqual([-32_700, -32_600]);
  });

  test('an unknown revision is answered with one that is supported', async () => {
    const [first] = await talk([initialize('1999-01-01')]);
    expect(first).toMatchObject({ result: { protocolVersion: expect.stringMatching(/^20\d\d-\d\d-\d\d$/) } });
  });

  test('the instructions and the four tools take less than 400 tokens, and fewer than a tool for each function', async () => {
    const tokenizer = new Tiktoken(o200k_base);
    const count = (text: string): number => tokenizer.encode(text).length;
    const tokens = async (args: readonly string[]): Promise<{ readonly taught: number; readonly all: number }> => {
      const { client, close } = await openGateway(args, { env });
      const { tools } = await client.listTools();
      await close();
      const texts = [client.getInstructions() ?? '', ...tools.map(({ description = '' }) => description)];
      return { taught: count(texts.join('\n')), all: count(JSON.stringify(tools)) };
    };
    const code = await tokens(['--tools=code', '--write=allow']);
    const functions = await tokens(['--tools=functions', '--write=allow']);
    expect(code.taught).toBeLessThan(400);
    expect(code.all).toBeLessThan(functions.all / 10);
  });
});

test.each([
  [['--write=maybe'], '--write takes deny or allow'],
  [['--tools=some'], '--tools takes functions or code or all'],
  [['--max-result-chars=10'], 'at least 1000'],
  [['--integration=agroa'], 'did you mean agora?'],
  [['--allow=agora.strat_recording'], 'did you mean agora.start_recording?'],
  [['--http', '--port', '99999'], '--port takes'],
] as const)('mcp:serve %j is a usage error', async (args, message) => {
  const { code, stderr, stdout } = await kosmo(['mcp:serve', ...args], { env });
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain(message);
});
