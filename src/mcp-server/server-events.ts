import { redactKnownSecrets } from '../errors/index.ts';
import type { JsonValue } from '../json/index.ts';
import type { Host } from '../runtime/index.ts';
import type { Exposure } from './exposure.ts';
import { toGatewayUri } from './server-resources.ts';

/** What an exposed MCP server says outside of requests, as clients of the gateway get it. */
export type ServerEvent =
  | { readonly kind: 'promptsChanged' | 'resourcesChanged' }
  | { readonly kind: 'resourceUpdated'; readonly uri: string }
  | { readonly kind: 'log'; readonly level: string; readonly data: JsonValue; readonly logger: string };

/** Calls the listener for each event. Returns the function that ends that. */
export function onServerEvent(host: Host, exposure: Exposure, listener: (event: ServerEvent) => void): () => void {
  return host.mcp.onNotification((notification) => {
    const event = toEvent(notification);
    if (event === undefined) return;
    const surface = event.kind === 'log' ? 'tools' : event.kind === 'promptsChanged' ? 'prompts' : 'resources';
    if (exposure.upstreamRefusal(notification.server, surface) === undefined) listener(event);
  });
}

function toEvent({ server, method, params }: Parameters<Parameters<Host['mcp']['onNotification']>[0]>[0]): ServerEvent | undefined {
  if (method === 'notifications/prompts/list_changed') return { kind: 'promptsChanged' };
  if (method === 'notifications/resources/list_changed') return { kind: 'resourcesChanged' };
  if (method === 'notifications/resources/updated' && typeof params.uri === 'string')
    return { kind: 'resourceUpdated', uri: toGatewayUri(server, params.uri) };
  if (method !== 'notifications/message' || typeof params.level !== 'string') return undefined;
  return { kind: 'log', level: params.level, data: redactKnownSecrets(params.data ?? null), logger: server };
}
