import type { CommandContext, IntegrationCommand } from '../../catalog/index.ts';
import { KosmoError, rememberSecret } from '../../errors/index.ts';
import { fileReason } from '../../platform/file-errors.ts';
import { readNumber, untilAborted } from './command-options.ts';
import { openLedger } from './ledger.ts';
import { ENDING_EVENTS } from './notifications/events.ts';
import type { Notification } from './notifications/receiver.ts';

const SECRET_VARIABLE = 'AGORA_NOTIFICATION_SECRET';

/** `kosmo agora:notifications listen`: prints each notification of Agora's as one line of JSON, until stopped. */
export const agoraNotificationsCommand: IntegrationCommand = {
  name: 'notifications',
  description: "receive Agora's notifications, check their signatures and print them as JSON lines",
  arguments: '<action>',
  choices: { action: ['listen'] },
  options: [
    { flags: '--port <n>', description: 'port to listen on; 0 takes a free one', default: '0' },
    { flags: '--host <address>', description: 'address to listen on', default: '127.0.0.1' },
    {
      flags: '--secret <text>',
      description: `the project's notification secret; better in ${SECRET_VARIABLE}, since others can see flags`,
    },
  ],
  examples: [`${SECRET_VARIABLE}=… kosmo agora:notifications listen --port 8080`],
  environment: [{ name: SECRET_VARIABLE, description: 'notification secret of the Agora project, for agora:notifications' }],
  async run(options, context, [action]) {
    if (action !== 'listen') throw new KosmoError('USAGE', `unknown action '${action}': there is listen`);
    const port = readNumber('--port', options.port, { least: 0, most: 65_535, whole: true }) ?? 0;
    const secret = String(options.secret ?? process.env[SECRET_VARIABLE] ?? '').trim();
    if (secret === '') {
      throw new KosmoError('NOT_CONFIGURED', 'The notification secret is missing, without which nobody can tell who sent a notification.', {
        hint: `export ${SECRET_VARIABLE}=…, from "Notifications" of the project in the Agora console`,
      });
    }
    rememberSecret(secret);
    const outputLost = new AbortController();
    const { startReceiver } = await import('./notifications/receiver.ts');
    const receiver = await startReceiver({
      host: String(options.host),
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
  },
};

// Only of what was started from this machine: the console's test notifications name sessions that never were.
function closeRecording({ event, eventType, payload: { sid } }: Notification, { stateFolder, note }: CommandContext): void {
  if (event === null || !ENDING_EVENTS.includes(eventType)) return;
  try {
    const ledger = openLedger(stateFolder);
    if (ledger.open().some((recording) => recording.sid === sid)) ledger.ended(String(sid));
  } catch (thrown) {
    note(`note: the ledger could not be written: ${fileReason(thrown)}`);
  }
}
