import { afterEach, describe, expect, test } from 'vitest';
import { isKosmoError, type KosmoError } from '../../../src/errors/index.ts';
import type { Elicit } from '../../../src/integration/index.ts';
import { connect, type McpConnection, type McpConnectOptions } from '../../../src/mcp-client/connection/connect.ts';
import { Incoming } from '../../../src/mcp-client/connection/incoming.ts';
import {
  type ScriptedHttpServer,
  type ScriptedServerScript,
  scriptedServer,
  startScriptedServer,
} from '../../helpers/scripted-mcp-server.ts';

let http: ScriptedHttpServer | undefined;
let connection: McpConnection | undefined;
afterEach(async () => {
  await connection?.close();
  await http?.close();
  connection = undefined;
  http = undefined;
});

const TOOL = { name: 'good', inputSchema: { type: 'object' } };

async function overStdio(script: ScriptedServerScript, more: Partial<McpConnectOptions> = {}): Promise<McpConnection> {
  const { command, args } = scriptedServer(script) as { readonly command: string; readonly args: readonly string[] };
  const server = { transport: 'stdio', name: 's', timeout: 8, command, args, env: { PATH: process.env.PATH ?? '' }, cwd: '/' } as const;
  connection = await connect({ server, onToolsChanged: () => undefined, ...more });
  return connection;
}

async function overHttp(script: ScriptedServerScript, more: Partial<McpConnectOptions> = {}): Promise<McpConnection> {
  http = await startScriptedServer(script);
  const server = { transport: 'http', name: 's', timeout: 8, url: http.url, headers: {} } as const;
  connection = await connect({ server, onToolsChanged: () => undefined, ...more });
  return connection;
}

async function failure(promise: Promise<unknown>): Promise<KosmoError> {
  const thrown = await promise.then(
    (value) => value,
    (error: unknown) => error,
  );
  if (!isKosmoError(thrown)) throw new Error(`no KosmoError: ${JSON.stringify(thrown)}`, { cause: thrown });
  return thrown;
}

const modern = (script: ScriptedServerScript): ScriptedServerScript => ({ revision: '2026-07-28', ...script });

