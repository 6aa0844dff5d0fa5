import { afterEach, describe, expect, test } from 'vitest';
import { askQuestions } from '../../src/cli/terminal/elicitation-prompt.ts';
import type { InputRequest } from '../../src/integration/index.ts';
import { createClients } from '../../src/mcp-client/index.ts';
import { mcpPlace } from '../helpers/mcp.ts';
import { runCli, runLuaCli } from '../helpers/run-cli.ts';
import { type ScriptedHttpServer, scriptedServer, startScriptedServer } from '../helpers/scripted-mcp-server.ts';

let http: ScriptedHttpServer | undefined;
afterEach(() => http?.close());

const dead = { command: process.execPath, args: ['-e', 'process.exit(3)'] };

describe('servers that err', () => {
  test('leave the good ones in the listings of a script', async () => {
    const { options } = mcpPlace({ good: scriptedServer(), dead });
    const { result, call_log } = await runLuaCli(['-e', 'return #mcp.tools(), mcp.tools()[1].server'], options);
    expect(result).toEqual([1, 'good']);
    expect(call_log).toContainEqual(expect.objectContaining({ function: 'app.mcp.dead', status: 'error', code: 'CONNECTION_FAILED' }));
  });

  test('have their unusable tools named in problems and on stderr', async () => {
    const tools = [
      { name: 'good', inputSchema: { type: 'object' } },
      { name: 'x', inputSchema: null },
    ];
    const { options } = mcpPlace({ s: scriptedServer({ methods: { 'tools/list': { result: { tools } } } }) });
    const { stdout } = await runCli(['mcp:tools', 's', '--json'], options);
    const message = "tool 'x' was left out: its inputSchema is null";
    expect(JSON.parse(stdout)).toMatchObject({ tools: [{ name: 'good' }], problems: [{ server: 's', code: 'INVALID_RESPONSE', message }] });
    expect((await runCli(['mcp:tools'], options)).stderr).toContain(message);
  });

  test('still give their resources if their tools cannot be listed', async () => {
    const resources = [{ uri: 'a:b', name: 'n' }];
    const methods = { 'tools/list': { error: { code: -32603, message: 'broken' } }, 'resources/list': { result: { resources } } };
    const { options } = mcpPlace({ s: scriptedServer({ methods }) });
    const { stdout } = await runCli(['mcp:resources', 's', '--json'], options);
    expect(JSON.parse(stdout)).toMatchObject({ success: true, resources });
  });
});

describe('a session that the server forgot', () => {
  test('is renewed once for all requests, which are made again', async () => {
    http = await startScriptedServer({ session: true });
    const { options } = mcpPlace({ s: { url: http.url, timeout: 8 } });
    const clients = createClients({ env: options.env, folder: options.cwd as string });
    const client = await clients.client('s');
    const call = (): Promise<unknown> => client.request('tools/call', { name: 'a', arguments: {} });
    await call();
    http.forgetSession();
    await Promise.all([call(), call(), call()]);
    expect(http.methods().filter((method) => method === 'initialize')).toHaveLength(2);
    await clients.close();
  });

  test('is an error without an effect if the server forgets it again', async () => {
    http = await startScriptedServer({ session: true, methods: { 'tools/call': { status: 404, body: 'Session not found' } } });
    const { options } = mcpPlace({ s: { url: http.url, timeout: 8 } });
    const { stdout } = await runCli(['mcp:call', 's.a', '--force', '--json'], options);
    expect(JSON.parse(stdout)).toMatchObject({ error_detail: { code: 'REMOTE_ERROR', outcome: 'none' } });
    expect(http.methods().filter((method) => method === 'initialize')).toHaveLength(2);
  });
});

describe('a deadline', () => {
  test('of the command covers the start, and the hint names it', async () => {
    const { options } = mcpPlace({ s: { ...scriptedServer({ methods: { initialize: { silent: true } } }), timeout: 60 } });
    const { stdout } = await runCli(['mcp:call', 's.a', '--timeout', '1', '--json'], options);
    expect(JSON.parse(stdout).error_detail).toMatchObject({
      code: 'DEADLINE_EXCEEDED',
      message: expect.stringContaining('timed out after 1s while it started.'),
      hint: expect.stringContaining('--timeout'),
    });
  });

  test('of a parameter is still reached with --arg', async () => {
    const tools = [{ name: 'a', inputSchema: { type: 'object', properties: { timeout: { type: 'integer' } } } }];
    const { options } = mcpPlace({ s: scriptedServer({ methods: { 'tools/list': { result: { tools } } } }) });
    const { stdout } = await runCli(['mcp:call', 's.a', '--timeout', '5', '--arg', 'timeout=9', '--force', '--json'], options);
    expect(JSON.parse(stdout).data).toEqual({ timeout: 9 });
  });

  test('of more than an hour is doubted by mcp:doctor', async () => {
    const { options } = mcpPlace({ s: { ...scriptedServer(), timeout: 30_000 } });
    expect((await runCli(['mcp:doctor', '--json'], options)).stdout).toContain('more than an hour');
  });
});

describe('a question at the terminal', () => {
  const ask = async (question: InputRequest, answers: readonly string[]): Promise<unknown> => {
    const left = [...answers];
    return askQuestions(async () => left.shift())({ q: question }, { server: 's', signal: new AbortController().signal });
  };
  const form = (properties: object, required: readonly string[] = []): InputRequest =>
    ({ method: 'elicitation/create', params: { message: 'Which?', requestedSchema: { type: 'object', properties, required } } }) as never;

  test('takes defaults on Enter, and values by their type', async () => {
    const fields = { name: { type: 'string', default: 'Jo' }, age: { type: 'integer' }, ok: { type: 'boolean', default: true } };
    expect(await ask(form(fields, ['age']), ['', 'x', '7', ''])).toEqual({
      q: { action: 'accept', content: { name: 'Jo', age: 7, ok: true } },
    });
    expect(await ask(form(fields), [])).toEqual({ q: { action: 'cancel' } });
  });

  test('shows a page, and is not put for a secret', async () => {
    const page = { method: 'elicitation/create', params: { mode: 'url', message: 'Log in', url: 'https://a.example/' } };
    expect(await ask(page, ['n'])).toEqual({ q: { action: 'decline' } });
    await expect(ask(form({ password: { type: 'string' } }), ['x'])).rejects.toMatchObject({ code: 'ELICITATION_REQUIRED' });
  });
});
