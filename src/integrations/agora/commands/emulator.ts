import { KosmoError } from '../../../errors/index.ts';
import type { IntegrationCommand } from '../../../integration/index.ts';
import { openStateFile } from './emulator-state-file.ts';
import { readNumber, untilAborted } from './options.ts';

/** `kosmo agora:emulator`: prints the address on stdout, how to use it on stderr, and runs until stopped. */
export const agoraEmulatorCommand: IntegrationCommand = {
  name: 'emulator',
  description: 'run the Agora emulator',
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
    { flags: '--state <file>', description: 'begin with the recordings in this JSON file, and keep them there' },
    { flags: '--verbose', description: 'write a line for every request to stderr' },
  ],
  examples: [
    'kosmo agora:emulator',
    'kosmo agora:emulator --port 4000 --speed 60 --verbose',
    'kosmo agora:emulator --fault start:reset-after:count=1',
    'kosmo agora:emulator --port 4000 --state emulator.json',
  ],
  async run(options, { signal, print, note }) {
    const port = readNumber('--port', options.port, { least: 0, most: 65_535, whole: true }) ?? 0;
    const speed = readNumber('--speed', options.speed, { least: 0.001, most: 1_000_000 }) ?? 1;
    const latencyMs = readNumber('--latency', options.latency, { least: 0, most: 600_000 });
    const ratePerSecond = readNumber('--rate', options.rate, { least: 0, most: 1_000_000 });
    const accounts = readList(options.account).map(readAccount);
    const notify = readTarget(options.notify, options.notifySecret);
    const file = typeof options.state === 'string' ? openStateFile(options.state, note) : undefined;
    const { startEmulator, DEFAULT_ACCOUNT } = await import('../emulator/index.ts');
    const emulator = await startEmulator({
      port,
      speed,
      host: typeof options.host === 'string' ? options.host : '127.0.0.1',
      faults: readList(options.fault),
      ...(accounts.length === 0 ? {} : { accounts }),
      ...(notify === undefined ? {} : { notify }),
      ...(file === undefined ? {} : { state: file.content, onChange: () => file.saveSoon(() => emulator.state()) }),
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
      // At once, so that a file that cannot be written ends the command here.
      file?.save(emulator.state());
      print(`agora emulator listening on ${emulator.url}`);
      for (const { customerId, customerSecret, appIds } of accounts.length === 0 ? [DEFAULT_ACCOUNT] : accounts) {
        // A secret of --account is known to the caller, and may be a real one.
        const secret = accounts.length === 0 ? ` AGORA_CUSTOMER_SECRET=${customerSecret}` : '';
        const known = secret === '' ? '' : ` --set customer_secret=${customerSecret}`;
        // A note is one line: a line end in it is shown as an escape, and would end up in the app id.
        note(`AGORA_URL=${emulator.url} AGORA_CUSTOMER_ID=${customerId}${secret} AGORA_APP_ID=${appIds[0]}`);
        note(
          `kosmo integrations:configure agora --set url=${emulator.url} --set customer_id=${customerId}${known} --set app_id=${appIds[0]} --account emulator`,
        );
      }
      await untilAborted(signal);
    } finally {
      const last = emulator.state();
      await emulator.close();
      file?.saveLast(last);
    }
  },
};

// The values of a repeatable option.
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
