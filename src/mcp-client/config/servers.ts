import { realpathSync } from 'node:fs';
import { findProject } from '../../config/index.ts';
import { KosmoError } from '../../errors/index.ts';
import { suggest } from '../../schema/index.ts';
import { readServerFile, type ServerFile, type ServerFileContent, type ServerSource, serverFiles } from './files.ts';
import { type McpServer, parseServer } from './server-entry.ts';

/** One server of one file. */
export interface ServerEntry {
  readonly server: McpServer;
  readonly source: ServerSource;
  /** The file that holds it. */
  readonly path: string;
  readonly projectFolder: string;
}

/** An entry of a file, or a whole file, that was skipped since it cannot be used. */
export interface ServerProblem extends ServerFile {
  /** Null where the file as a whole is meant. */
  readonly server: string | null;
  readonly message: string;
  readonly line?: number;
}

/** A field of a usable entry that has no effect, or hardly the one that was meant. */
export interface ServerWarning extends ServerFile {
  readonly server: string;
  readonly message: string;
}

export interface ServerList {
  readonly projectFolder: string;
  /** Every usable entry of every file, in rising precedence. */
  readonly entries: readonly ServerEntry[];
  /** What counts: of entries with the same name the last, sorted by name. */
  readonly effective: ReadonlyMap<string, ServerEntry>;
  /** The files that exist or have a problem, in rising precedence. */
  readonly sources: readonly (ServerFile & { readonly schema: string | null; readonly servers: readonly string[] })[];
  readonly problems: readonly ServerProblem[];
  readonly warnings: readonly ServerWarning[];
}

/** Where servers are looked for. */
export interface ServerOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** A folder in the project. @default no files are read */
  readonly folder?: string;
  /** Entries that a program gives itself, as a file would have them; they come last, and are as good as the user's own. @default {} */
  readonly overlay?: Readonly<Record<string, unknown>>;
}

/** Every server of the user's and of the project's files. Nothing is started; what cannot be used is in `problems`, and never an error. */
export async function readServers({ env, folder, overlay = {} }: ServerOptions): Promise<ServerList> {
  const projectFolder = folder === undefined ? '' : realPath(findProject(folder, env));
  const read = await Promise.all(
    (folder === undefined ? [] : serverFiles(env, projectFolder)).map(async (file) => ({
      ...file,
      content: await readServerFile(file.path),
    })),
  );
  const given = { source: 'runtime', path: '', content: { schema: 'mcpServers', entries: overlay } } as const;
  const files: readonly (ServerFile & { readonly content: ServerFileContent })[] =
    Object.keys(overlay).length === 0 ? read : [...read, given];
  const problems: ServerProblem[] = [];
  const entries: ServerEntry[] = [];
  for (const { source, path, content } of files) {
    if (content.problem !== undefined) problems.push({ source, path, server: null, ...content.problem });
    for (const [name, entry] of Object.entries(content.entries)) {
      try {
        entries.push({ server: parseServer(name, entry), source, path, projectFolder });
      } catch (thrown) {
        problems.push({
          source,
          path,
          server: name,
          message: thrown instanceof RangeError ? 'it is nested too deep' : (thrown as Error).message,
        });
      }
    }
  }
  const byName = new Map(entries.map((entry) => [entry.server.name, entry]));
  return {
    projectFolder,
    entries,
    effective: new Map([...byName].sort(([a], [b]) => (a < b ? -1 : 1))),
    sources: files
      .filter(({ content }) => content.schema !== null || content.problem !== undefined)
      .map(({ source, path, content }) => ({ source, path, schema: content.schema, servers: Object.keys(content.entries) })),
    problems,
    warnings: entries.flatMap(({ server, source, path }) =>
      fieldWarnings(server).map((message) => ({ source, path, server: server.name, message })),
    ),
  };
}

/** A longer timeout is more likely one in milliseconds. */
const MAX_PLAUSIBLE_TIMEOUT_SECONDS = 3600;

/** Only the policy of the user gives permissions. */
const GRANTS = /^(?:autoApprove|alwaysAllow|trust|trusted|approval.*|.*_approval_mode)$/i;

/** Sentences about the fields of an entry without effect. */
export function fieldWarnings({ name, ignored = [], timeout }: McpServer): readonly string[] {
  const unused = ignored.map((field) => {
    const reason = GRANTS.test(field) ? `; permissions come from your policy: kosmo mcp:add ${name} --read=allow` : '';
    return `its field '${field}' has no effect${reason}`;
  });
  if (timeout <= MAX_PLAUSIBLE_TIMEOUT_SECONDS) return unused;
  return [...unused, `its timeout is ${timeout} s; timeout is in seconds, so is ${timeout / 1000} meant?`];
}

// A link to a project is the same project, with the same decisions.
function realPath(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return folder;
  }
}

/**
 * Returns the entry that counts for a name. Throws `UNKNOWN_SERVER` with similar names, or with the problem of an unusable entry, or with
 * the files that could not be read: the server may be in one of them.
 */
export function findServer({ effective, problems }: ServerList, name: string): ServerEntry {
  const entry = effective.get(name);
  if (entry !== undefined) return entry;
  const problem = problems.findLast(({ server }) => server === name);
  if (problem !== undefined) {
    throw new KosmoError('UNKNOWN_SERVER', `MCP server '${name}' of ${problem.path} cannot be used: ${problem.message}.`, {
      hint: 'fix the entry, then run kosmo mcp:doctor',
    });
  }
  const close = suggest(name, [...effective.keys()]);
  const files = unreadableFiles(problems);
  throw new KosmoError('UNKNOWN_SERVER', `Unknown MCP server: ${name}${files === '' ? '' : `. ${files}`}`, {
    hint:
      close.length > 0
        ? `did you mean ${close.join(', ')}?`
        : files === ''
          ? 'kosmo mcp:list --all lists the servers'
          : 'fix the file, then run kosmo mcp:doctor',
  });
}

/** Sentences about the files that could not be read; empty if all could. */
export function unreadableFiles(problems: ServerList['problems']): string {
  return problems
    .filter(({ server }) => server === null)
    .map(({ path, line, message }) => `${path}${line === undefined ? '' : `:${line}`} could not be read: ${message}.`)
    .join(' ');
}
