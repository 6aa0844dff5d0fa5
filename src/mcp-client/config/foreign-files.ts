import path from 'node:path';
import type { ServerFileContent } from './files.ts';
import { isRecord } from './server-entry.ts';
import { respell } from './spellings.ts';

type Entries = Readonly<Record<string, unknown>>;

/** The servers of another program's file, as entries of kosmo. */
export interface ForeignEntries {
  readonly entries: Entries;
  /** Servers of the file that are not among the entries. */
  readonly skipped: readonly { readonly server: string; readonly message: string }[];
}

/** Programs that give a meaning of their own to fields of the same name. */
type Format = 'codex' | 'opencode' | 'gemini' | 'other';

/**
 * Reads the entries of a file as its program means them: milliseconds, `url` for SSE, variables by name. Of `~/.claude.json` also the
 * servers of `folders`, which win; those of other folders are skipped. An entry with an error stays as it is.
 */
export function readForeignEntries(file: string, content: ServerFileContent, folders: readonly string[]): ForeignEntries {
  const format = formatOf(file, content);
  const own = Object.entries(content.entries).map(([name, entry]) => [name, isRecord(entry) ? toOwnEntry(entry, format) : entry] as const);
  const projects = isRecord(content.root?.projects) ? Object.entries(content.root.projects) : [];
  const servers = projects.flatMap(([folder, project]) =>
    isRecord(project) && isRecord(project.mcpServers) ? Object.entries(project.mcpServers).map((server) => ({ folder, server })) : [],
  );
  const isHere = ({ folder }: { readonly folder: string }): boolean => folders.includes(folder);
  return {
    entries: Object.fromEntries([...own, ...servers.filter(isHere).map(({ server }) => server)]),
    skipped: servers
      .filter((candidate) => !isHere(candidate))
      .map(({ folder, server: [server] }) => ({ server, message: `it belongs to the project ${folder}` })),
  };
}

/** Whether the file holds servers, also if they are only those of projects. */
export function hasServers({ schema, root }: ServerFileContent): boolean {
  return schema !== null || isRecord(root?.projects);
}

function formatOf(file: string, { schema, entries }: ServerFileContent): Format {
  const all = Object.values(entries).filter(isRecord);
  if (schema === 'mcp_servers') return 'codex';
  const isOpenCode = /^opencode\.jsonc?$/.test(path.basename(file)) || all.some(({ type }) => type === 'local' || type === 'remote');
  if (schema === 'mcp' || (schema === 'mcp.servers' && isOpenCode)) return 'opencode';
  // Qwen Code, which comes from Gemini CLI, has the same file in another folder.
  const isSettings = schema === 'mcpServers' && path.basename(file) === 'settings.json';
  return isSettings || all.some(({ httpUrl }) => typeof httpUrl === 'string') ? 'gemini' : 'other';
}

function toOwnEntry(entry: Entries, format: Format): unknown {
  if (format === 'other') return entry;
  let fields: Entries;
  try {
    const spelled = respell(entry);
    // They stay in the entry, so that mcp:list names them.
    fields = { ...spelled.fields, ...Object.fromEntries(spelled.ignored.map((name) => [name, entry[name]])) };
  } catch {
    // Its reader says what is wrong.
    return entry;
  }
  if (format === 'codex') return fields;
  const timeout = typeof fields.timeout === 'number' ? { timeout: fields.timeout / 1000 } : {};
  if (format === 'opencode') return replaceVariables({ ...fields, ...timeout });
  const isEventStream = fields.url !== undefined && fields.type === undefined;
  return { ...fields, ...timeout, ...(isEventStream ? { type: 'sse' } : {}) };
}

// OpenCode writes `{env:NAME}`.
function replaceVariables(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll(/\{env:([A-Za-z_]\w*)\}/g, (_all, name: string) => `\${${name}}`);
  if (Array.isArray(value)) return value.map(replaceVariables);
  return isRecord(value) ? Object.fromEntries(Object.entries(value).map(([name, item]) => [name, replaceVariables(item)])) : value;
}
