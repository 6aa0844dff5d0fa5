import { isRecord } from './server-entry.ts';

type Members = Readonly<Record<string, unknown>>;

/**
 * Where programs write their servers; the first that a file has counts. `mcp.servers` is VS Code's and OpenCode's, `mcp` alone OpenCode's
 * older form, `mcp_servers` Codex's, `context_servers` Zed's, `amp.mcpServers` Amp's.
 */
const ROOTS: readonly (readonly string[])[] = [
  ['mcpServers'],
  ['servers'],
  ['mcp', 'servers'],
  ['mcp.servers'],
  ['mcp_servers'],
  ['context_servers'],
  ['amp.mcpServers'],
  ['mcp'],
];

/** Fields of which each entry has at least one. */
const LAUNCHES = ['command', 'url', 'httpUrl', 'serverUrl', 'baseUrl'];

/** The path of the object of servers in a file: `['mcpServers']`; empty if the entries are the file. Undefined if it has no servers. */
export function findServers(root: Members): readonly string[] | undefined {
  const path = ROOTS.find((keys) => has(root, keys));
  if (path !== undefined) return path;
  const entries = Object.values(withoutMarks(root));
  return entries.length > 0 && entries.every(isEntry) ? [] : undefined;
}

/** The entries of a file that has nothing else, without the address of a schema. */
export function withoutMarks({ $schema: _schema, ...entries }: Members): Members {
  return entries;
}

export function valueAtPath(root: Members, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, key) => (isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined), root);
}

// A server of OpenCode can have the name `servers`.
function has(root: Members, keys: readonly string[]): boolean {
  const value = valueAtPath(root, keys);
  if (keys.length === 1 && keys[0] === 'mcp') return isRecord(value) && Object.values(value).some(isEntry);
  return value !== undefined && !(keys.length > 1 && isEntry(value));
}

function isEntry(value: unknown): boolean {
  return (
    isRecord(value) && LAUNCHES.some((field) => typeof value[field] === 'string' || (field === 'command' && Array.isArray(value[field])))
  );
}
