import { type ChildProcess, spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openLedger } from '../../src/integrations/agora/recordings/ledger.ts';
import { cleanEnvironment, KOSMO, startEmulatorProcess } from '../helpers/cli.ts';
import { runCli as kosmo, runLuaCli as lua } from '../helpers/run-cli.ts';
import { problemsWith } from '../helpers/schemas.ts';

const SECRET = 'fake-notification-secret';
const LISTEN = ['agora:notifications', 'listen'];

let home: string;
let listener: ChildProcess;
let url: string;
const printed = { stdout: '', stderr: '' };

const until = async (stream: 'stdout' | 'stderr', text: string | RegExp): Promise<string> => {
  const found = () => (typeof text === 'string' ? printed[stream].includes(text) : text.test(printed[stream]));
  while (!found()) await once(listener[stream] as NonNullable<ChildProcess['stdout']>, 'data');
  return printed[stream];
};

beforeEach(async () => {
  home = mkdtempSync(path.join(tmpdir(), 'kosmo-notifications-'));
  Object.assign(printed, { stdout: '', stderr: '' });
  listener = spawn(process.execPath, [KOSMO, ...LISTEN], {
    // With the line break that secrets read from files end in.
    env: cleanEnvironment({ KOSMO_HOME: home, AGORA_NOTIFICATION_SECRET: `${SECRET}\n` }),
  });
  for (const stream of ['stdout', 'stderr'] as const) {
    listener[stream]?.setEncoding('utf8').on('data', (text: string) => {
      printed[stream] += text;
    });
  }
  await until('stderr', /listening on http:\S+\n/);
  url = /listening on (http:\S+)/.exec(printed.stderr)?.[1] ?? '';
});
afterEach(async () => {
  if (listener.exitCode === null) listener.kill('SIGKILL');
  rmSync(home, { recursive: true, force: true });
});

/** Ends the listener as a person does, and returns its exit code and last line. */
async function end(signal: NodeJS.Signals = 'SIGINT'): Promise<readonly [number | null, string | undefined]> {
  const closed = once(listener, 'close');
  listener.kill(signal);
  const [code] = (await closed) as [number | null];
  return [code, printed.stderr.trimEnd().split('\n').at(-1)];
}

const event = (eventType: number, payload: Readonly<Record<string, unknown>>, more: object = {}): string =>
  JSON.stringify({
    noticeId: `n:${eventType}:${payload.sequence}`,
    productId: 3,
    eventType,
    notifyMs: 1_611_566_412_672,
    payload,
    ...more,
  });
const hmac = (algorithm: string, body: string | Buffer, secret = SECRET): string =>
  createHmac(algorithm, secret).update(body).digest('hex');
const signed = (body: string | Buffer, secret = SECRET): Record<string, string> => ({
  'Agora-Signature': hmac('sha1', body, secret),
  'Agora-Signature-V2': hmac('sha256', body, secret),
});
const post = async (body: string, headers: Record<string, string> = signed(body)): Promise<number> => {
  const response = await fetch(url, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });
  expect(response.headers.get('content-type')).toBe('application/json');
  expect(await response.json()).toEqual({ accepted: response.status === 200 });
  return response.status;
};

