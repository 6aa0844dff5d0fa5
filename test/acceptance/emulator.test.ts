import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { cleanEnvironment, type EmulatorProcess, KOSMO, startEmulatorProcess } from '../helpers/cli.ts';
import { answer, startRecordingServer } from '../helpers/recording-server.ts';
import { runCli as kosmo, runLuaCli as lua } from '../helpers/run-cli.ts';

const running: EmulatorProcess[] = [];
const emulatorProcess = async (...args: readonly string[]): Promise<EmulatorProcess> => {
  const emulator = await startEmulatorProcess(args);
  running.push(emulator);
  return emulator;
};
afterEach(async () => {
  // One that a test has killed has no exit code to wait for.
  const alive = running.splice(0).filter((emulator) => emulator.process.signalCode === null);
  await Promise.all(alive.map((emulator) => emulator.stop()));
});

const isFree = async (port: number): Promise<boolean> => {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
};

/** The text that a stream gives from now on. */
function collect(stream: ChildProcess['stderr']): { text: string; until: (found: (text: string) => boolean) => Promise<void> } {
  const collected = {
    text: '',
    async until(found: (text: string) => boolean) {
      while (!found(collected.text)) await once(stream as NonNullable<typeof stream>, 'data');
    },
  };
  stream?.on('data', (chunk: Buffer) => {
    collected.text += chunk.toString('utf8');
  });
  return collected;
}

