import { KosmoError, toKosmoError } from '../errors/index.ts';
import { mcpServerProvider } from '../integration/index.ts';
import type { JsonValue } from '../json/index.ts';
import type { Host, ListedTool } from '../runtime/index.ts';
import type { ObjectSchema } from '../schema/index.ts';
import type { Exposure } from './exposure.ts';
import { annotationsOf, type GatewayTool, type ToolCall, toolName, withToolNames } from './gateway-tool.ts';
import { describeOutput } from './output-schema.ts';
import type { Results } from './tool-results.ts';

export interface UpstreamOptions {
  readonly host: Host;
  readonly exposure: Exposure;
  readonly results: Results;
  readonly policy: (call: ToolCall) => Parameters<Host['call']>[1]['policy'];
  /** Told why a server is not there. */
  readonly note: (line: string) => void;
}

type Members = Readonly<Record<string, JsonValue>>;

/** What the exposed MCP servers have. A server is started when something of it is looked at, not before. */
export interface ProxiedServers {
  /** `fresh` asks the servers again. */
  readonly tools: (fresh: boolean) => Promise<readonly GatewayTool[]>;
  /** Why there is no tool of this name, when it would be one of a server. */
  readonly refusal: (name: string) => Promise<KosmoError | undefined>;
  readonly resources: (call: ToolCall) => Promise<readonly Members[]>;
  readonly resourceTemplates: (call: ToolCall) => Promise<readonly Members[]>;
  /** Undefined for a URI that does not belong to an exposed server. */
  readonly readResource: (uri: string, call: ToolCall) => Promise<Members | undefined>;
  readonly prompts: (call: ToolCall) => Promise<readonly Members[]>;
  readonly getPrompt: (name: string, args: Members, call: ToolCall) => Promise<Members | undefined>;
}

const RESOURCE_PREFIX = 'kosmo://mcp/';

/** What a client makes of a template stays as it is. No base64url has a slash. */
const EXPANDED = 'at/';

type Offer = Parameters<Host['mcp']['callFeature']>[1];

