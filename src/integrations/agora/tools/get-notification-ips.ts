import { isKosmoError } from '../../../errors/index.ts';
import { defineTool } from '../../../integration/index.ts';
import type { AgoraConnection } from '../connection.ts';
import { NOTIFICATION_IPS_ANSWER } from './responses.ts';

export const getNotificationIps = defineTool<AgoraConnection>({
  name: 'get_notification_ips',
  slug: 'agora_get_notification_ips',
  operation: 'read',
  description: 'List the addresses from which Agora sends notifications, for the allowlist of a firewall.',
  input: { type: 'object', properties: {}, required: [], additionalProperties: false },
  output: NOTIFICATION_IPS_ANSWER,
  docs: {
    returns: '`data.service.hosts`: a list of `{primaryIP}`. The addresses move: ask at least every 24 hours.',
    example: `local ips = app.integrations.agora.get_notification_ips({})
for _, host in ipairs(ips.data.service.hosts) do
  print(host.primaryIP)
end`,
    errors: [{ when: 'any error with retryable', advice: 'ask again; nothing changes by asking.' }],
  },
  // EN documents v1, zh v2: the other one is asked where the first has no route.
  run: (_args, { client }, context) =>
    client.request('GET', '/v1/ncs/ip', undefined, { action: 'ncsIp', ...context }).catch((thrown: unknown) => {
      if (!isKosmoError(thrown) || thrown.details.status !== 404 || !/no route matched/i.test(thrown.message)) throw thrown;
      return client.request('GET', '/v2/ncs/ip', undefined, { action: 'ncsIp', ...context });
    }),
});
