import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeMcpProject } from '../helpers/mcp-project.ts';
import { runCli } from '../helpers/run-cli.ts';
import { scriptedServer, startScriptedServer } from '../helpers/scripted-mcp-server.ts';

const NULL = { type: 'null' };
const TOOL = {
  name: 't',
  annotations: { readOnlyHint: true },
  inputSchema: {
    type: 'object',
    $defs: { F: { type: 'object', properties: { labels: { type: 'array' }, ref: { type: 'string' } } } },
    properties: {
      filter: { anyOf: [{ $ref: '#/$defs/F' }, NULL], description: 'Which' },
      order: { anyOf: [{ enum: ['asc', 'desc'] }, NULL] },
      wait: { type: ['boolean', 'null'] },
      id: { anyOf: [{ type: 'integer' }, NULL] },
      limit: { type: 'integer' },
    },
  },
};
const SCRIPT = { methods: { 'tools/list': { result: { tools: [TOOL] } } } };

const project = makeMcpProject();
const log = path.join(project.home, 'sent.jsonl');
project.write(path.join(project.home, 'mcp.json'), { mcpServers: { s: scriptedServer(SCRIPT, {}, log) } });
const kosmo = (...args: readonly string[]) => runCli(args, { cwd: project.folder, env: project.env });

/** The last message that the server got, as it was written. */
function lastSent(): string {
  return readFileSync(log, 'utf8').trim().split('\n').at(-1) ?? '';
}

describe('what a flag, --arg, a payload and Lua send', () => {
  test.each<[readonly string[], string]>([
    [['--filter.ref', '5'], '{"filter":{"ref":"5"}}'],
    [['--order', 'DESC'], '{"order":"desc"}'],
    [['--arg', 'order=DESC'], '{"order":"desc"}'],
    [['{"filter":{"labels":{}}}'], '{"filter":{"labels":[]}}'],
    [['--wait'], '{"wait":true}'],
    [['--id', '9007199254740993'], '{"id":9007199254740993}'],
    [['order=DESC'], '{"order":"desc"}'],
    [['{"id":9007199254740993}'], '{"id":9007199254740993}'],
  ])('%j', async (words, expected) => {
    expect(await kosmo('mcp:call', 's.t', ...words)).toMatchObject({ code: 0 });
    expect(lastSent()).toContain(`"arguments":${expected}`);
  });

  test('a number from json.decode', async () => {
    const { code } = await kosmo('mcp:lua', '-e', `app.mcp.s.t(json.decode('{"id":-9007199254740993,"filter":{"labels":{}}}'))`);
    expect(code).toBe(0);
    expect(lastSent()).toContain('"arguments":{"id":-9007199254740993,"filter":{"labels":[]}}');
  });
});

test('the function form', async () => {
  expect(await kosmo('mcp:call', 's.t(order: "DESC", limit: 5)')).toMatchObject({ code: 0 });
  expect(lastSent()).toContain('"arguments":{"order":"desc","limit":5}');
  expect(await kosmo('mcp:s', 't(limit: 6)')).toMatchObject({ code: 0 });
  expect(lastSent()).toContain('"arguments":{"limit":6}');
});

test('all digits go out over HTTP', async () => {
  const server = await startScriptedServer(SCRIPT);
  project.write(path.join(project.home, 'mcp.json'), { mcpServers: { s: scriptedServer(SCRIPT, {}, log), h: { url: server.url } } });
  expect(await kosmo('mcp:call', 'h.t', '--id', '9007199254740993')).toMatchObject({ code: 0 });
  expect(server.seen.find(({ message }) => message.method === 'tools/call')?.body).toContain('"arguments":{"id":9007199254740993}');
  await server.close();
});

test('a dry run and the call log show the digits', async () => {
  const dry = await kosmo('mcp:call', 's.t', '--id', '9007199254740993', '--dry-run', '--json');
  expect(JSON.parse(dry.stdout)).toMatchObject({ meta: { request: { body: { arguments: { id: '9007199254740993' } } } } });
});

test('help and pages show the types that are meant', async () => {
  const { stdout } = await kosmo('mcp:call', 's.t', '--help');
  expect(stdout).toMatch(/--filter +object +optional +Which/);
  expect(stdout).toMatch(/--wait +boolean/);
  expect((await kosmo('mcp:lua', '-e', 'print(docs.read("mcp.s.t"))')).stdout).toMatch(/order +string +optional/);
});

test('a misspelt parameter that a tool allows is sent with a warning', async () => {
  const { stdout } = await kosmo('mcp:call', 's.t', '{"limt":5}', '--json');
  expect(JSON.parse(stdout)).toMatchObject({
    success: true,
    meta: { warnings: ["There is no parameter 'limt'; did you mean limit? It is sent as it is."] },
  });
});
