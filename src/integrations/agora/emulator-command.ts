import type { IntegrationCommand } from '../../catalog/index.ts';
import { KosmoError } from '../../errors/index.ts';
import { readNumber, untilAborted } from './command-options.ts';

/** `kosmo agora:emulator`: prints the address on stdout, the environment to use it with on stderr, and runs until stopped. */
export const agoraEmulatorCommand: IntegrationCommand = {
  name: 'emulator',
  description: 'run a stand-in for Agora Cloud Recording on this machine, for tests, demos and dry runs',
  options: [
    { flags: '--port <n>', description: 'port to listen on; 0 takes a free one', default: '0' },
    { flags: '--host <address>', description: 'address to listen on', default: '127.0.0.1' },
    { flags: '--speed <n>', description: 'how many times faster than Agora its clock runs', default: '1' },
    { flags: '--latency <ms>', description: 'milliseconds that every answer takes' },
    { flags: '--rate <n>', description: 'acquires a second before it answers 429; 0 is no limit (default 10)' },
    { flags: '--fault <fault...>', description: 'what goes wrong, as endpoint:kind:option=value,…; may be repeated' },
    { flags: '--account <account...>', description: 'who may call, as id:secret:app1,app2; may be repeated' },
    { flags: '--notify <url>', description: "where Agora's notifications go" },
    { flags: '--notify-secret <secret>', description: 'what signs them' },
    { flags: '--verbose', description: 'write a line for every request to stderr' },
  ],
  examples: [
    'kosmo agora:emulator',
    'kosmo agora:emulator --port 4000 --speed 60 --verbose',
    'kosmo agora:emulator --fault start:reset-after:count=1',
  ],
  async run(options, { signal, print, note }) {
    const port = readNumber('--port', options.port, { least: 0, most: 65_535, whole: true }) ?? 0;
    const speed = readNumber('--speed', options.speed, { least: 0.001, most: 1_000_000 }) ?? 1;
    const latencyMs = readNumber('--latency', options.latency, { least: 0, most: 600_000 });
    const ratePerSecond = readNumber('--rate', options.rate, { least: 0, most: 1_000_000 });
    const accounts = readList(options.account).map(readAccount);
    const notify = readTarget(options.notify, options.notifySecret);
    const { startEmulator, DEFAULT_ACCOUNT } = await import('./emulator/index.ts');
    const emulator = await startEmulator({
      port,
      speed,
      host: typeof options.host === 'string' ? options.host : '127.0.0.1',
      faults: readList(options.fault),
      ...(accounts.length === 0 ? {} : { accounts }),
      ...(notify === undefined ? {} : { notify }),
      ...(latencyMs === undefined ? {} : { latencyMs }),
      ...(ratePerSecond === undefined ? {} : { ratePerSecond }),
      ...(options.verbose === true
        ? {
            onRequest: ({ method, path, status, durationMs, fault }) =>
              note(`${method} ${path} ${status === 0 ? 'no answer' : status} ${durationMs} ms${fault === undefined ? '' : ` (${fault})`}`),
          }
        : {}),
    }).catch((thrown: Error) => {
      throw new KosmoError('USAGE', thrown.message);
    });
    try {
      print(`agora emulator listening on ${emulator.url}`);
      for (const { customerId, customerSecret, appIds } of accounts.length === 0 ? [DEFAULT_ACCOUNT] : accounts) {
        // A secret that somebody gave is known to them, and may be a real one.
        const secret = accounts.length === 0 ? ` AGORA_CUSTOMER_SECRET=${customerSecret}` : '';
        note(`AGORA_URL=${emulator.url} AGORA_CUSTOMER_ID=${customerId}${secret} AGORA_APP_ID=${appIds[0]}`);
      }
      await untilAborted(signal);
    } finally {
      await emulator.close();
    }
  },
};

// What an option that may be repeated gives.
function readList(given: unknown): readonly string[] {
  return Array.isArray(given) ? given.map(String) : [];
}

function readAccount(text: string): { readonly customerId: string; readonly customerSecret: string; readonly appIds: readonly string[] } {
  const [, customerId = '', customerSecret = '', apps = ''] = /^([^:]+):(.+):([^:]+)$/.exec(text) ?? [];
  const appIds = apps.split(',');
  if (customerId !== '' && !appIds.includes('')) return { customerId, customerSecret, appIds };
  // Not the text itself: it holds a secret.
  throw new KosmoError('USAGE', '--account must be id:secret:app1,app2, with at least one app id');
}

function readTarget(url: unknown, secret: unknown): { readonly url: string; readonly secret: string } | undefined {
  if (url === undefined && secret === undefined) return undefined;
  if (typeof url === 'string' && typeof secret === 'string') return { url, secret };
  throw new KosmoError('USAGE', url === undefined ? '--notify-secret needs --notify <url>' : '--notify needs --notify-secret <secret>');
}
