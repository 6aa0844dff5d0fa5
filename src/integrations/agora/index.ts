import { defineIntegration } from '../../catalog/index.ts';
import { DEFAULT_URL } from './account.ts';
import { type AgoraClient, createAgoraClient } from './client.ts';
import { agoraEmulatorCommand } from './emulator-command.ts';
import { acquireRecordingResource } from './tools/acquire-recording-resource.ts';
import { getNotificationIps } from './tools/get-notification-ips.ts';
import { queryRecording } from './tools/query-recording.ts';
import { startRecording } from './tools/start-recording.ts';
import { stopRecording } from './tools/stop-recording.ts';
import { updateRecording } from './tools/update-recording.ts';
import { updateRecordingLayout } from './tools/update-recording-layout.ts';

/** Agora Cloud Recording. Loading it loads neither the HTTP library nor the emulator. */
export const agora = defineIntegration<AgoraClient>({
  id: 'agora',
  title: 'Agora Cloud Recording',
  description: 'Record Agora channels and web pages to cloud storage: acquire, start, query, update and stop recordings.',
  authStrategy: 'basic_auth',
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
      description: 'Of a project of the same Agora account, with Cloud Recording enabled.',
    },
    {
      name: 'url',
      label: 'API address',
      required: false,
      secret: false,
      description: `Where the API is, ${DEFAULT_URL} unless set. https, save for a loopback address.`,
    },
  ],
  tools: [
    acquireRecordingResource,
    getNotificationIps,
    queryRecording,
    startRecording,
    stopRecording,
    updateRecording,
    updateRecordingLayout,
  ],
  connect: createAgoraClient,
  disconnect: (client) => client.close(),
  commands: [agoraEmulatorCommand],
  async startEmulator() {
    const { startEmulator, DEFAULT_ACCOUNT } = await import('./emulator/index.ts');
    const { url, close } = await startEmulator({ ratePerSecond: 0 });
    const { customerId, customerSecret, appIds } = DEFAULT_ACCOUNT;
    return { credentials: { customer_id: customerId, customer_secret: customerSecret, app_id: appIds[0] ?? '', url }, close };
  },
});
