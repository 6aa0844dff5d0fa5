import { describe, expect, test } from 'vitest';
import type { AgoraClient } from '../../../src/integrations/agora/client.ts';
import { agora } from '../../../src/integrations/agora/index.ts';
import { findTool } from '../../helpers/recording-server.ts';

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
    print: (line: string) => {
      printed.push(line);
      started(line.replace('agora emulator listening on ', ''));
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
    expect(noted).toEqual([expect.stringMatching(/^AGORA_URL=http:\S+ AGORA_CUSTOMER_ID=\S+ AGORA_CUSTOMER_SECRET=\S+ AGORA_APP_ID=\S+$/)]);
    await expect(fetch(url)).rejects.toThrow();
  });

  test('tells each request when asked to', async () => {
    const { noted } = await whileRunning({ verbose: true }, async (url) => void (await fetch(`${url}/v1/ncs/ip`)));
    expect(noted).toEqual([expect.stringMatching(/^AGORA_URL=/), expect.stringContaining('/v1/ncs/ip')]);
  });

  test('starts in this process and accepts its own credentials', async () => {
    const emulator = await agora.startEmulator?.();
    const client = agora.connect(emulator?.credentials ?? {}, { account: 'default' }) as AgoraClient;
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
  [{ rate: 'NaN' }, "--rate must be a number from 0 to 1000000, not 'NaN'"],
])('the emulator refuses %j', async (options, message) => {
  await expect(whileRunning(options)).rejects.toMatchObject({ code: 'USAGE', message });
});
