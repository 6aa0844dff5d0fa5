// What MCP servers say outside of requests, and what the gateway forwards to them beside arguments.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { openGateway, type TestGateway } from '../helpers/gateway.ts';
import { mcpPlace } from '../helpers/mcp.ts';
import { type ScriptedServerScript, scriptedServer } from '../helpers/scripted-mcp-server.ts';

let gateway: TestGateway | undefined;

afterEach(async () => {
  await gateway?.close();
  gateway = undefined;
});

const TOOLS = { result: { tools: [{ name: 'a', inputSchema: { type: 'object' }, annotations: { readOnlyHint: true } }] } };
const URI = `kosmo://mcp/s/${Buffer.from('file:///a').toString('base64url')}`;

async function open(methods: ScriptedServerScript['methods'] = {}): Promise<{ gateway: TestGateway; sent: () => readonly never[] }> {
  const place = mcpPlace({});
  const log = path.join(place.folder, 'log');
  place.write('home/mcp.json', { mcpServers: { s: scriptedServer({ methods: { 'tools/list': TOOLS, ...methods } }, {}, log) } });
  const { env, cwd = '' } = place.options;
  gateway = await openGateway(['--upstream=s', '--integration=none'], { env, cwd });
  const sent = () =>
    readFileSync(log, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as never);
  return { gateway, sent };
}

test('the trace of a request goes to the server, other keys of _meta do not', async () => {
  const { gateway: opened, sent } = await open();
  const _meta = { traceparent: '00-1-2-01', tracestate: 'a=b', baggage: 'c=d', other: 1 };
  await opened.client.callTool({ name: 'mcp__s__a', arguments: {}, _meta } as never);
  const calls = sent().filter(({ method }: { method: string }) => method === 'tools/call') as { params: { _meta: object } }[];
  expect(calls[0]?.params._meta).toMatchObject({ traceparent: '00-1-2-01', tracestate: 'a=b', baggage: 'c=d' });
  expect(calls[0]?.params._meta).not.toHaveProperty('other');
});

test('log messages come with the name of the server, changed lists as their own notification, and updates with the URI of the gateway', async () => {
  const notify = [
    { method: 'notifications/message', params: { level: 'warning', data: 'careful', logger: 'inner' } },
    { method: 'notifications/prompts/list_changed' },
    { method: 'notifications/resources/list_changed' },
    { method: 'notifications/resources/updated', params: { uri: 'file:///a' } },
  ];
  const { gateway: opened } = await open({ 'tools/call': { notify }, 'resources/subscribe': { result: {} } });
  const heard: unknown[] = [];
  const hear = (method: string, read: (params: Record<string, unknown>) => unknown): void =>
    opened.client.setNotificationHandler(method as 'notifications/message', ({ params }) => void heard.push(read(params as never)));
  hear('notifications/message', ({ logger, data }) => logger === 's' && data);
  hear('notifications/prompts/list_changed', () => 'prompts');
  hear('notifications/resources/list_changed', () => 'resources');
  hear('notifications/resources/updated', ({ uri }) => uri);
  await opened.client.subscribeResource({ uri: URI });
  await opened.call('mcp__s__a');
  await expect.poll(() => heard).toEqual(expect.arrayContaining(['careful', 'prompts', 'resources', URI]));
});

test('arguments of a prompt are completed by its server', async () => {
  const prompts = { result: { prompts: [{ name: 'p', arguments: [{ name: 'city' }] }] } };
  const { gateway: opened, sent } = await open({
    'prompts/list': prompts,
    'completion/complete': { result: { completion: { values: ['Paris'] } } },
  });
  const ref = { type: 'ref/prompt', name: 'mcp__s__prompt__p' } as const;
  const { completion } = await opened.client.complete({ ref, argument: { name: 'city', value: 'Pa' } });
  expect(completion.values).toEqual(['Paris']);
  const asked = sent().filter(({ method }: { method: string }) => method === 'completion/complete') as { params: object }[];
  expect(asked[0]?.params).toMatchObject({ ref: { type: 'ref/prompt', name: 'p' }, argument: { name: 'city', value: 'Pa' } });
});

test('parts that MCP does not know arrive as text, beside the others', async () => {
  const content = [
    { type: 'text', text: 'good' },
    { type: 'chart', data: [1, 2] },
  ];
  const { gateway: opened } = await open({ 'tools/call': { result: { content, _meta: { kept: true } } } });
  const result = await opened.client.callTool({ name: 'mcp__s__a', arguments: {} });
  expect(result.content).toEqual([
    { type: 'text', text: 'good' },
    { type: 'text', text: '{"type":"chart","data":[1,2]}' },
  ]);
  expect(result).toMatchObject({ _meta: { kept: true } });
  expect(result).not.toHaveProperty('structuredContent');
});