describe('the revision', () => {
  test.each([
    ['stdio', overStdio],
    ['HTTP', overHttp],
  ])('2026-07-28 is spoken with a server that has nothing else, over %s', async (_name, open) => {
    const { request, list, verdict } = await open(modern({}));
    expect(verdict.kind).toBe('modern');
    expect((await list('tools')).items).toMatchObject([{ name: 'a' }]);
    expect(await request('tools/call', { name: 'a', arguments: { n: 1 } })).toMatchObject({ content: [{ text: '{"n":1}' }] });
  });

  test('that is known already costs no round trip', async () => {
    const { verdict } = await overHttp(modern({}));
    await connection?.close();
    await http?.close();
    const { request } = await overHttp(modern({}), { verdict });
    await request('tools/call', { name: 'a', arguments: {} });
    expect(http?.methods()).toEqual(['tools/call']);
    await connection?.close();
    await http?.close();
    await overHttp({}, { verdict: { kind: 'legacy' } });
    expect(http?.methods()).toEqual(['initialize', 'notifications/initialized']);
  });

  test.each([
    [404, undefined],
    [405, undefined],
    [500, 'Internal error'],
    [200, '<html>hello</html>'],
    [400, '{"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"Bad Request: Server not initialized"}}'],
  ])('is the older one if the first request is answered with HTTP status %s', async (status, body) => {
    const { verdict, list } = await overHttp({ methods: { 'server/discover': { status, body: body ?? '' } } });
    expect(verdict.kind).toBe('legacy');
    expect((await list('tools')).items).toHaveLength(1);
  });

  test('is the older one if the program ends at the first request, or says nothing', async () => {
    const ended = await overStdio({ methods: { 'server/discover': { exit: 1 } } });
    expect((await ended.list('tools')).items).toHaveLength(1);
    await connection?.close();
    const silent = await overStdio(
      { methods: { 'server/discover': { silent: true } } },
      { start: { timeoutMs: 3000, deadline: 'server' } },
    );
    expect(silent.verdict.kind).toBe('legacy');
  });

  test('is the new one if a slow program answers the first request late', () => {
    const incoming = new Incoming(['2025-11-25']);
    const request = (id: string, method: string): void => incoming.sent({ jsonrpc: '2.0', id, method });
    request('probe', 'server/discover');
    request('1', 'initialize');
    incoming.received({ jsonrpc: '2.0', id: 'probe', result: { supportedVersions: ['2026-07-28'], capabilities: { tools: null } } });
    expect(incoming.lateDiscovery).toMatchObject({ supportedVersions: ['2026-07-28'], capabilities: {} });
  });

  test('is an older one still if the server refuses the newest', async () => {
    const refused = { error: { code: -32602, message: 'Unsupported protocol version', data: { supported: ['2025-06-18'] } } };
    const { list } = await overHttp({ methods: { initialize: [refused, {}] } });
    expect((await list('tools')).items).toHaveLength(1);
    const asked = http?.seen.filter(({ message }) => message.method === 'initialize').map(({ message }) => message.params?.protocolVersion);
    expect(asked).toEqual(['2025-11-25', '2025-06-18']);
  });

  test('sends parameters as headers if the tool asks for it', async () => {
    const { request } = await overHttp(modern({}));
    const schema = {
      type: 'object',
      properties: { region: { type: 'string', 'x-mcp-header': 'Region' }, n: { type: 'integer', 'x-mcp-header': 'N' } },
    };
    await request('tools/call', { name: 'a', arguments: { region: 'Köln', n: 7 } }, { schema });
    expect(http?.seen.at(-1)?.headers).toMatchObject({ 'mcp-param-region': '=?base64?S8O2bG4=?=', 'mcp-param-n': '7', 'mcp-name': 'a' });
  });

  test('tells of changed lists on a stream that is kept open', async () => {
    const changed = new Promise<void>((resolve) => void overHttp(modern({}), { listens: true, onToolsChanged: resolve }));
    await expect.poll(() => http?.methods()).toContain('subscriptions/listen');
    http?.notify({ method: 'notifications/tools/list_changed' });
    await changed;
  });
});

describe('a handshake', () => {
  test.each([
    ['a list of capabilities', { protocolVersion: '2025-11-25', capabilities: ['tools'], serverInfo: {} }],
    ['no capabilities and no version', { protocolVersion: '2025-11-25', serverInfo: { name: 'x' } }],
    [
      'null members',
      {
        protocolVersion: '2025-11-25',
        capabilities: { tools: {}, logging: null },
        instructions: null,
        serverInfo: { name: 'x', version: '1', title: null },
      },
    ],
  ])('with %s is good enough', async (_name, result) => {
    for (const open of [overStdio, overHttp]) {
      const { list } = await open({ methods: { initialize: { result } } });
      expect((await list('tools')).items).toHaveLength(1);
      await connection?.close();
    }
  });

  test.each([
    [{}, 'answered initialize without protocolVersion and without capabilities; kosmo speaks 2025-11-25'],
    ['ok', 'answered initialize with a text in place of an object'],
    [{ protocolVersion: 20250618, capabilities: {} }, 'with the protocol revision 20250618; kosmo speaks 2025-11-25, 2025-06-18'],
    [{ protocolVersion: '2026-07-28', capabilities: {} }, 'with the protocol revision "2026-07-28"; kosmo speaks'],
  ])('that cannot be used is told as it was: %j', async (result, message) => {
    for (const open of [overStdio, overHttp]) {
      const error = await failure(open({ methods: { initialize: { result } } }));
      expect(error).toMatchObject({ code: 'INVALID_RESPONSE', outcome: 'none', message: expect.stringContaining(message) });
      expect(error.message).not.toMatch(/exited|timed out/);
    }
  });
});

