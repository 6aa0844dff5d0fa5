import type { ExposedServers, Members } from './exposed-servers.ts';
import type { ToolCall } from './gateway-tool.ts';

/** The resources of the exposed MCP servers, under URIs of the gateway: `kosmo://mcp/<server>/<URI of the server as base64url>`. */
export interface ServerResources {
  readonly list: (call: ToolCall) => Promise<readonly Members[]>;
  readonly templates: (call: ToolCall) => Promise<readonly Members[]>;
  /** Undefined for a URI that does not belong to an exposed server. */
  readonly read: (uri: string, call: ToolCall) => Promise<Members | undefined>;
  /** Subscribes to a resource, or ends that. Returns false for a URI that does not belong to an exposed server. */
  readonly subscribe: (uri: string, call: ToolCall) => Promise<boolean>;
  readonly unsubscribe: (uri: string, call: ToolCall) => Promise<boolean>;
  /** Completes an argument of a template. Undefined for a template of no exposed server. */
  readonly complete: (uriTemplate: string, params: Members, call: ToolCall) => Promise<Members | undefined>;
}

const PREFIX = 'kosmo://mcp/';

/** Marks the URIs of a template: the client expands it, so the rest stays as the server wrote it. No base64url has a slash. */
const EXPANDED = 'at/';

export function createServerResources({ names, fromEach, callFeature }: ExposedServers): ServerResources {
  const subscribers = new Map<string, number>();
  /** The exposed server of a URI, and its own URI. */
  const locate = async (uri: string): Promise<ReturnType<typeof parseGatewayUri>> => {
    const found = parseGatewayUri(uri);
    return found !== undefined && (await names('resources')).includes(found.server) ? found : undefined;
  };
  return {
    list: (call) =>
      fromEach('resources', async (server) =>
        ((await callFeature(server, 'resources', {}, call)) as readonly Members[]).map((resource) => ({
          ...resource,
          uri: toGatewayUri(server, String(resource.uri)),
        })),
      ),
    templates: (call) =>
      fromEach('resources', async (server) =>
        ((await callFeature(server, 'templates', {}, call)) as readonly Members[]).map((template) => ({
          ...template,
          uriTemplate: `${PREFIX}${encodeURIComponent(server)}/${EXPANDED}${template.uriTemplate}`,
        })),
      ),
    async read(uri, call) {
      const found = await locate(uri);
      if (found === undefined) return undefined;
      const answer = (await callFeature(found.server, 'readResource', { uri: found.uri }, call)) as {
        readonly contents: readonly Members[];
      };
      return { ...answer, contents: answer.contents.map((content) => ({ ...content, uri })) };
    },
    async subscribe(uri, call) {
      const found = await locate(uri);
      if (found === undefined) return false;
      // Several clients share one subscription.
      const count = subscribers.get(uri) ?? 0;
      if (count === 0) await callFeature(found.server, 'subscribe', { uri: found.uri }, call);
      subscribers.set(uri, count + 1);
      return true;
    },
    async unsubscribe(uri, call) {
      const found = await locate(uri);
      const count = subscribers.get(uri) ?? 0;
      if (found === undefined || count === 0) return found !== undefined;
      subscribers.set(uri, count - 1);
      if (count === 1) await callFeature(found.server, 'unsubscribe', { uri: found.uri }, call);
      return true;
    },
    async complete(uriTemplate, params, call) {
      const found = await locate(uriTemplate);
      if (found === undefined) return undefined;
      const ref = { type: 'ref/resource', uri: found.uri };
      return (await callFeature(found.server, 'complete', { ...params, ref }, call)) as Members;
    },
  };
}

/** The URI under which clients know a resource of a server. */
export function toGatewayUri(server: string, uri: string): string {
  return `${PREFIX}${encodeURIComponent(server)}/${Buffer.from(uri).toString('base64url')}`;
}

function parseGatewayUri(text: string): { readonly server: string; readonly uri: string } | undefined {
  if (!text.startsWith(PREFIX)) return undefined;
  const [, server = '', uri = ''] = /^([^/]*)\/(.*)$/s.exec(text.slice(PREFIX.length)) ?? [];
  const plain = uri.startsWith(EXPANDED) ? uri.slice(EXPANDED.length) : Buffer.from(uri, 'base64url').toString();
  try {
    return { server: decodeURIComponent(server), uri: plain };
  } catch {
    return undefined;
  }
}
