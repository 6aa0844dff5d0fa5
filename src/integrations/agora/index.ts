import { defineIntegration } from '../../integration/index.ts';
import { checkCredentials, DEFAULT_URL, PATH_REGIONS, REQUESTS_PER_SECOND } from './api/credentials.ts';
import { REGION_NAMES } from './api/regions.ts';
import { agoraCheckStorageCommand } from './commands/check-storage.ts';
import { agoraEmulatorCommand } from './commands/emulator.ts';
import { agoraNotificationsCommand } from './commands/notifications.ts';
import { agoraRecordingsCommand } from './commands/recordings.ts';
import { type AgoraConnection, connectAgora } from './connection.ts';
import { acquireRecordingResource } from './tools/acquire-recording-resource.ts';
import { getNotificationIps } from './tools/get-notification-ips.ts';
import { queryRecording } from './tools/query-recording.ts';
import { record } from './tools/record.ts';
import { startRecording } from './tools/start-recording.ts';
import { stopRecording } from './tools/stop-recording.ts';
import { updateRecording } from './tools/update-recording.ts';
import { updateRecordingLayout } from './tools/update-recording-layout.ts';
import { waitForRecording } from './tools/wait-for-recording.ts';
import { waitForUpload } from './tools/wait-for-upload.ts';

/** Agora Cloud Recording. Loading it loads neither the HTTP library nor the emulator. */
export const agora = defineIntegration<AgoraConnection>({
  id: 'agora',
  subject: ['cname', 'sid'],
  title: 'Agora Cloud Recording',
  description: 'Record Agora channels and web pages to cloud storage: acquire, start, query, update and stop recordings.',
  authStrategy: 'basic_auth',
  page: 'lua-docs/agora.md',
  helpExamples: {
    read: 'query_recording --resource-id R --sid S --mode mix',
    lua: 'acquire_recording_resource{cname="room", uid="527841"}',
    write: 'start_recording',
    undo: 'stop_recording',
  },
  credentials: [
    {
      name: 'customer_id',
      label: 'Customer ID',
      required: true,
      secret: false,
      description: 'From "RESTful API" in the Agora console.',
    },
    {
      name: 'customer_secret',
      label: 'Customer secret',
      required: true,
      secret: true,
      description: 'Downloaded together with the customer ID; not the app certificate.',
    },
    {
      name: 'app_id',
      label: 'App ID',
      required: true,
      secret: false,
      notVerifiedByProbe: true,
      description: 'Of a project of the same Agora account, with Cloud Recording enabled.',
    },
    {
      name: 'url',
      label: 'API address',
      required: false,
      secret: false,
      isEndpoint: true,
      description: `URL of the API, if not Agora's own. Must be https, except for a loopback address.`,
    },
    {
      name: 'region',
      label: 'Region',
      required: false,
      secret: false,
      description: `Ask Agora's servers in ${REGION_NAMES.join(', ')} first. Without it ${DEFAULT_URL}. No effect with url.`,
    },
    {
      name: 'path_region',
      label: 'Path region',
      required: false,
      secret: false,
      description: `Cross-region acceleration: ${PATH_REGIONS.join(', ')} before every path, for a bucket in another region than this machine.`,
    },
    {
      name: 'requests_per_second',
      label: 'Requests per second',
      required: false,
      secret: false,
      description: `Calls beyond it wait. ${REQUESTS_PER_SECOND} unless set, as Agora allows; no limit against a loopback address.`,
    },
  ],
  tools: [
    acquireRecordingResource,
    getNotificationIps,
    queryRecording,
    record,
    startRecording,
    stopRecording,
    updateRecording,
    updateRecordingLayout,
    waitForRecording,
    waitForUpload,
  ],
  checkCredentials,
  async listOpenResources(account, stateFolder) {
    const { openLedger } = await import('./recordings/ledger.ts');
    const { open, damage } = openLedger(stateFolder).read();
    const ofAccount = open.filter((recording) => recording.account === account);
    return [
      ...ofAccount.map(({ sid, cname }) => `recording ${sid ?? 'whose start was lost'} of ${cname}`),
      ...new Set(damage.filter(({ isCut }) => !isCut).map(({ file }) => `perhaps recordings in the damaged file ${file}`)),
    ];
  },
  probe: 'get_notification_ips',
  connect: (credentials, options) => connectAgora(credentials, options),
  disconnect: ({ client }) => client.close(),
  commands: [agoraEmulatorCommand, agoraNotificationsCommand, agoraRecordingsCommand, agoraCheckStorageCommand],
  async startEmulator() {
    const { startEmulator, DEFAULT_ACCOUNT } = await import('./emulator/index.ts');
    const { url, close } = await startEmulator({ ratePerSecond: 0 });
    const { customerId, customerSecret, appIds } = DEFAULT_ACCOUNT;
    return { credentials: { customer_id: customerId, customer_secret: customerSecret, app_id: appIds[0] ?? '', url }, close };
  },
});