describe('a list', () => {
  test.each([
    ['no inputSchema', { name: 'x' }, ['good', 'x'], []],
    ['null for inputSchema', { name: 'x', inputSchema: null }, ['good'], ["tool 'x' was left out: its inputSchema is null"]],
    ['a text for inputSchema', { name: 'x', inputSchema: 'none' }, ['good'], ["tool 'x' was left out: its inputSchema is not an object"]],
    ['a $ref for a type', { name: 'x', inputSchema: { $ref: '#/$defs/X' } }, ['good', 'x'], []],
    ['null in the schema', { name: 'x', inputSchema: { type: 'object', required: null, properties: null } }, ['good', 'x'], []],
    ['null annotations', { name: 'x', inputSchema: {}, annotations: { readOnlyHint: null } }, ['good', 'x'], []],
    ['no name', { inputSchema: {} }, ['good'], ['a tool was left out: it has no name']],
    ['no object', 'x', ['good'], ['a tool was left out: it is not an object']],
  ])('with an entry that has %s keeps the others', async (_name, entry, names, notes) => {
    for (const script of [{}, { revision: '2026-07-28' }] as const) {
      const { list } = await overHttp({ ...script, methods: { 'tools/list': { result: { tools: [TOOL, entry] } } } });
      expect(await list('tools')).toMatchObject({ items: names.map((name) => ({ name })), notes });
      await connection?.close();
      await http?.close();
    }
  });

  test('of resources or prompts keeps what has all it needs', async () => {
    const { list } = await overHttp({
      methods: {
        'resources/list': { result: { resources: [{ uri: 'a:b', name: 'n', mimeType: null, size: null }, { uri: 'a:c' }] } },
        'prompts/list': { result: { prompts: [{ name: 'p', description: null, arguments: [{ name: 'q', required: null }] }, {}] } },
      },
    });
    expect(await list('resources')).toMatchObject({
      items: [{ uri: 'a:b', name: 'n' }],
      notes: ["resource 'a:c' was left out: it has no name"],
    });
    expect(await list('prompts')).toEqual({
      items: [{ name: 'p', arguments: [{ name: 'q' }] }],
      notes: ['a prompt was left out: it has no name'],
    });
  });

  test.each([
    ['an empty cursor', [{ result: { tools: [TOOL], nextCursor: '' } }], 1, 0],
    ['null', [{ result: { tools: [TOOL], nextCursor: null } }], 1, 0],
    ['a page with nothing new', [{ result: { tools: [TOOL], nextCursor: 'a' } }, { result: { tools: [TOOL], nextCursor: 'b' } }], 1, 1],
    [
      'a cursor that repeats',
      [{ result: { tools: [TOOL], nextCursor: 'a' } }, { result: { tools: [{ ...TOOL, name: 'b' }], nextCursor: 'a' } }],
      2,
      1,
    ],
  ])('ends at %s', async (_name, pages, count, notes) => {
    const { list } = await overHttp({ methods: { 'tools/list': pages } });
    const listed = await list('tools');
    expect([listed.items.length, listed.notes.length]).toEqual([count, notes]);
  });
});

