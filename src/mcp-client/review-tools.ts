import { createClient } from './client.ts';
import type { ServerEntry } from './config/servers.ts';
import { type CachedList, openToolCache } from './tools/tool-cache.ts';
import { acceptTools, comparePins, hasPins, type ToolDrift } from './trust/pins.ts';
import { isTrusted, subjectOf } from './trust/trust.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The tools of a server that differ from those that the user trusted. */
export interface ToolReview {
  readonly drifts: readonly ToolDrift[];
  /** Trusts the tools as they are in `drifts`. */
  readonly accept: () => Promise<void>;
}

/** Returns the differences of the list that kosmo saw last. Starts nothing. */
export async function findDrifts(entry: ServerEntry, env: Environment): Promise<readonly ToolDrift[]> {
  const items = await readList(entry, env);
  return items === undefined ? [] : [...(await comparePins(entry, items, env, false)).values()];
}

/** Prepares the review of the tools of a trusted server. Asks the server for its tools if kosmo has no list of them. */
export async function reviewTools(entry: ServerEntry, env: Environment): Promise<ToolReview> {
  const nothing = { drifts: [], accept: async () => undefined };
  if (!(await isTrusted(entry, env)) || !(await hasPins(entry, env))) return nothing;
  let items = await readList(entry, env);
  if (items === undefined) {
    const client = createClient(entry, env);
    await client.tools(true).finally(client.close);
    items = (await readList(entry, env)) ?? [];
  }
  const list = items;
  return { drifts: [...(await comparePins(entry, list, env, false)).values()], accept: () => acceptTools(entry, list, env) };
}

async function readList(entry: ServerEntry, env: Environment): Promise<CachedList['tools'] | undefined> {
  return (await openToolCache(env, entry.server.name, subjectOf(entry, env).fingerprint).read())?.tools;
}
