import { restoreError, toKosmoError } from '../errors/index.ts';
import type { JsonValue } from '../json/index.ts';
import type { Host } from '../runtime/index.ts';
import type { Surface } from './exposure.ts';
import type { ToolCall, ToolOptions } from './gateway-tool.ts';

export interface ServerOptions extends ToolOptions {
  /** Called with the reason why a server cannot be used. */
  readonly note: (line: string) => void;
}

export type Members = Readonly<Record<string, JsonValue>>;

export type ServerFeature = Parameters<Host['mcp']['callFeature']>[1];

/** The MCP servers that a gateway exposes. A server starts when something of it is used. */
export interface ExposedServers {
  readonly names: (kind: Surface) => Promise<readonly string[]>;
  /** The items of every server. A server that cannot be used is noted, and does not affect the others. */
  readonly fromEach: <Item>(kind: Surface, list: (server: string) => Promise<readonly Item[]>) => Promise<readonly Item[]>;
  /** Notes a problem of a server, once. */
  readonly note: (line: string) => void;
  /** Uses something that a server has besides tools. Throws what the server, the policy or the connection says. */
  readonly callFeature: (server: string, feature: ServerFeature, args: Members, call: ToolCall) => Promise<JsonValue>;
}

export function createExposedServers({ host, exposure, policy, note }: ServerOptions): ExposedServers {
  const names: ExposedServers['names'] = async (kind) =>
    (await host.mcp.names()).filter((name) => exposure.upstreamRefusal(name, kind) === undefined);

  // Clients list again and again.
  const noted = new Set<string>();
  const noteOnce = (line: string): void => {
    if (!noted.has(line)) note(line);
    noted.add(line);
  };

  return {
    names,
    note: noteOnce,
    async fromEach<Item>(kind: Surface, list: (server: string) => Promise<readonly Item[]>) {
      const lists = await Promise.all(
        (await names(kind)).map((server) =>
          list(server).catch((thrown: unknown): readonly Item[] => {
            noteOnce(`${server}: ${toKosmoError(thrown).message}`);
            return [];
          }),
        ),
      );
      return lists.flat();
    },
    async callFeature(server, feature, args, call) {
      const { data, error_detail: error } = await host.mcp.callFeature(server, feature, args, {
        policy: policy(call),
        signal: call.signal,
        onCall: call.tell,
        elicit: call.elicit,
        relay: { meta: call.meta },
      });
      if (error !== null) throw restoreError(error);
      return data;
    },
  };
}
