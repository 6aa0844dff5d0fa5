import { mcpServerProvider, type Operation } from '../integration/index.ts';
import type { Permission, Policy } from '../policy/index.ts';
import { maskArguments, maskText } from './config/mask.ts';
import type { ServerEntry } from './config/servers.ts';
import { findDrifts } from './review-tools.ts';
import { isTrusted } from './trust/trust.ts';

/** A server for people and programs: as written, without the values of its environment and headers, and without secrets. */
export interface ServerDescription {
  readonly name: string;
  readonly type: 'stdio' | 'http' | 'sse';
  readonly enabled: boolean;
  /** Whether it may be started, or connected to, as it is now. */
  readonly trusted: boolean;
  /** Tools that differ from those that the user trusted, in the list that kosmo saw last. Calls of them are refused. */
  readonly changed_tools?: readonly string[];
  readonly source: ServerEntry['source'];
  /** The file that holds it. */
  readonly path: string;
  readonly command: string | null;
  readonly args: readonly string[];
  /** Names only. */
  readonly env: readonly string[];
  readonly url: string | null;
  /** Names only. */
  readonly headers: readonly string[];
  /** In seconds. */
  readonly timeout: number;
  readonly permissions: Readonly<Record<Operation, Permission>>;
}

/** Tells what a server is, and what may be done with it. Nothing is started. */
export async function describeServer(
  entry: ServerEntry,
  policy: Policy,
  env: Readonly<Record<string, string | undefined>>,
): Promise<ServerDescription> {
  const { server, source, path } = entry;
  const { name, enabled, timeout, transport } = server;
  const stdio = server.transport === 'stdio' ? server : undefined;
  const http = server.transport === 'stdio' ? undefined : server;
  // Of a tool that no rule names.
  const levelOf = (operation: Operation): Permission =>
    policy.decide({ provider: mcpServerProvider(name), name: '', operation, account: null }).level;
  const changed = (await findDrifts(entry, env)).filter(({ isRefused }) => isRefused).map(({ tool }) => tool);
  return {
    name,
    type: transport,
    enabled,
    trusted: await isTrusted(entry, env),
    ...(changed.length === 0 ? {} : { changed_tools: changed }),
    source,
    path,
    command: stdio?.command ?? null,
    args: maskArguments(stdio?.args ?? []),
    env: Object.keys(stdio?.env ?? {}),
    url: http === undefined ? null : maskText(http.url),
    headers: Object.keys(http?.headers ?? {}),
    timeout,
    permissions: { read: levelOf('read'), write: levelOf('write') },
  };
}
