import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cleanEnvironment, type EmulatorProcess, KOSMO, kosmo, startEmulatorProcess } from '../helpers/cli.ts';
import { fakeServer, mcpPlace } from '../helpers/mcp.ts';
import { problemsWith } from '../helpers/schemas.ts';

interface Event {
  readonly event: string;
  readonly [field: string]: unknown;
}

let emulator: EmulatorProcess;
beforeAll(async () => {
  emulator = await startEmulatorProcess(['--verbose']);
});
afterAll(async () => {
  await emulator.stop();
});

function eventsOf(stdout: string): Event[] {
  const events = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Event);
  for (const event of events) expect(problemsWith(event, 'stream'), JSON.stringify(event)).toBeNull();
  return events;
}

async function stream(args: readonly string[]): Promise<{ events: Event[]; envelope: Record<string, unknown>; code: number | null }> {
  const { stdout, stderr, code } = await kosmo(['integrations:lua', '--stream', ...args], { env: emulator.env });
  expect(stderr).toBe('');
  const events = eventsOf(stdout);
  return { events, envelope: events.at(-1)?.envelope as Record<string, unknown>, code };
}

const SCRIPT = `
print("one", 2)
local agora = app.integrations.agora
agora.acquire_recording_resource{cname = "a", uid = 5, client_request = {nonsense = 1}}
pcall(agora.query_recording, "R")
pcall(agora.nothing)
print("déjà\\nvu")
return 3`;

test('what happens comes as lines in its order, and the last one is the document of --json', async () => {
  const { events, envelope, code } = await stream(['--force', '-e', SCRIPT]);
  expect(code).toBe(0);
  expect(events.map(({ event }) => event)).toEqual([
    'print',
    'call_started',
    'warning',
    'call_ended',
    'call_started',
    'call_ended',
    'call_started',
    'call_ended',
    'print',
    'result',
  ]);
  const calls = events.filter(({ event }) => event === 'call_ended');
  expect(calls.map(({ event, id, ...entry }) => entry)).toEqual(envelope.call_log);
  expect(calls.map(({ id, code: why }) => [id, why])).toEqual([
    [1, undefined],
    [2, 'INVALID_ARGUMENTS'],
    [3, 'UNKNOWN_FUNCTION'],
  ]);
  const printed = events.filter(({ event }) => event === 'print').map(({ text }) => text);
  expect(printed).toEqual(['one\t2', 'déjà\nvu']);
  expect(envelope).toMatchObject({ success: true, output: 'one\t2\ndéjà\nvu', result: [3] });
  expect(problemsWith(envelope, 'lua-run')).toBeNull();
});

test('calls made at the same time are told apart by their ids', async () => {
  const code = 'parallel.map({1, 2, 3}, function() app.integrations.agora.get_notification_ips() end)';
  const { events } = await stream(['-e', code]);
  const ids = (kind: string): unknown[] => events.filter(({ event }) => event === kind).map(({ id }) => id);
  expect(ids('call_started')).toEqual([1, 2, 3]);
  expect(ids('call_ended').sort()).toEqual([1, 2, 3]);
});

test.each([
  ['a failed script', ['-e', 'print(1) error("no")'], 1],
  ['a syntax error', ['-e', 'return return'], 1],
  ['a limit', ['-e', 'while true do end', '--cpu-limit', '0.1'], 6],
  ['no code', [], 2],
  ['an unknown option', ['-e', 'return 1', '--nonsense'], 2],
  ['--pretty beside it', ['-e', 'return 1', '--pretty'], 2],
  ['--repl beside it', ['--repl'], 2],
])('%s ends the stream with the document of its error', async (_what, args, exitCode) => {
  const { events, envelope, code } = await stream(args);
  expect({ code, last: events.at(-1)?.event, success: envelope.success }).toEqual({ code: exitCode, last: 'result', success: false });
});

