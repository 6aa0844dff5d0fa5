// An integration is a folder. `notes` is one that kosmo has never seen; nothing outside its folder and this test names it.
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type CliResult, kosmo, lua } from '../helpers/cli.ts';
import { openGateway } from '../helpers/gateway.ts';

const ROOT = path.join(import.meta.dirname, '../..');
const folder = mkdtempSync(path.join(tmpdir(), 'kosmo-second-'));
const bin = path.join(folder, 'bin/kosmo.js');

const build = (integrations: string, ...args: readonly string[]) =>
  promisify(execFile)(process.execPath, ['src/build/build.mjs', '--integrations', integrations, ...args], { cwd: ROOT });

let server: Server;
let env: Record<string, string>;
let requests: { readonly method: string | undefined; readonly authorization: string | undefined; readonly body: string }[];
let createdNote: object;

async function answer(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) body += chunk;
  requests.push({ method: request.method, authorization: request.headers.authorization, body });
  return JSON.stringify(request.method === 'GET' ? { notes: ['buy milk'] } : createdNote);
}

beforeAll(async () => {
  for (const name of ['bin', 'lua-docs', 'package.json']) cpSync(path.join(ROOT, name), path.join(folder, name), { recursive: true });
  await build('test/fixtures/integrations', '--out', path.join(folder, 'dist'));
  server = createServer((request, response) => {
    void answer(request).then((text) => response.end(text));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  env = { NOTES_TOKEN: 'tok-S3CRET', NOTES_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
});
beforeEach(() => {
  requests = [];
  createdNote = { note: { number: 2 } };
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

const run = (args: readonly string[], more: Readonly<Record<string, string>> = {}): Promise<CliResult> =>
  kosmo(args, { bin, cwd: folder, env: { ...env, ...more } });

test('its functions are listed beside those of the first integration', async () => {
  const { stdout } = await run(['integrations:list']);
  expect(stdout).toContain('notes.list_notes');
  expect(stdout).toContain('agora.start_recording');
});

test('a call sends the token and prints the result', async () => {
  expect(await run(['integrations:call', 'notes.list_notes', '--json'])).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('"data":{"notes":["buy milk"]}'),
  });
  expect(requests).toEqual([{ method: 'GET', authorization: 'Bearer tok-S3CRET', body: '' }]);
  expect((await run(['integrations:notes', 'create_note', '--text', 'a', '--force'])).code).toBe(0);
  expect(requests[1]).toMatchObject({ method: 'POST', body: '{"text":"a","style":null}' });
});

test('a dry run shows the request without the token, and sends nothing', async () => {
  const { stdout } = await run(['integrations:call', 'notes.create_note', '--text', 'a', '--dry-run', '--json']);
  expect(stdout).toContain(`${env.NOTES_URL}/notes`);
  expect(stdout).not.toContain('S3CRET');
  expect(requests).toEqual([]);
});

test('the policy asks before its writes, and can allow one of them', async () => {
  const call = ['integrations:call', 'notes.create_note', '--text', 'a'];
  expect(await run(call)).toMatchObject({ code: 4, stderr: expect.stringContaining('notes.create_note') });
  expect(requests).toEqual([]);
  expect((await run([...call, '--allow', 'notes.create_note'])).code).toBe(0);
  expect((await run(['policy:explain', 'notes.create_note'])).stdout).toContain('notes.create_note');
});

test('its page and the pages of its functions name no other integration', async () => {
  const page = await run(['docs', 'notes']);
  expect(page.stdout).toContain('Keeps short notes on a server.');
  expect((await run(['docs'])).stdout).toMatch(/^notes +Keep short notes\.$/m);
  for (const form of ['text', 'markdown']) {
    const { stdout } = await run(['integrations:docs', 'notes.create_note', '--format', form]);
    expect(stdout).toContain('Fields of object parameters');
    expect(stdout).toContain('style.color');
    expect(`${page.stdout}${stdout}`).not.toMatch(/agora|recording/i);
  }
});

test('editors and the checker know its functions', async () => {
  expect((await run(['integrations:types'])).stdout).toContain('create_note');
  const script = path.join(folder, 'script.lua');
  writeFileSync(script, 'app.integrations.notes.create_note{ txt = "a" }\n');
  expect(await run(['integrations:check', script])).toMatchObject({ stdout: expect.stringContaining("unknown parameter 'txt'") });
});

test('the doctor tries it out', async () => {
  const { stdout, code } = await run(['integrations:doctor', 'notes', '--live', '--json']);
  expect(code).toBe(0);
  expect(stdout).toContain('list_notes');
  expect(requests).toHaveLength(1);
});

test('the help of its command shows a call of its own', async () => {
  const { stdout } = await run(['integrations:notes', '--help']);
  expect(stdout).toContain('kosmo integrations:notes list_notes --json');
  expect(stdout).not.toContain('query_recording');
});

test('the gateway offers its functions as tools', async () => {
  const gateway = await openGateway(['--tools=functions'], { bin, cwd: folder, env });
  try {
    expect(await gateway.names()).toContain('integration__notes__list_notes');
    expect((await gateway.call('integration__notes__list_notes')).text).toContain('buy milk');
  } finally {
    await gateway.close();
  }
});

test('--emulator is refused, since it has none', async () => {
  const message = 'notes has no emulator; leave out --emulator';
  expect(await run(['integrations:call', 'notes.list_notes', '--emulator'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining(message),
  });
  const { error_detail } = await lua(['--emulator', '-e', 'app.integrations.notes.list_notes({})'], { bin, cwd: folder, env });
  expect(error_detail).toMatchObject({ code: 'NOT_CONFIGURED', message: expect.stringContaining(message) });
  const read = await lua(['--emulator', '-e', 'return docs.read("notes")'], { bin, cwd: folder, env });
  expect(read.result?.[0]).toContain('Status: active\n');
  expect(requests).toEqual([]);
});

test('a script calls it', async () => {
  const { result } = await lua(['-e', 'return app.integrations.notes.list_notes({}).notes[1]'], { bin, cwd: folder, env });
  expect(result).toEqual(['buy milk']);
});

test('a tool that throws shows the line of its source with KOSMO_DEBUG', async () => {
  createdNote = {};
  const { stderr } = await run(['integrations:call', 'notes.create_note', '--text', 'a', '--force'], { KOSMO_DEBUG: '1' });
  expect(stderr).toContain('TypeError');
  expect(stderr).toMatch(/test\/fixtures\/integrations\/notes\/index\.ts:\d+:\d+/);
  expect(stderr).toMatch(/src\/runtime\/calls\/\S+\.ts:\d+/);
  expect(stderr).not.toContain('dist/chunks');
});

test('a build with a reserved id fails and says what has the name', async () => {
  mkdirSync(path.join(folder, 'taken/list'), { recursive: true });
  writeFileSync(
    path.join(folder, 'taken/list/index.ts'),
    "export const list = { id: 'list', title: 'List', tools: [], credentials: [], commands: [] };\n",
  );
  await expect(build(path.join(folder, 'taken'), '--manifest')).rejects.toMatchObject({
    stderr: expect.stringContaining("the id 'list' is reserved for the command integrations:list"),
  });
});

test('a call reads nothing of the other integrations', async () => {
  const chunks = path.join(folder, 'dist/chunks');
  for (const name of readdirSync(chunks)) if (name.startsWith('agora')) rmSync(path.join(chunks, name));
  rmSync(path.join(chunks, 'integrations/agora.json'));
  for (const args of [
    ['integrations:call', 'notes.list_notes'],
    ['integrations:notes', 'list_notes'],
  ])
    expect(await run(args)).toMatchObject({ code: 0, stdout: expect.stringContaining('buy milk') });
  expect((await lua(['-e', 'return #app.integrations.notes.list_notes({}).notes'], { bin, cwd: folder, env })).result).toEqual([1]);
});
