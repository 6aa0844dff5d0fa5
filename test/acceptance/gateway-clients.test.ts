// What a client has of a call while it is under way, over both transports, in the revision of the protocol that opens sessions and in the one
// that does not.
import { LOG_LEVEL_META_KEY } from '@modelcontextprotocol/client';
import { afterEach, describe, expect, test } from 'vitest';
import { openGateway, openHttpGateway, type TestGateway, type TestGatewayOptions } from '../helpers/gateway.ts';
import { fakeServer, mcpPlace } from '../helpers/mcp.ts';
import { useRecordingServer } from '../helpers/recording-server.ts';

const ACQUIRE = { cname: 'room', uid: '1' };
const QUERY = { resource_id: 'R', sid: 'S', mode: 'mix' };

const agora = useRecordingServer();
let gateway: TestGateway | undefined;

afterEach(async () => {
  await gateway?.close();
  gateway = undefined;
});

const EARLIER = ['2025-11-25', {}] as const;
const LATER = ['2026-07-28', { versionNegotiation: { mode: 'auto' } }] as const;

describe.each([
  ['stdio', ...EARLIER],
  ['stdio', ...LATER],
  ['HTTP', ...EARLIER],
  ['HTTP', ...LATER],
] as const)('over %s a client of revision %s', (transport, revision, client) => {
  const open = async (args: readonly string[], options: TestGatewayOptions): Promise<TestGateway> => {
    gateway = await (transport === 'HTTP' ? openHttpGateway : openGateway)(args, { env: agora.env, ...options });
    return gateway;
  };

  test('lists tools and calls them', async () => {
    const { call, client: connected, names } = await open(['--write=allow', '--force'], { client });
    expect(connected.getNegotiatedProtocolVersion()).toBe(revision);
    expect(await names()).toContain('execute_lua');
    expect((await call('integration__agora__acquire_recording_resource', ACQUIRE)).data.resourceId).toBe('R1');
    expect((await call('execute_lua', { code: 'print("hi") return input.a', input: { a: 1 } })).text).toBe('hi\nreturned: 1');
  });

  test('is asked for approvals, also in the middle of a script', async () => {
    const questions: string[] = [];
    const approve = (message: string): boolean => questions.push(message) > 0 && !message.includes('"no"');
    const { call } = await open(['--write=allow'], { client, approve });
    expect((await call('integration__agora__acquire_recording_resource', ACQUIRE)).data.resourceId).toBe('R1');
    const code = `local agora = app.integrations.agora
      local runs = 0
      return parallel.map({ "a", "b", "no" }, function(cname)
        runs = runs + 1
        return (pcall(agora.acquire_recording_resource, { cname = cname, uid = 1 }))
      end), runs`;
    expect((await call('execute_lua', { code })).data.result).toEqual([[true, true, false], 3]);
    expect(questions).toHaveLength(4);
  });

  test('cancels a call, at the remote side too', async () => {
    const { call } = await open([], { client });
    const cancel = new AbortController();
    const closed = new Promise<void>((resolve) => {
      agora.server.respond = (_request, response) => {
        response.once('close', resolve);
        cancel.abort();
      };
    });
    await expect(call('integration__agora__query_recording', QUERY, { signal: cancel.signal })).rejects.toThrow();
    await closed;
    expect((await call('execute_lua', { code: 'return 1' })).text).toBe('returned: 1');
  });

  test('is told that a long call goes on', async () => {
    const { call } = await open([], { client });
    const told: unknown[] = [];
    const heard = new AbortController();
    const onprogress = (progress: unknown): void => {
      told.push(progress);
      heard.abort();
    };
    await expect(call('execute_lua', { code: 'sleep(50)' }, { onprogress, signal: heard.signal })).rejects.toThrow();
    expect(told[0]).toMatchObject({ progress: 1, message: 'execute_lua has been running for 1 s' });
  });

  test('gets a message for each call of a script, from its level on', async () => {
    const { call, client: connected } = await open([], { client });
    const heard: { readonly level: string; readonly data: unknown }[] = [];
    connected.setNotificationHandler('notifications/message', ({ params }) => void heard.push(params));
    const isModern = revision === '2026-07-28';
    const run = async (level: 'info' | 'warning'): Promise<void> => {
      if (!isModern) await connected.setLoggingLevel(level);
      const _meta = isModern ? { [LOG_LEVEL_META_KEY]: level } : {};
      const code = 'local agora = app.integrations.agora agora.query_recording(input) pcall(agora.query_recording, { mode = "mixed" })';
      await connected.callTool({ name: 'execute_lua', arguments: { code, input: QUERY }, _meta });
    };
    await run('info');
    expect(heard).toEqual([
      {
        level: 'info',
        logger: 'kosmo',
        data: {
          message: 'agora.query_recording succeeded',
          function: 'agora.query_recording',
          account: 'default',
          operation: 'read',
          outcome: 'done',
          duration_ms: expect.any(Number),
        },
      },
      {
        level: 'warning',
        logger: 'kosmo',
        data: expect.objectContaining({
          message: expect.stringMatching(/^agora.query_recording failed: resource_id is required/),
          code: 'INVALID_ARGUMENTS',
          outcome: 'none',
        }),
      },
    ]);
    heard.length = 0;
    await run('warning');
    await call('integration__agora__query_recording', { mode: 'mix' });
    expect(heard.map(({ level }) => level)).toEqual(isModern ? ['warning'] : ['warning', 'warning']);
  });

  test('gets a message about tools that come later', async () => {
    const place = mcpPlace({ changing: fakeServer('changed') });
    const told: (() => void)[] = [];
    const changed = new Promise<void>((resolve) => told.push(resolve));
    const listChanged = { tools: { onChanged: () => told[0]?.(), autoRefresh: false } };
    const { env: home, cwd = '' } = place.options;
    const args = ['--upstream=changing', '--tools=functions'];
    const { call, names } = await open(args, { env: { ...agora.env, ...home }, cwd, client: { ...client, listChanged } });
    expect(await names()).not.toContain('mcp__changing__added');
    await call('mcp__changing__echo', { message: 'x' });
    await changed;
    expect(await names()).toContain('mcp__changing__added');
  });
});