export function createProxiedServers({ host, exposure, results, policy, note }: UpstreamOptions): ProxiedServers {
  const servers = async (feature: 'tools' | 'resources' | 'prompts'): Promise<readonly string[]> =>
    (await host.mcp.names()).filter((name) => exposure.upstreamRefusal(name, feature) === undefined);

  // Clients list again and again.
  const noted = new Set<string>();
  const noteOnce = (line: string): void => {
    if (!noted.has(line)) note(line);
    noted.add(line);
  };

  /** What each server gives. A server that cannot be reached is noted, and does not affect the others. */
  const fromEach = async <Item>(
    feature: 'tools' | 'resources' | 'prompts',
    list: (server: string) => Promise<readonly Item[]>,
  ): Promise<readonly Item[]> => {
    const lists = await Promise.all(
      (await servers(feature)).map((server) =>
        list(server).catch((thrown: unknown): readonly Item[] => {
          noteOnce(`${server}: ${toKosmoError(thrown).message}`);
          return [];
        }),
      ),
    );
    return lists.flat();
  };

  const offer = async (server: string, what: Offer, args: Members, call: ToolCall): Promise<JsonValue> => {
    const { data, error_detail: error } = await host.mcp.callFeature(server, what, args, {
      policy: policy(call),
      signal: call.signal,
      onCall: call.tell,
    });
    if (error !== null) throw new KosmoError(error.code, error.message, { details: error });
    return data;
  };

  let known: Promise<readonly (readonly [string, ListedTool])[]> | undefined;
  host.mcp.onToolsChanged(() => {
    known = undefined;
  });

  const listed = async (): Promise<readonly (readonly [string, ListedTool])[]> =>
    withToolNames(await fromEach('tools', (server) => host.mcp.listed(server)), ({ server, name }) => ['mcp', server, name]);

  /** As they were when they were last listed; a call need not wait for every server. */
  const rows = (fresh: boolean): Promise<readonly (readonly [string, ListedTool])[]> => {
    if (fresh || known === undefined) known = listed();
    return known;
  };

  const prompts = async (call: ToolCall): Promise<readonly (readonly [string, { readonly server: string; readonly prompt: Members }])[]> =>
    withToolNames(
      await fromEach('prompts', async (server) =>
        ((await offer(server, 'prompts', {}, call)) as readonly Members[]).map((prompt) => ({ server, prompt })),
      ),
      ({ server, prompt }) => ['mcp', server, 'prompt', String(prompt.name)],
    );

  return {
    async tools(fresh) {
      const exposed = (await rows(fresh)).filter(([, row]) => exposure.refusal(subjectOf(row)) === undefined);
      return exposed.map(([name, row]) => ({
        definition: {
          name,
          title: row.title ?? row.function,
          description: row.description,
          inputSchema: { properties: {}, ...(row.schema as object), type: 'object' } as ObjectSchema,
          ...(row.output === undefined ? {} : { outputSchema: describeOutput(row.output) }),
          annotations: annotationsOf(row.operation, row.hints),
        },
        async run(args, call) {
          const answer = await host.mcp.call(row.server, row.name, args, { policy: policy(call), signal: call.signal, onCall: call.tell });
          if (answer.error_detail !== null) return results.failure(answer.error_detail);
          const result = results.fromContentBlocks(row.function, answer.data);
          // A client wants some where it was told what they are like.
          return row.output === undefined ? result : { structuredContent: {}, ...result };
        },
      }));
    },
    async refusal(name) {
      const server = (await host.mcp.names()).find((candidate) => name.startsWith(`${toolName('mcp', candidate)}__`));
      if (server === undefined) return undefined;
      const row = (await rows(false)).find(([candidate]) => candidate === name)?.[1];
      return row === undefined ? exposure.upstreamRefusal(server, 'tools') : exposure.refusal(subjectOf(row));
    },
    resources: (call) =>
      fromEach('resources', async (server) =>
        ((await offer(server, 'resources', {}, call)) as readonly Members[]).map((resource) => ({
          ...resource,
          uri: resourceUri(server, String(resource.uri)),
        })),
      ),
    resourceTemplates: (call) =>
      fromEach('resources', async (server) =>
        ((await offer(server, 'templates', {}, call)) as readonly Members[]).map((template) => ({
          ...template,
          uriTemplate: `${RESOURCE_PREFIX}${encodeURIComponent(server)}/${EXPANDED}${template.uriTemplate}`,
        })),
      ),
    async readResource(uri, call) {
      const found = parseResourceUri(uri);
      if (found === undefined || !(await servers('resources')).includes(found.server)) return undefined;
      const answer = (await offer(found.server, 'readResource', { uri: found.uri }, call)) as { readonly contents: readonly Members[] };
      return { ...answer, contents: answer.contents.map((content) => ({ ...content, uri })) };
    },
    prompts: async (call) => (await prompts(call)).map(([name, { prompt }]) => ({ ...prompt, name })),
    async getPrompt(name, args, call) {
      const found = (await prompts(call)).find(([candidate]) => candidate === name);
      if (found === undefined) return undefined;
      const { server, prompt } = found[1];
      return (await offer(server, 'getPrompt', { name: String(prompt.name), arguments: args }, call)) as Members;
    },
  };
}

function subjectOf({ server, name, operation }: ListedTool): Parameters<Exposure['refusal']>[0] {
  return { provider: mcpServerProvider(server), name, operation };
}

function resourceUri(server: string, uri: string): string {
  return `${RESOURCE_PREFIX}${encodeURIComponent(server)}/${Buffer.from(uri).toString('base64url')}`;
}

function parseResourceUri(text: string): { readonly server: string; readonly uri: string } | undefined {
  if (!text.startsWith(RESOURCE_PREFIX)) return undefined;
  const [, server = '', uri = ''] = /^([^/]*)\/(.*)$/s.exec(text.slice(RESOURCE_PREFIX.length)) ?? [];
  const plain = uri.startsWith(EXPANDED) ? uri.slice(EXPANDED.length) : Buffer.from(uri, 'base64url').toString();
  try {
    return { server: decodeURIComponent(server), uri: plain };
  } catch {
    return undefined;
  }
}
