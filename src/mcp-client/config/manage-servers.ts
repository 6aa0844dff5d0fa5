import { KosmoError } from '../../errors/index.ts';
import { editServers, type ServerEdit } from './edit-json-file.ts';
import { type ServerFile, serverFiles } from './files.ts';
import { checkServerName, isRecord, parseServer } from './server-entry.ts';
import { fieldWarnings, findServer, type ServerList } from './servers.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Whose file is meant: the user's own, or one of the project's. */
export type ServerScope = 'global' | 'project';

/** The options of `mcp:add`; a member that is left out keeps its value. */
export interface ServerDraft {
  readonly type?: string;
  readonly command?: string;
  readonly args?: readonly string[];
  readonly url?: string;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeout?: number;
  readonly enabled?: boolean;
  readonly oauth?: { readonly clientId: string };
}

/** Everything that says what a server is; a new definition replaces all of it. */
const DEFINITION = [
  ...['type', 'transport', 'command', 'args', 'cwd', 'env', 'environment', 'env_vars', 'envFile'],
  ...['url', 'serverUrl', 'httpUrl', 'baseUrl', 'headers', 'http_headers', 'env_http_headers', 'bearer_token_env_var', 'oauth'],
];

/** The file that holds an entry, the one that counts where several do; also an entry that cannot be used. Undefined where none does. */
export function locateServer({ sources }: ServerList, name: string, scope?: ServerScope): ServerFile | undefined {
  return sources.findLast(({ source, servers }) => servers.includes(name) && (scope === undefined || scopeOf({ source }) === scope));
}

export function scopeOf({ source }: Pick<ServerFile, 'source'>): ServerScope {
  return source === 'global' ? 'global' : 'project';
}

/**
 * Writes an entry, where it already is or else into the main file of the scope. Of an entry that is there only what is named changes, unless
 * a command or an address is: then that is another server. Throws `USAGE` for what would not be usable; then nothing is written.
 */
export async function addServer(
  list: ServerList,
  name: string,
  draft: ServerDraft,
  { env, scope }: { readonly env: Environment; readonly scope?: ServerScope },
): Promise<ServerFile> {
  checkServerName(name);
  const file = locateServer(list, name, scope) ?? mainFile(env, list.projectFolder, scope ?? 'project');
  await editServers(file, (servers) => {
    const before = Object.hasOwn(servers, name) ? servers[name] : undefined;
    const after = changedEntry(before, draft);
    try {
      parseServer(name, after);
    } catch (thrown) {
      throw new KosmoError('USAGE', `MCP server '${name}' cannot be written like this: ${(thrown as Error).message}.`, {
        hint: `kosmo mcp:add ${name} <command or url> [arguments]; kosmo mcp:examples shows more`,
      });
    }
    return editsBetween([name], before, after);
  });
  return file;
}

/** Removes an entry from the file that holds it. Throws `UNKNOWN_SERVER`. */
export async function removeServer(list: ServerList, name: string, scope?: ServerScope): Promise<ServerFile> {
  const file = existingFile(list, name, scope);
  await editServers(file, () => [{ path: [name], value: undefined }]);
  return file;
}

/** Switches an entry on or off in the file that holds it. Throws `UNKNOWN_SERVER`. */
export async function setEnabled(list: ServerList, name: string, enabled: boolean, scope?: ServerScope): Promise<ServerFile> {
  const file = existingFile(list, name, scope);
  await editServers(file, (servers) => {
    const entry = Object.hasOwn(servers, name) ? servers[name] : undefined;
    if (!isRecord(entry)) throw new KosmoError('UNKNOWN_SERVER', `The entry '${name}' in ${file.path} is not an object.`);
    const remove = ['enabled', 'disabled'].filter((key) => Object.hasOwn(entry, key));
    if (enabled) return remove.map((key) => ({ path: [name, key], value: undefined }));
    return [{ path: [name, 'enabled'], value: false }];
  });
  return file;
}

/** What became of entries that were to be written. */
export interface Imported {
  readonly imported: readonly string[];
  readonly skipped: readonly { readonly server: string; readonly message: string }[];
  /** Fields without effect. */
  readonly warnings: readonly { readonly server: string; readonly message: string }[];
}

/**
 * Writes several entries as they are into the main file of a scope. What is there already stays, unless `replace`; what could not be used is
 * not written.
 */
export async function importServers(entries: Readonly<Record<string, unknown>>, file: ServerFile, replace: boolean): Promise<Imported> {
  const imported: string[] = [];
  const warnings: { server: string; message: string }[] = [];
  const skipped: { server: string; message: string }[] = [];
  await editServers(file, (servers) =>
    Object.entries(entries).flatMap(([name, entry]) => {
      try {
        const server = parseServer(name, entry);
        if (Object.hasOwn(servers, name) && !replace) throw new Error('it is there already; --replace overwrites it');
        warnings.push(...fieldWarnings(server).map((message) => ({ server: name, message })));
      } catch (thrown) {
        skipped.push({ server: name, message: (thrown as Error).message });
        return [];
      }
      imported.push(name);
      return [{ path: [name], value: entry }];
    }),
  );
  return { imported, skipped, warnings };
}

/** Where new entries go. */
export function mainFile(env: Environment, projectFolder: string, scope: ServerScope): ServerFile {
  return serverFiles(env, projectFolder).findLast((file) => scopeOf(file) === scope) as ServerFile;
}

function existingFile(list: ServerList, name: string, scope?: ServerScope): ServerFile {
  const file = locateServer(list, name, scope);
  if (file !== undefined) return file;
  const elsewhere = locateServer(list, name);
  if (elsewhere === undefined) return findServer(list, name);
  throw new KosmoError(
    'UNKNOWN_SERVER',
    `MCP server '${name}' is not in ${scope === 'global' ? 'your own file' : "the project's files"}.`,
    {
      hint: `it is in ${elsewhere.path}; leave out --${scope}`,
    },
  );
}

function changedEntry(before: unknown, draft: ServerDraft): Readonly<Record<string, unknown>> {
  const entry = isRecord(before) ? before : {};
  const { env, headers, enabled, oauth, ...values } = draft;
  const isOther = draft.command !== undefined || draft.url !== undefined;
  const kept = isOther ? Object.fromEntries(Object.entries(entry).filter(([key]) => !DEFINITION.includes(key))) : entry;
  const envKey = Object.hasOwn(kept, 'environment') ? 'environment' : 'env';
  const switched =
    enabled === undefined ? kept : Object.fromEntries(Object.entries(kept).filter(([key]) => !/^(?:en|dis)abled$/.test(key)));
  return {
    ...switched,
    ...Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)),
    ...(env === undefined ? {} : { [envKey]: { ...(isRecord(kept[envKey]) ? kept[envKey] : {}), ...env } }),
    ...(headers === undefined ? {} : { headers: { ...(isRecord(kept.headers) ? kept.headers : {}), ...headers } }),
    ...(oauth === undefined ? {} : { oauth: { ...(isRecord(kept.oauth) ? kept.oauth : {}), ...oauth } }),
    ...(enabled === false ? { enabled } : {}),
  };
}

// Member by member, so that comments beside the others stay.
function editsBetween(path: readonly string[], before: unknown, after: unknown): ServerEdit[] {
  if (!isRecord(before) || !isRecord(after)) return JSON.stringify(before) === JSON.stringify(after) ? [] : [{ path, value: after }];
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names.flatMap((name) => editsBetween([...path, name], before[name], after[name]));
}
