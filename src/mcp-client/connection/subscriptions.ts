import type { Client } from '@modelcontextprotocol/client';
import type { JsonObject } from '../../json/index.ts';

/** Subscriptions to resources since the revision 2026-07-28, in which each is a stream. Older revisions have requests for them. */
export interface Subscriptions {
  /** Whether this revision has a stream instead of the request. */
  readonly handles: (method: string) => boolean;
  readonly request: (method: string, params: JsonObject) => Promise<JsonObject>;
}

export function createSubscriptions(client: Client): Subscriptions {
  const streams = new Map<string, Awaited<ReturnType<Client['listen']>>>();
  return {
    handles: (method) => method === 'resources/subscribe' || method === 'resources/unsubscribe',
    async request(method, params) {
      const uri = String(params.uri);
      await streams.get(uri)?.close();
      streams.delete(uri);
      if (method === 'resources/subscribe') streams.set(uri, await client.listen({ resourceSubscriptions: [uri] }));
      return {};
    },
  };
}

/** Opens the stream of a server since the revision 2026-07-28 on which it reports changed lists. */
export async function listenForLists(client: Client, capabilities: JsonObject): Promise<void> {
  const changes = (feature: string): boolean => (capabilities[feature] as JsonObject | undefined)?.listChanged === true;
  const filter = {
    ...(changes('tools') ? { toolsListChanged: true } : {}),
    ...(changes('prompts') ? { promptsListChanged: true } : {}),
    ...(changes('resources') ? { resourcesListChanged: true } : {}),
  };
  // Without the stream the lists are as old as the connection.
  if (Object.keys(filter).length > 0) await client.listen(filter).catch(() => undefined);
}
