import { KosmoError, rememberSecret } from '../../../errors/index.ts';
import type { IntegrationCommand, IntegrationCommandContext } from '../../../integration/index.ts';
import { fileReason } from '../../../platform/file-errors.ts';
import { openLedger } from '../recordings/ledger.ts';
import { ENDING_EVENTS, EVENT_NAMES } from '../webhooks/events.ts';
import type { Notification } from '../webhooks/receiver.ts';
import { readNumber, untilAborted } from './options.ts';

const SECRET_VARIABLE = 'AGORA_NOTIFICATION_SECRET';

/** What `send` sends unless another event is chosen: the files are in the bucket. */
const DEFAULT_EVENT = 31;

/** `kosmo agora:notifications`: `listen` prints each notification of Agora as one line of JSON until stopped; `send` sends a test one. */
export const agoraNotificationsCommand: IntegrationCommand = {
  name: 'notifications',
  description: "receive Agora's notifications, or send a test one",
  arguments: '<action>',
  choices: { action: ['listen', 'send'] },
  options: [
    { flags: '--port <n>', description: 'with listen: port to listen on; 0 takes a free one (default 0)' },
    { flags: '--host <address>', description: 'with listen: address to listen on (default 127.0.0.1)' },
    { flags: '--url <address>', description: 'with send: your endpoint; https, or http on this machine' },
    { flags: '--event <n>', description: `with send: the eventType to send (default ${DEFAULT_EVENT}, uploaded)` },
    { flags: '--json', description: 'with send: print one JSON document' },
    {
      flags: '--secret <text>',
      description: `the project's notification secret; better in ${SECRET_VARIABLE}, since others can see flags`,
    },
  ],
  examples: [
    `${SECRET_VARIABLE}=… kosmo agora:notifications listen --port 8080`,
    `${SECRET_VARIABLE}=… kosmo agora:notifications send --url https://example.com/agora --event 11`,
  ],
  schema: 'agora-notifications',
  environment: [{ name: SECRET_VARIABLE, description: 'notification secret of the Agora project, for agora:notifications' }],
  async run(options, context, [action]) {
    if (action === 'send') return send(options, context);
    if (action !== 'listen') throw new KosmoError('USAGE', `unknown action '${action}': there are listen and send`);
    refuseFlags(options, ['url', 'event', 'json'], 'send');
    return listen(options, context);
  },
};

async function listen(options: Readonly<Record<string, unknown>>, context: IntegrationCommandContext): Promise<void> {
  const port = readNumber('--port', options.port, { least: 0, most: 65_535, whole: true }) ?? 0;
  const secret = readSecret(options.secret);
  const outputLost = new AbortController();
  const { startReceiver } = await import('../webhooks/receiver.ts');
  const receiver = await startReceiver({
    host: String(options.host ?? '127.0.0.1'),
    port,
    secret,
    async onNotification(notification) {
      closeRecording(notification, context);
      const written = await context.print(JSON.stringify(notification));
      if (!written) outputLost.abort();
      return written;
    },
    onRefused: (reason) => context.note(`refused: ${reason}`),
  }).catch((thrown: Error) => {
    throw new KosmoError('USAGE', `cannot listen: ${thrown.message}`, {
      hint: 'choose another --port or --host; --port 0 takes a free port',
    });
  });
  try {
    context.note(`listening on ${receiver.url}`);
    await untilAborted(AbortSignal.any([context.signal, outputLost.signal]));
  } finally {
    await receiver.close();
    const { received, duplicates, badSignatures, refused } = receiver.counts;
    context.note(`received ${received}, duplicates ${duplicates}, bad signatures ${badSignatures}, refused ${refused}`);
  }
}

async function send(options: Readonly<Record<string, unknown>>, context: IntegrationCommandContext): Promise<void> {
  refuseFlags(options, ['port', 'host'], 'listen');
  const { readEndpoint, sendNotification } = await import('../webhooks/send.ts');
  const { sampleNotification } = await import('../webhooks/samples.ts');
  const url = readEndpoint(options.url);
  const eventType = Number(options.event ?? DEFAULT_EVENT);
  const event = EVENT_NAMES[eventType];
  if (event === undefined)
    throw new KosmoError('USAGE', `--event must be an eventType of Cloud Recording, not '${options.event}'`, {
      hint: `there are ${Object.keys(EVENT_NAMES).join(', ')}`,
    });
  const secret = readSecret(options.secret);
  const { status, response, accepted, durationMs } = await sendNotification(
    url,
    sampleNotification(eventType, Date.now()),
    secret,
    context.signal,
  );
  if (!accepted) {
    throw new KosmoError('REMOTE_ERROR', `The endpoint answered ${status}, not 200 with JSON: ${response}`, {
      hint: status === 401 ? 'the endpoint checks with another secret, or a changed body' : 'Agora would send the notification again',
    });
  }
  if (options.json !== true) {
    context.print(`${eventType} ${event}: the endpoint answered ${status} in ${durationMs} ms`);
    context.print(response);
    return;
  }
  const facts = { url: `${url.origin}${url.pathname}`, event, event_type: eventType, status, response, duration_ms: durationMs };
  context.print(JSON.stringify({ success: true, ...facts, error: null, error_detail: null }));
}

function readSecret(flag: unknown): string {
  const secret = String(flag ?? process.env[SECRET_VARIABLE] ?? '').trim();
  if (secret === '') {
    throw new KosmoError('NOT_CONFIGURED', 'The notification secret is missing, which signs notifications.', {
      hint: `export ${SECRET_VARIABLE}=…, from "Notifications" of the project in the Agora console`,
    });
  }
  rememberSecret(secret);
  return secret;
}

function refuseFlags(options: Readonly<Record<string, unknown>>, names: readonly string[], action: string): void {
  const given = names.find((name) => options[name] !== undefined);
  if (given !== undefined) throw new KosmoError('USAGE', `--${given} is for ${action}`);
}

// Only of what was started from this machine: the console's test notifications name sessions that never were.
function closeRecording({ event, eventType, payload: { sid } }: Notification, { stateFolder, note }: IntegrationCommandContext): void {
  if (event === null || !ENDING_EVENTS.includes(eventType)) return;
  try {
    const ledger = openLedger(stateFolder);
    if (ledger.open().some((recording) => recording.sid === sid)) ledger.ended(String(sid));
  } catch (thrown) {
    note(`note: the ledger could not be written: ${fileReason(thrown)}`);
  }
}