describe('a result', () => {
  const call = async (result: unknown, revision: ScriptedServerScript['revision'] = '2025-11-25'): Promise<unknown> => {
    const warnings: string[] = [];
    const { request } = await overHttp({ revision, methods: { 'tools/call': { result } } });
    const got = await request('tools/call', { name: 'a', arguments: {} }, { warn: (text) => warnings.push(text) });
    return { ...got, warnings: warnings.length };
  };
  const text = { type: 'text', text: 'done' };

  test.each([
    [{ content: [text, { type: 'chart', data: [1, 2] }] }, { content: [text, { type: 'chart', data: [1, 2] }], warnings: 1 }],
    [{ content: [{ type: 'image', data: '!!', mimeType: 'image/png' }] }, { content: [{ type: 'image', data: '!!' }], warnings: 1 }],
    [{ content: [{ type: 'image', data: 'AAAA' }] }, { warnings: 1 }],
    [{ content: [{ ...text, annotations: { priority: 7 } }] }, { content: [{ ...text, annotations: { priority: 7 } }], warnings: 0 }],
    [{ content: 'done' }, { content: [text], warnings: 1 }],
    [{ content: text }, { content: [text], warnings: 1 }],
    [
      { content: null, structuredContent: { a: null } },
      { content: [], structuredContent: { a: null }, warnings: 0 },
    ],
    [
      { content: [text], structuredContent: 'seventeen' },
      { structuredContent: 'seventeen', warnings: 0 },
    ],
    [
      { content: [text], isError: 'false' },
      { isError: false, warnings: 1 },
    ],
    [
      { content: [{ type: 'resource_link', uri: 'a:b', name: 'n', mimeType: null }] },
      { content: [{ type: 'resource_link', uri: 'a:b', name: 'n' }], warnings: 0 },
    ],
    [
      { content: [{ type: 'resource', resource: { uri: 'a:b', text: 't', mimeType: null } }] },
      { content: [{ resource: { uri: 'a:b', text: 't' } }], warnings: 0 },
    ],
    [{ content: [text, null, 5] }, { content: [text, null, 5], warnings: 2 }],
  ])('is kept with its odd parts: %j', async (result, expected) => {
    expect(await call(result)).toMatchObject(expected);
    await connection?.close();
    await http?.close();
    expect(await call(result, '2026-07-28')).toMatchObject(expected);
  });

  test('of a prompt or resource keeps unknown roles, lists and contents without uri', async () => {
    const messages = [
      { role: 'system', content: text },
      { role: 'user', content: [text] },
    ];
    const { request } = await overHttp({
      methods: {
        'prompts/get': { result: { description: null, messages } },
        'resources/read': { result: { contents: [{ text: 'x', mimeType: null }] } },
      },
    });
    expect(await request('prompts/get', { name: 'p' })).toEqual({ messages });
    expect(await request('resources/read', { uri: 'a:b' })).toEqual({ contents: [{ text: 'x' }] });
  });

  test.each([
    ['null for error', { jsonrpc: '2.0', error: null, result: { content: [text] } }],
    ['no id', { jsonrpc: '2.0', id: null, result: { content: [text] } }],
  ])('in a message with %s is understood', async (_name, message) => {
    for (const open of [overStdio, overHttp]) {
      const { request } = await open({ methods: { 'tools/call': { message } } });
      expect(await request('tools/call', { name: 'a' })).toMatchObject({ content: [text] });
      await connection?.close();
    }
  });

  test('comes after notifications with null members', async () => {
    const seen: unknown[] = [];
    const params = { progressToken: 1, progress: 0, total: null, message: null };
    const step = {
      notify: [
        { method: 'notifications/progress', params },
        { method: 'notifications/message', params: { level: 'info', logger: null, data: 'x' } },
      ],
    };
    const { request } = await overStdio({ methods: { 'tools/call': step } }, { onNotification: (notification) => seen.push(notification) });
    expect(await request('tools/call', { name: 'a', arguments: {} })).toMatchObject({ content: [{ text: '{}' }] });
    expect(seen).toEqual([{ method: 'notifications/message', params: { level: 'info', data: 'x' } }]);
  });

  test('keeps the digits of long numbers, over HTTP as well', async () => {
    const body = '{"jsonrpc":"2.0","id":1,"result":{"content":[],"structuredContent":{"id":725653563933458432}}}';
    const { request } = await overHttp({ methods: { 'tools/call': { body, headers: { 'content-type': 'application/json' } } } });
    expect(await request('tools/call', { name: 'a' })).toMatchObject({ structuredContent: { id: '725653563933458432' } });
  });
});

