import { isToolOffered } from '../config/server-entry.ts';
import type { ServerEntry } from '../config/servers.ts';
import { comparePins } from '../trust/pins.ts';
import { subjectOf } from '../trust/trust.ts';
import { type McpTools, readTools } from './read-tools.ts';
import { openToolCache } from './tool-cache.ts';

/** The tools of a server as they were listed a while ago; undefined where they were not. Nothing is started. */
export async function readCachedTools(
  entry: ServerEntry,
  env: Readonly<Record<string, string | undefined>>,
): Promise<McpTools | undefined> {
  // A program that embeds kosmo has no files of its own.
  if (entry.source === 'runtime') return undefined;
  const cached = await openToolCache(env, entry.server.name, subjectOf(entry, env).fingerprint).read();
  if (cached === undefined) return undefined;
  return readTools(
    cached.tools.filter(({ name }) => isToolOffered(entry.server, String(name))),
    cached.problems,
    await comparePins(entry, cached.tools, env, false),
  );
}
