import { describe, expect, test } from 'vitest';
import type { AgoraConnection } from '../../../../src/integrations/agora/connection.ts';
import { agora } from '../../../../src/integrations/agora/index.ts';
import { findTool } from '../../../helpers/recording-server.ts';

const [command] = agora.commands;

// Runs the command until it has printed its address, then whatever is given, then ends it.
async function whileRunning(options: Record<string, unknown>, use: (url: string) => Promise<void> = async () => {}) {
  const ending = new AbortController();
  const printed: string[] = [];
  const noted: string[] = [];
  let started = (_url: string): void => {};
  const address = new Promise<string>((resolve) => {
    started = resolve;
  });
  const unused = (): never => {
    throw new Error('the emulator makes no calls');
  };
  const context = {
    signal: ending.signal,
    print: async (line: string) => {
      printed.push(line);
      started(line.replace('agora emulator listening on ', ''));
      return true;
    },
    note: (line: string) => noted.push(line),
    stateFolder: '/nowhere',
    credential: unused,
    call: unused,
  };
  const running = command?.run(options, context, []);
  await Promise.race([address.then(use), running]);
  ending.abort();
  await running;
  return { printed, noted };
}

describe('the emulator', () => {
  test('says where it is and how to use it, and ends when told', async () => {
    let url = '';
    const { printed, noted } = await whileRunning({ port: '0', host: '127.0.0.1', speed: '1' }, async (address) => {
      url = address;
      expect((await fetch(url)).status).toBeGreaterThan(0);
    });
    expect(printed).toEqual([expect.stringMatching(/^agora emulator listening on http:\/\/127\.0\.0\.1:\d+$/)]);
    expect(noted).toEqual([
      `AGORA_URL=${url} AGORA_CUSTOMER_ID=emulator-customer AGORA_CUSTOMER_SECRET=emulator-secret AGORA_APP_ID=emulator-app`,
      `kosmo integrations:configure agora --set url=${url} --set customer_id=emulator-customer --set customer_secret=emulator-secret --set app_id=emulator-app --account emulator`,
    ]);
    await expect(fetch(url)).rejects.toThrow();
  });

  test('tells each request when asked to', async () => {
    const { noted } = await whileRunning({ verbose: true }, async (url) => void (await fetch(`${url}/v1/ncs/ip`)));
    expect(noted).toEqual([
      expect.stringMatching(/^AGORA_URL=/),
      expect.stringMatching(/^kosmo integrations:configure/),
      expect.stringContaining('/v1/ncs/ip'),
    ]);
  });

  test('accepts the accounts it is given, each for its own apps, and does not repeat their secrets', async () => {
    const account = ['one:first:S3CRET:app-a,app-b', 'two:second-S3CRET:app-c'];
    const { noted } = await whileRunning({ account }, async (url) => {
      const acquire = async (credentials: string, app: string): Promise<number> => {
        const headers = { authorization: `Basic ${btoa(credentials)}`, 'content-type': 'application/json' };
        const body = JSON.stringify({ cname: 'room', uid: '1', clientRequest: {} });
        return (await fetch(`${url}/v1/apps/${app}/cloud_recording/acquire`, { method: 'POST', headers, body })).status;
      };
      expect(await acquire('one:first:S3CRET', 'app-b')).toBe(200);
      expect(await acquire('two:second-S3CRET', 'app-c')).toBe(200);
      expect(await acquire('two:second-S3CRET', 'app-a')).toBe(400);
      expect(await acquire('emulator-customer:emulator-secret', 'emulator-app')).toBe(401);
    });
    expect(noted).toEqual([
      expect.stringMatching(/^AGORA_URL=\S+ AGORA_CUSTOMER_ID=one AGORA_APP_ID=app-a$/),
      expect.stringMatching(/^kosmo .* --set customer_id=one --set app_id=app-a --account emulator$/),
      expect.stringMatching(/^AGORA_URL=\S+ AGORA_CUSTOMER_ID=two AGORA_APP_ID=app-c$/),
      expect.stringMatching(/^kosmo /),
    ]);
  });

  test('misbehaves as it is told, and says so', async () => {
    const { noted } = await whileRunning({ verbose: true, fault: ['ncs:reset-before:count=1', 'ncs:status:status=503'] }, async (url) => {
      await expect(fetch(`${url}/v1/ncs/ip`)).rejects.toThrow();
      expect((await fetch(`${url}/v1/ncs/ip`)).status).toBe(503);
    });
    expect(noted.slice(2)).toEqual([
      expect.stringMatching(/^GET \/v1\/ncs\/ip no answer \d+ ms \(reset-before\)$/),
      expect.stringMatching(/^GET \/v1\/ncs\/ip 503 \d+ ms \(status\)$/),
    ]);
  });

  test('starts in this process and accepts its own credentials', async () => {
    const emulator = await agora.startEmulator?.();
    const client = agora.connect(emulator?.credentials ?? {}, { account: 'default' }) as AgoraConnection;
    const context = { signal: new AbortController().signal, warn: () => {} };
    const answer = await findTool('acquire_recording_resource').run({ cname: 'c', uid: '527841' }, client, context);
    expect(answer).toHaveProperty('resourceId');
    await agora.disconnect(client);
    await emulator?.close();
  });
});

test.each([
  [{ port: 'abc' }, "--port must be an integer from 0 to 65535, not 'abc'"],
  [{ port: '70000' }, "--port must be an integer from 0 to 65535, not '70000'"],
  [{ port: '1.5' }, "--port must be an integer from 0 to 65535, not '1.5'"],
  [{ port: '' }, "--port must be an integer from 0 to 65535, not ''"],
  [{ speed: '0' }, "--speed must be a number from 0.001 to 1000000, not '0'"],
  [{ latency: '-1' }, "--latency must be a number from 0 to 600000, not '-1'"],
  [{ fault: ['start'] }, "fault 'start' must be endpoint:kind[:option=value,…], such as start:reset-after:count=1"],
  [{ account: ['id:S3CRET'] }, '--account must be id:secret:app1,app2, with at least one app id'],
  [{ account: ['id:S3CRET:a,,b'] }, '--account must be id:secret:app1,app2, with at least one app id'],
  [{ notify: 'http://127.0.0.1:1' }, '--notify needs --notify-secret <secret>'],
  [{ notifySecret: 'x' }, '--notify-secret needs --notify <url>'],
  [{ notify: 'there', notifySecret: 'x' }, "notify.url must be an http or https address, not 'there'"],
  [{ rate: 'NaN' }, "--rate must be a number from 0 to 1000000, not 'NaN'"],
])('the emulator refuses %j', async (options, message) => {
  await expect(whileRunning(options)).rejects.toMatchObject({ code: 'USAGE', message });
});
