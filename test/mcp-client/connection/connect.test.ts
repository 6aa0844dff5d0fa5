import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { isKosmoError, type KosmoError } from '../../../src/errors/index.ts';
import { connect, type McpConnection } from '../../../src/mcp-client/connection/connect.ts';

const FAKE = fileURLToPath(new URL('../../fixtures/mcp/fake-server.mjs', import.meta.url));

let folder: string;
let connection: McpConnection | undefined;
let changes: number;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'kosmo-mcp-'));
  changes = 0;
});
afterEach(async () => {
  await connection?.close();
  connection = undefined;
  rmSync(folder, { recursive: true });
});

async function open(
  mode: string,
  words: readonly string[] = [],
  more: { timeout?: number; command?: string } = {},
): Promise<McpConnection> {
  connection = await connect({
    server: {
      transport: 'stdio',
      name: 'fake',
      timeout: 10,
      command: process.execPath,
      args: [FAKE, mode, ...words],
      env: { PATH: process.env.PATH ?? '' },
      cwd: folder,
      ...more,
    },
    onToolsChanged: () => {
      changes++;
    },
  });
  return connection;
}

const call = (name: string, args = {}, more = {}): Promise<unknown> =>
  (connection as McpConnection).request('tools/call', { name, arguments: args }, more);

const failure = async (promise: Promise<unknown>): Promise<KosmoError> => {
  const thrown = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!isKosmoError(thrown)) throw new Error('no KosmoError', { cause: thrown });
  return thrown;
};

// Where nobody waits for an orphan, it stays as a zombie.
const isAlive = (file: string): boolean => {
  const pid = Number(readFileSync(path.join(folder, file), 'utf8'));
  try {
    process.kill(pid, 0);
    return process.platform !== 'linux' || !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
};

describe('a server over stdio', () => {
  test.each(['plain', 'noise', 'split', 'huge', 'paged', 'ping'])('is understood when it is %s', async (mode) => {
    const { list } = await open(mode);
    const tools = (await list('tools')).items.map(({ name }) => name);
    expect(tools).toEqual(expect.arrayContaining(['echo', 'create_issue', 'end']));
    expect(await call('echo', { message: 'hi' })).toMatchObject({ content: [{ type: 'text', text: 'hi' }] });
  });

  test('may send and be sent messages of many megabytes', async () => {
    await open('plain');
    expect(await call('big', { characters: 20_000_000 })).toMatchObject({ content: [{ text: expect.stringMatching(/^x{1000}/) }] });
    const message = 'é'.repeat(2_000_000);
    expect(await call('echo', { message })).toMatchObject({ content: [{ text: message }] });
  });

  test('that lists without end is read up to a limit, and the rest is noted', async () => {
    for (const [mode, reason] of [
      ['endless', 'more than 200 on 200 pages'],
      ['circle', 'a page has nothing new'],
    ] as const) {
      const { items, notes } = await (await open(mode)).list('tools');
      expect(items.length).toBeGreaterThan(8);
      expect(notes).toEqual([expect.stringContaining(reason)]);
      await connection?.close();
    }
  });

  test('that never answers ends at its deadline, and hears that the request is void', async () => {
    const log = path.join(folder, 'log');
    const error = await failure(open('silent', [], { timeout: 0.3 }));
    expect(error).toMatchObject({
      code: 'DEADLINE_EXCEEDED',
      outcome: 'none',
      message: "MCP server 'fake' timed out after 0.3s while it started.",
    });
    await open('silent-call', [`--log=${log}`]);
    expect(await failure(call('create_issue', {}, { timeoutMs: 300, writes: true }))).toMatchObject({ outcome: 'unknown' });
    await vi.waitFor(() => expect(readFileSync(log, 'utf8')).toContain('notifications/cancelled'));
  });

  test('is told when a call is aborted; the caller gets the reason', async () => {
    const log = path.join(folder, 'log');
    await open('silent-call', [`--log=${log}`]);
    const run = new AbortController();
    const called = failure(call('echo', { message: 'x' }, { signal: run.signal }).catch((error: unknown) => Promise.reject(error)));
    await vi.waitFor(() => expect(readFileSync(log, 'utf8')).toContain('tools/call'));
    const { KosmoError: Failure } = await import('../../../src/errors/index.ts');
    run.abort(new Failure('INTERRUPTED', 'stop'));
    expect(await called).toMatchObject({ code: 'INTERRUPTED' });
    await vi.waitFor(() => expect(readFileSync(log, 'utf8')).toContain('notifications/cancelled'));
  });

  test('that crashes is quoted', async () => {
    expect(await failure(open('crash-start'))).toMatchObject({
      code: 'CONNECTION_FAILED',
      message: "MCP server 'fake' exited before responding (it exited with code 2). Stderr: no licence found",
    });
    await open('crash');
    expect(await failure(call('create_issue', {}, { writes: true }))).toMatchObject({
      code: 'CONNECTION_LOST',
      outcome: 'unknown',
      message: "MCP server 'fake' exited before responding (it exited with code 3). Stderr: out of luck",
    });
    expect(connection?.isOpen()).toBe(false);
  });

  test('that answers under a wrong id, or with what is not MCP, is told apart from a silent one', async () => {
    await open('wrong-id');
    const wrong = await failure(call('echo', { message: 'x' }, { timeoutMs: 300 }));
    expect(wrong.message).toContain('an answer to a request that was never made (id 4711)');
    await connection?.close();
    const { list } = await open('not-mcp');
    expect(await failure(list('tools'))).toMatchObject({ code: 'INVALID_RESPONSE', message: expect.stringContaining('tools/list') });
  });

  test('that cannot be started is a fault of the configuration', async () => {
    expect(await failure(open('', [], { command: '/nowhere/server' }))).toMatchObject({
      code: 'INVALID_CONFIGURATION',
      message: expect.stringContaining('/nowhere/server'),
    });
  });

  test('says when its tools change, and refuses what it does not know', async () => {
    await open('changed');
    await call('echo', { message: 'x' });
    await vi.waitFor(() => expect(changes).toBe(1));
    expect(await failure(call('nothing'))).toMatchObject({
      code: 'REMOTE_ERROR',
      outcome: 'done',
      message: expect.stringContaining('Unknown tool: nothing'),
    });
  });

  test('ends with its connection, however stubborn, and whatever it started with it', async () => {
    await open('stubborn', [`--marker=${path.join(folder, 'stubborn')}`]);
    await connection?.close();
    expect(isAlive('stubborn')).toBe(false);
    await open('child', [`--child=${path.join(folder, 'child')}`]);
    await vi.waitFor(() => expect(existsSync(path.join(folder, 'child'))).toBe(true));
    await connection?.close();
    await vi.waitFor(() => expect(isAlive('child')).toBe(false));
  });
});
