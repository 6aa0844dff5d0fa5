import { readConfig } from '../../config/index.ts';
import { describeServer, readServers, type ServerDescription, type ServerEntry, type ServerList } from '../../mcp-client/index.ts';
import { createPolicy, type Policy } from '../../policy/index.ts';
import type { CommandContext } from '../context.ts';

export interface ServerView {
  readonly list: ServerList;
  readonly policy: Policy;
}

/** Reads the servers and the rules for them. Starts none. */
export async function readServerView(context: CommandContext): Promise<ServerView> {
  const place = context.location;
  const { layers } = await readConfig(place);
  return { list: await readServers(place), policy: createPolicy(layers, []) };
}

/** Describes servers as documents show them. */
export function describeServers(context: CommandContext, entries: readonly ServerEntry[], policy: Policy): Promise<ServerDescription[]> {
  return Promise.all(entries.map((entry) => describeServer(entry, policy, context.env)));
}

/** The rows of a document by the names of their servers. */
export function byName<Row extends { readonly name: string }>(rows: readonly Row[]): Readonly<Record<string, Row>> {
  return Object.fromEntries(rows.map((row) => [row.name, row]));
}