describe('kosmo agora:emulator', () => {
  test('prints its address on stdout and how to use it on stderr, and nothing else', async () => {
    const child = spawn(process.execPath, [KOSMO, 'agora:emulator'], { env: cleanEnvironment({}) });
    const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)];
    const ended = once(child, 'close');
    await stderr.until((text) => text.endsWith('\n'));
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
    const [, url = ''] = /^agora emulator listening on (http:\/\/127\.0\.0\.1:\d+)\n$/.exec(stdout.text) ?? [];
    expect(stderr.text).toBe(
      `AGORA_URL=${url} AGORA_CUSTOMER_ID=emulator-customer AGORA_CUSTOMER_SECRET=emulator-secret AGORA_APP_ID=emulator-app\n` +
        `kosmo integrations:configure agora --set url=${url} --set customer_id=emulator-customer --set customer_secret=emulator-secret --set app_id=emulator-app --account emulator\n`,
    );
  });

  test.each([
    ['SIGTERM', 0],
    ['SIGINT', 0],
    ['SIGHUP', 129],
    ['SIGUSR2', 140],
  ] as const)('ends at %s with exit code %i and frees the port', async (signal, exitCode) => {
    const emulator = await emulatorProcess();
    const port = Number(new URL(emulator.url).port);
    expect(await isFree(port)).toBe(false);
    // A kept-alive connection must not hold it.
    expect((await fetch(`${emulator.url}/v1/ncs/ip`)).status).toBe(401);
    const ended = once(emulator.process, 'exit');
    emulator.process.kill(signal);
    expect(await ended).toEqual([exitCode, null]);
    expect(await isFree(port)).toBe(true);
  });

  test('works with the environment that it prints', async () => {
    const { env } = await emulatorProcess();
    const code = 'return app.integrations.agora.acquire_recording_resource({cname = "room", uid = "527841"}).cname';
    const { result, error, meta, code: exitCode } = await lua(['-e', code, '--force'], { env });
    expect([result, error, meta.emulator, exitCode]).toEqual([['room'], null, false, 0]);
  });

  test('--verbose writes one line a request, without headers and bodies', async () => {
    const emulator = await emulatorProcess('--verbose');
    const log = collect(emulator.process.stderr);
    const code = `local agora = app.integrations.agora
      local party = {cname = "room", uid = "527841"}
      party.resource_id = agora.acquire_recording_resource(party).resourceId
      party.mode, party.recording_config = "mix", {channelType = 1}
      party.storage_config = {vendor = 1, region = 0, bucket = "b", accessKey = "key-S3CRET", secretKey = "sec-S3CRET"}
      agora.start_recording(party)`;
    expect((await lua(['-e', code, '--force'], { env: emulator.env })).error).toBeNull();
    await log.until((text) => text.split('\n').length > 2);
    const session = '/v1/apps/emulator-app/cloud_recording';
    expect(log.text.split('\n')).toEqual([
      expect.stringMatching(new RegExp(`^POST ${session}/acquire 200 \\d+ ms$`)),
      expect.stringMatching(new RegExp(`^POST ${session}/resourceid/[\\w-]+/mode/mix/start 200 \\d+ ms$`)),
      '',
    ]);
    expect(log.text).not.toContain('S3CRET');
  });

  test('lets a script watch an upload after a stop that does not wait', async () => {
    const { env } = await emulatorProcess('--speed', '10');
    const code = `local agora = app.integrations.agora
      local session = agora.record{mode = "mix", cname = "room", uid = "1", recording_config = {channelType = 1},
        storage_config = {vendor = 1, region = 0, bucket = "b", accessKey = "key-S3CRET", secretKey = "sec-S3CRET"}}
      agora.wait_for_recording(session)
      agora.stop_recording{resource_id = session.resource_id, sid = session.sid, mode = "mix", cname = "room", uid = "1", async_stop = true}
      local seen, last = {}, nil
      repeat
        local answer = agora.query_recording{resource_id = session.resource_id, sid = session.sid, mode = "mix"}
        local now = answer.serverResponse.status .. " " .. answer.serverResponse.uploadingStatus
        if now ~= last then table.insert(seen, now) end
        last = now
        sleep(0.05)
      until answer.serverResponse.uploadingStatus == "uploaded"
      return seen`;
    const { result, error } = await lua(['-e', code, '--force'], { env });
    expect([result, error]).toEqual([[['6 unknown', '7 uploaded']], null]);
  });

  test('takes faults by flag and by its control endpoint', async () => {
    const { url, env } = await emulatorProcess('--fault', 'acquire:status:status=500,code=501,reason=no_worker_manager_available,count=1');
    const code = 'return app.integrations.agora.acquire_recording_resource{cname = "room", uid = "1"}.cname';
    const { result, call_log } = await lua(['-e', code, '--force'], { env });
    expect([result, call_log[0]]).toEqual([['room'], expect.objectContaining({ attempts: 2 })]);
    const headers = { 'content-type': 'application/json' };
    const added = await fetch(`${url}/_emulator/faults`, {
      method: 'POST',
      headers,
      body: '"acquire:status:status=400,code=405,reason=no_active_status"',
    });
    expect(added.status).toBe(200);
    expect((await lua(['-e', code, '--force'], { env })).error).toContain('no_active_status');
  });

  test.each([
    [['--fault', 'start:explode'], "fault 'start:explode': there is no kind 'explode'"],
    [['--account', 'id:sec-S3CRET'], '--account must be id:secret:app1,app2'],
    [['--notify', 'http://127.0.0.1:1'], '--notify needs --notify-secret <secret>'],
  ])('refuses %j with exit code 2', async (args, message) => {
    const { code, stdout, stderr } = await kosmo(['agora:emulator', ...args]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
  });

  test('keeps its recordings in the file of --state, without secrets, and goes on with them', async () => {
    const file = path.join(mkdtempSync(path.join(tmpdir(), 'kosmo-emulator-')), 'state.json');
    const first = await emulatorProcess('--state', file);
    const code = `local agora = app.integrations.agora
      return agora.record{mode = "mix", cname = "room", uid = "1", recording_config = {channelType = 1},
        storage_config = {vendor = 1, region = 0, bucket = "b", accessKey = "key-S3CRET", secretKey = "sec-S3CRET"}}`;
    const { result } = await lua(['-e', code, '--force'], { env: first.env });
    const [session] = result as [{ resource_id: string; sid: string }];
    expect(await first.stop()).toBe(0);
    expect(readFileSync(file, 'utf8')).toContain(session.sid);
    expect(readFileSync(file, 'utf8')).not.toContain('S3CRET');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const second = await emulatorProcess('--state', file);
    const query = `return app.integrations.agora.query_recording{resource_id = "${session.resource_id}", sid = "${session.sid}", mode = "mix"}.sid`;
    expect((await lua(['-e', query], { env: second.env })).result).toEqual([session.sid]);
    rmSync(path.dirname(file), { recursive: true });
  });

  test.each([
    ['{', 'is not JSON'],
    ['{"resources": [{"cname": "c"}]}', 'resources[0]: uid is missing'],
  ])('refuses a file of --state that holds %j, and leaves it as it is', async (text, message) => {
    const file = path.join(mkdtempSync(path.join(tmpdir(), 'kosmo-emulator-')), 'state.json');
    writeFileSync(file, text);
    const { code, stdout, stderr } = await kosmo(['agora:emulator', '--state', file]);
    expect([code, stdout, readFileSync(file, 'utf8')]).toEqual([2, '', text]);
    expect(stderr).toContain(message);
    rmSync(path.dirname(file), { recursive: true });
  });

  test('is silent without --verbose', async () => {
    const emulator = await emulatorProcess();
    const log = collect(emulator.process.stderr);
    const { result } = await lua(['-e', 'return #app.integrations.agora.get_notification_ips({}).data.service.hosts'], emulator);
    expect(result).toEqual([3]);
    const closed = once(emulator.process, 'close');
    await emulator.stop();
    await closed;
    expect(log.text).toBe('');
  });
});