describe('kosmo agora:notifications listen', () => {
  test('prints each notification once as a line of JSON, with the name of its event and exact numbers', async () => {
    const uploaded = event(31, { sid: 's', sequence: 4, sendts: 1_611_566_412_000, details: { msgName: 'uploaded' } });
    expect(await post(uploaded)).toBe(200);
    // Sent again: notifyMs is another, sid and sequence are the same.
    expect(await post(event(31, { sid: 's', sequence: 4 }, { notifyMs: 1_611_566_422_000, noticeId: 'other' }))).toBe(200);
    // The same sequence with another event is another notification.
    expect(await post(event(4711, { sid: 's', sequence: 4, serviceScene: 'rtc_record', newField: [1] }))).toBe(200);
    expect(await post(event(11, { sid: 's', sequence: 6, big: 0 }).replace('"big":0', '"big":90071992547409931'))).toBe(200);
    const lines = (await until('stdout', /(.*\n){3}/)).trimEnd().split('\n');
    expect(JSON.parse(lines[0] ?? '')).toEqual({ event: 'uploaded', ...JSON.parse(uploaded) });
    expect(JSON.parse(lines[1] ?? '')).toMatchObject({
      event: null,
      eventType: 4711,
      payload: { serviceScene: 'rtc_record', newField: [1] },
    });
    expect(lines[2]).toContain('90071992547409931');
    expect(await end()).toEqual([0, 'received 3, duplicates 1, bad signatures 0, refused 0']);
    expect(printed.stdout.trimEnd().split('\n')).toHaveLength(3);
  });

  const body = event(40, { sid: 's', sequence: 1 });
  const { 'Agora-Signature': first, 'Agora-Signature-V2': second } = signed(body) as Record<string, string>;
  const half = (text = ''): string => text.slice(0, 20);

  test.each<readonly [string, Record<string, string>]>([
    ['no signature', {}],
    ['only the first', { 'Agora-Signature': first ?? '' }],
    ['only the second', { 'Agora-Signature-V2': second ?? '' }],
    ['another secret', signed(body, 'other')],
    ['another body, such as the same JSON written anew', signed(JSON.stringify(JSON.parse(body), null, 1))],
    ['the two in the wrong place', { 'Agora-Signature': second ?? '', 'Agora-Signature-V2': first ?? '' }],
    ['half of them', { 'Agora-Signature': half(first), 'Agora-Signature-V2': half(second) }],
    ['no hexadecimal digits', { 'Agora-Signature': 'x'.repeat(40), 'Agora-Signature-V2': 'x'.repeat(64) }],
  ])('refuses with 401 and counts: %s', async (_what, headers) => {
    expect(await post(body, headers)).toBe(401);
    expect(await post(body)).toBe(200);
    expect(await end('SIGTERM')).toEqual([0, 'received 1, duplicates 0, bad signatures 1, refused 0']);
    expect(printed.stdout.match(/\n/g)).toHaveLength(1);
  });

  test('refuses what is signed and no notification, and other methods', async () => {
    for (const wrong of ['', '[]', 'null', '{', '{"eventType":"1","payload":{}}', '{"eventType":1}', '{"eventType":1,"payload":[]}'])
      expect(await post(wrong)).toBe(400);
    for (const method of ['GET', 'PUT']) expect((await fetch(url, { method })).status).toBe(405);
    expect(await end()).toEqual([0, 'received 0, duplicates 0, bad signatures 0, refused 9']);
  });

  test('takes at most a megabyte, and goes on after senders that go away or dawdle', async () => {
    const huge = request(url, { method: 'POST' });
    huge.on('error', () => undefined);
    const answered = once(huge, 'response');
    for (let sent = 0; sent < 2 * 1024 * 1024; sent += 65_536) huge.write(Buffer.alloc(65_536, 'x'));
    const [{ statusCode }] = (await answered) as [{ statusCode: number }];
    expect(statusCode).toBe(413);
    huge.destroy();
    const { hostname, port } = new URL(url);
    const dawdling = connect(Number(port), hostname, () => dawdling.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nab'));
    dawdling.on('error', () => undefined);
    const gone = connect(Number(port), hostname, () => gone.end('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nab'));
    gone.on('error', () => undefined);
    gone.resume();
    await once(gone, 'close');
    expect(await post(event(40, { sid: 's', sequence: 1 }))).toBe(200);
    // Open connections do not hold it.
    expect(await end()).toEqual([0, expect.stringContaining('received 1')]);
  });

  test('does not accept what it cannot write, and ends', async () => {
    const closed = once(listener, 'close');
    listener.stdout?.destroy();
    await once(listener.stdout as NonNullable<ChildProcess['stdout']>, 'close');
    const body = event(31, { sid: 's', sequence: 1 });
    // It may be gone before the answer is read; Agora sends again in both cases.
    const status = await fetch(url, { method: 'POST', body, headers: signed(body) }).then(
      (response) => response.status,
      () => 'connection lost',
    );
    expect([503, 'connection lost']).toContain(status);
    expect(await closed).toEqual([0, null]);
    expect(printed.stderr).toContain('refused: the notification could not be written\n');
    expect(printed.stderr).toMatch(/received 0, duplicates 0, bad signatures 0, refused 1\n$/);
  });

  test.each([
    [11, true],
    [71, true],
    [12, false],
    [41, false],
    [31, false],
  ])('event %i closes the entry of the ledger: %s', async (eventType, closes) => {
    const ledger = openLedger(path.join(home, 'agora'));
    for (const sid of ['s1', 's2'])
      ledger.started(ledger.starting({ account: 'default', appId: 'a', resourceId: `r-${sid}`, mode: 'mix', cname: 'c', uid: '1' }), sid);
    expect(await post(event(eventType, { sid: 'unknown', sequence: 1 }))).toBe(200);
    expect(await post(event(eventType, { sid: 's1', sequence: 1 }))).toBe(200);
    await end();
    const { stdout } = await kosmo(['agora:recordings', '--json'], { env: { KOSMO_HOME: home } });
    expect(JSON.parse(stdout).recordings.map(({ sid }: { sid: string }) => sid)).toEqual(closes ? ['s2'] : ['s1', 's2']);
  });
});

describe('kosmo agora:notifications send', () => {
  const send = (args: readonly string[], secret = SECRET) =>
    kosmo(['agora:notifications', 'send', '--url', url, ...args], { env: { AGORA_NOTIFICATION_SECRET: secret } });

  test('sends a signed notification that a listener takes, and prints the response', async () => {
    const sent = await send(['--event', '71', '--json']);
    expect([sent.stderr, sent.code]).toEqual(['', 0]);
    const document = JSON.parse(sent.stdout) as object;
    expect(problemsWith(document, 'agora-notifications')).toBeNull();
    expect(document).toMatchObject({
      success: true,
      event: 'web_recorder_stopped',
      event_type: 71,
      status: 200,
      response: '{"accepted":true}',
    });
    expect(JSON.parse((await until('stdout', '\n')).trim())).toMatchObject({
      event: 'web_recorder_stopped',
      payload: { serviceType: 6, serviceScene: 'web_record', details: { msgName: 'web_recorder_stopped', code: 0 } },
    });
    const shown = await send([]);
    expect(shown.stdout).toMatch(/^31 uploaded: the endpoint answered 200 in \d+ ms\n\{"accepted":true\}\n$/);
  });

  test('fails if the endpoint does not take it, or does not answer', async () => {
    const refused = await send([], 'another-S3CRET');
    expect([refused.code, refused.stdout]).toEqual([5, '']);
    expect(refused.stderr).toContain('The endpoint answered 401, not 200 with JSON: {"accepted":false}');
    await end();
    const lost = await send(['--json']);
    expect([lost.code, JSON.parse(lost.stdout)]).toEqual([5, expect.objectContaining({ success: false })]);
    expect(refused.stderr + lost.stdout).not.toContain('S3CRET');
  });
});

test('the emulator tells the listener of a recording, from its start to its end', async () => {
  const emulator = await startEmulatorProcess(['--speed', '50', '--notify', url, '--notify-secret', SECRET]);
  const storage = '{vendor = 1, region = 0, bucket = "b", accessKey = "fake-access-key", secretKey = "fake-S3CRET-key"}';
  const code = `local agora = app.integrations.agora
    local session = agora.record{mode = "mix", cname = "room", uid = "527841", recording_config = {channelType = 1}, storage_config = ${storage}}
    agora.wait_for_recording(session)
    agora.stop_recording(session)`;
  expect((await lua(['--force', '-e', code], { env: emulator.env })).error).toBeNull();
  await until('stdout', '"event":"session_exit"');
  const lines = (await until('stdout', '"event":"uploaded"')).trimEnd().split('\n');
  const events = lines.map((line) => (JSON.parse(line) as { event: string }).event);
  expect(events).toEqual(expect.arrayContaining(['recorder_started', 'uploaded', 'session_exit']));
  await emulator.stop();
  expect((await end())[1]).toContain('bad signatures 0, refused 0');
});

test.each<readonly [string, readonly string[], Record<string, string>, number, string]>([
  ['no secret', LISTEN, {}, 3, 'export AGORA_NOTIFICATION_SECRET=…'],
  [
    'another action',
    ['agora:notifications', 'tell'],
    { AGORA_NOTIFICATION_SECRET: SECRET },
    2,
    "unknown action 'tell': there are listen and send",
  ],
  ['listen and a flag of send', [...LISTEN, '--event', '31'], { AGORA_NOTIFICATION_SECRET: SECRET }, 2, '--event is for send'],
  ['send and no secret', ['agora:notifications', 'send', '--url', 'http://127.0.0.1:1'], {}, 3, 'export AGORA_NOTIFICATION_SECRET=…'],
  ['send and an open address', ['agora:notifications', 'send', '--url', 'http://example.com'], {}, 2, '--url must be an https address'],
  [
    'send and an unknown event',
    ['agora:notifications', 'send', '--url', 'http://127.0.0.1:1', '--event', '5'],
    {},
    2,
    '--event must be an eventType',
  ],
  ['no action', ['agora:notifications'], {}, 2, "missing required argument 'action'"],
  ['a port that is none', [...LISTEN, '--secret', 'x', '--port', '70000'], {}, 2, '--port must be an integer from 0 to 65535'],
  ['an address of another machine', [...LISTEN, '--secret', 'x', '--host', '192.0.2.1'], {}, 2, 'cannot listen'],
])('with %s it says so and ends', async (_what, args, env, code, message) => {
  expect(await kosmo(args, { env })).toMatchObject({ stdout: '', stderr: expect.stringContaining(message), code });
});