describe('a failure over HTTP', () => {
  const rpc = { jsonrpc: '2.0', id: 1, error: { code: -32602, message: 'room 17 does not exist', data: { room: 17 } } };

  test.each([400, 404, 409, 422, 429, 500])('tells what a JSON-RPC error says with status %s', async (status) => {
    for (const revision of ['2025-11-25', '2026-07-28'] as const) {
      const { request } = await overHttp({ revision, methods: { 'tools/call': { status, message: rpc } } });
      const error = await failure(request('tools/call', { name: 'a' }, { writes: true }));
      expect(error).toMatchObject({ code: 'REMOTE_ERROR', outcome: 'done', details: { rpc_code: -32602, data: { room: 17 } } });
      expect(error.message).toContain('refused tools/call: room 17 does not exist');
      await connection?.close();
      await http?.close();
    }
  });

  test.each([
    [422, '{"error":"unprocessable","detail":"room 17 does not exist"}', 'REMOTE_ERROR', 'room 17 does not exist (HTTP 422)'],
    [400, 'room 17 does not exist', 'REMOTE_ERROR', 'room 17 does not exist (HTTP 400)'],
    [400, '{"error":{"message":"no room"}}', 'REMOTE_ERROR', 'no room (HTTP 400)'],
    [503, 'back at noon', 'REMOTE_UNAVAILABLE', 'back at noon (HTTP 503)'],
    [429, 'slowly', 'RATE_LIMITED', 'slowly (HTTP 429)'],
    [502, '<html><body>Bad gateway</body></html>', 'REMOTE_UNAVAILABLE', 'answered tools/call with HTTP status 502.'],
  ])('with status %s and the body %s is told', async (status, body, code, message) => {
    const { request } = await overHttp({ methods: { 'tools/call': { status, body, headers: { 'retry-after': '7' } } } });
    const error = await failure(request('tools/call', { name: 'a' }));
    expect(error).toMatchObject({ code, details: { status, retry_after: '7' }, message: expect.stringContaining(message) });
  });
});

describe('a question of the server', () => {
  const params = { message: 'Which room?', requestedSchema: { type: 'object', properties: { room: { type: 'integer' } } } };
  const ask = { method: 'elicitation/create', params };
  const legacy = { methods: { 'tools/call': { ask: [ask] } } };
  const inputRequired = (methods: ScriptedServerScript['methods'] = {}): ScriptedServerScript =>
    modern({
      methods: {
        'tools/call': [
          { result: { resultType: 'input_required', inputRequests: { r: ask }, requestState: 'x' } },
          { result: { content: [{ type: 'text', text: 'booked' }] } },
        ],
        ...methods,
      },
    });

  test('is answered in each revision', async () => {
    const elicit: Elicit = async (questions) =>
      Object.fromEntries(Object.keys(questions).map((key) => [key, { action: 'accept', content: { room: 17 } }]));
    for (const open of [overStdio, overHttp]) {
      const { request } = await open(legacy, { canElicit: true });
      const result = await request('tools/call', { name: 'a' }, { elicit });
      expect(result).toMatchObject({ content: [{ text: '[{"action":"accept","content":{"room":17}}]' }] });
      await connection?.close();
    }
    await http?.close();
    const { request } = await overHttp(inputRequired(), { canElicit: true });
    expect(await request('tools/call', { name: 'a' }, { elicit })).toMatchObject({ content: [{ text: 'booked' }] });
    expect(http?.seen.at(-1)?.message.params).toMatchObject({ requestState: 'x', inputResponses: { r: { action: 'accept' } } });
  });

  test('takes no time of the deadline', async () => {
    const { request } = await overHttp(inputRequired(), { canElicit: true });
    const elicit: Elicit = async () => {
      await new Promise((resolve) => setTimeout(resolve, 700));
      return { r: { action: 'decline' } };
    };
    expect(await request('tools/call', { name: 'a' }, { elicit, timeoutMs: 500 })).toMatchObject({
      content: [{ text: 'booked' }],
    });
  });

  test('ends the call with a code of its own if no user can answer', async () => {
    const { request } = await overHttp(inputRequired());
    expect(await failure(request('tools/call', { name: 'a' }, { writes: true }))).toMatchObject({
      code: 'ELICITATION_REQUIRED',
      outcome: 'none',
      message: expect.stringContaining('Which room?'),
    });
    await connection?.close();
    const fails = { methods: { 'tools/call': { ask: [ask], result: { content: [], isError: true } } } };
    const older = await overStdio(fails);
    expect(await failure(older.request('tools/call', { name: 'a' }))).toMatchObject({ code: 'ELICITATION_REQUIRED' });
    await connection?.close();
    await http?.close();
    const error = {
      code: -32042,
      message: 'open it',
      data: { elicitations: [{ elicitationId: '1', url: 'https://a.example/', message: 'Log in' }] },
    };
    const page = await overHttp({ methods: { 'tools/call': { error } } });
    expect(await failure(page.request('tools/call', { name: 'a' }))).toMatchObject({ details: { url: 'https://a.example/' } });
  });
});