// Between kosmo and the emulator, to know when a call is in flight: the emulator logs a request only once it has answered.
async function startRelay(target: number) {
  const sockets = new Set<Socket>();
  let inFlight = (): void => {};
  const arrived = new Promise<void>((resolve) => {
    inFlight = resolve;
  });
  const server = createServer((client) => {
    const upstream = connect(target, '127.0.0.1');
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
    }
    client.on('data', (chunk) => upstream.write(chunk, () => inFlight()));
    upstream.on('data', (chunk) => client.write(chunk));
    upstream.on('close', () => client.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(() => resolve()));
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, arrived, close };
}

describe('an emulator that is killed in the middle of a call loses the connection', () => {
  // A read changes nothing, whatever became of it.
  test.each([
    ['query_recording', '{resource_id = "R", sid = "S", mode = "mix"}', 'none'],
    ['stop_recording', '{resource_id = "R", sid = "S", mode = "mix", cname = "room", uid = "1"}', 'unknown'],
  ])('of %s', async (name, args, outcome) => {
    const emulator = await emulatorProcess('--latency', '60000');
    const relay = await startRelay(Number(new URL(emulator.url).port));
    const env = { ...emulator.env, AGORA_URL: relay.url };
    const run = kosmo(['integrations:lua', '-e', `print("asking") app.integrations.agora.${name}(${args})`, '--force', '--json'], { env });
    await relay.arrived;
    emulator.process.kill('SIGKILL');
    const { stdout, code } = await run;
    await relay.close();
    const { output, error, error_detail } = JSON.parse(stdout) as { output: string; error: string; error_detail: object };
    const function_name = `app.integrations.agora.${name}`;
    expect([output, code]).toEqual(['asking', 5]);
    expect(error).toContain(`${function_name}: connection to Agora API at ${relay.url} lost`);
    expect(error_detail).toMatchObject({ code: 'CONNECTION_LOST', function_name, outcome, retryable: true });
    expect(stdout).not.toMatch(/\\n\s+at |node:|\.[jt]s:\d/);
  });
});

describe('only --emulator selects the emulator', () => {
  const ask = (args: readonly string[], env: Readonly<Record<string, string>>) =>
    lua(['-e', 'return #app.integrations.agora.get_notification_ips({}).data.service.hosts', ...args], { env });
  const ACCOUNT = { AGORA_CUSTOMER_ID: 'cid', AGORA_CUSTOMER_SECRET: 'csec-S3CRET', AGORA_APP_ID: 'app1' };

  test.each([
    ['without credentials', [], {}, 3, 0],
    ['without credentials, forced', ['--force'], {}, 3, 0],
    ['with incomplete credentials', [], { AGORA_CUSTOMER_ID: 'cid' }, 3, 0],
    ['with credentials', [], ACCOUNT, 0, 1],
    ['with --emulator', ['--emulator'], {}, 0, 0],
    ['with --emulator and credentials', ['--emulator'], ACCOUNT, 0, 0],
  ])('%s', async (_what, args: readonly string[], env, exitCode, contacts) => {
    const server = await startRecordingServer();
    server.respond = answer(200, { data: { service: { hosts: [] } } });
    const { code, error_detail, meta, result } = await ask(args, { AGORA_URL: server.url, ...env });
    await server.close();
    const emulated = args.includes('--emulator');
    expect([code, server.seen.length, meta.emulator]).toEqual([exitCode, contacts, emulated]);
    if (exitCode === 3) expect(error_detail).toMatchObject({ code: 'NOT_CONFIGURED', outcome: 'none' });
    else expect(result).toEqual([emulated ? 3 : 0]);
  });
});