test('a direct call tells of the calls that it is made of', async () => {
  const words = ['--resource-id', 'R', '--sid', 'S', '--mode', 'mix'];
  const { stdout, code } = await kosmo(['integrations:call', 'agora.wait_for_recording', ...words, '--timeout', '1', '--stream'], {
    env: emulator.env,
  });
  const events = eventsOf(stdout);
  expect(code).not.toBe(0);
  expect(events.slice(0, 2)).toMatchObject([
    { event: 'call_started', id: 1, function: 'agora.query_recording', operation: 'read' },
    { event: 'call_ended', id: 1, status: 'error' },
  ]);
  expect(events.at(-1)).toMatchObject({ event: 'result', envelope: { function: 'agora.wait_for_recording', success: false } });
});

test('a direct call without a function ends the stream with the document of its error', async () => {
  const { stdout, code } = await kosmo(['integrations:call', '--stream']);
  expect(code).toBe(2);
  expect(eventsOf(stdout)).toMatchObject([{ event: 'result', envelope: { success: false, error_detail: { code: 'USAGE' } } }]);
});

test('--json beside it is refused, as one document', async () => {
  const { stdout, code } = await kosmo(['integrations:lua', '--stream', '--json', '-e', 'return 1']);
  expect(code).toBe(2);
  expect(problemsWith(JSON.parse(stdout), 'lua-run')).toBeNull();
});

describe('a reader', () => {
  const start = (code: string) =>
    spawn(process.execPath, [KOSMO, 'integrations:lua', '--stream', '-e', code], { env: cleanEnvironment(emulator.env) });

  test('gets lines while the script runs, and the end after Ctrl-C', async () => {
    const child = start('defer(function() print("deferred") end) print("on") app.integrations.agora.get_notification_ips() sleep(60)');
    const events: Event[] = [];
    for await (const line of createInterface(child.stdout)) {
      events.push(JSON.parse(line) as Event);
      if (events.at(-1)?.event === 'call_ended') child.kill('SIGINT');
    }
    expect(events.map(({ event, text }) => text ?? event)).toEqual(['on', 'call_started', 'call_ended', 'deferred', 'result']);
    expect(events.at(-1)).toMatchObject({ envelope: { success: false, error_detail: { code: 'INTERRUPTED' } } });
  });

  test('that leaves does not disturb the script, which runs to its end', async () => {
    const child = start('print("on") for i = 1, 2000 do print(i) end sleep(0.2) app.integrations.agora.get_notification_ips() return 1');
    let stderr = '';
    child.stderr.on('data', (text: Buffer) => {
      stderr += text;
    });
    await once(child.stdout, 'data');
    child.stdout.destroy();
    const [code] = (await once(child, 'close')) as [number | null];
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  test('that is slow holds up nothing, and gets everything', async () => {
    const child = start(
      'for i = 1, 20000 do print(i, ("x"):rep(100)) end app.integrations.agora.get_notification_ips() defer(function() print("end") end)',
    );
    child.stdout.pause();
    // More than a pipe holds is on its way, and the call is made nevertheless.
    const answered = once(emulatorRequests(), 'line');
    await answered;
    const chunks: Buffer[] = [];
    for await (const chunk of child.stdout) chunks.push(chunk as Buffer);
    const events = eventsOf(Buffer.concat(chunks).toString());
    expect(events.filter(({ event }) => event === 'print')).toHaveLength(20_001);
    expect(events.at(-1)).toMatchObject({ event: 'result', envelope: { success: true } });
  });
});

function emulatorRequests() {
  return createInterface(emulator.process.stderr as NodeJS.ReadableStream);
}

test('what an MCP server says of its progress is told', async () => {
  const { env, cwd } = mcpPlace({ rich: fakeServer('rich') }).options;
  const args = [KOSMO, 'integrations:lua', '--stream', '-e', 'app.mcp.rich.measure { waits = true }'];
  const child = spawn(process.execPath, args, { env: cleanEnvironment(env), cwd });
  const events: Event[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    events.push(...eventsOf(line));
    if (events.at(-1)?.event === 'progress') child.kill('SIGINT');
  }
  expect(events.find(({ event }) => event === 'progress')).toEqual({
    event: 'progress',
    id: 1,
    function: 'app.mcp.rich.measure',
    progress: 0.5,
    total: 1,
    message: 'measured 0.5',
  });
});
