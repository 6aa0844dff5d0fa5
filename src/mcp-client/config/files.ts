import path from 'node:path';
import { homeFolder } from '../../config/index.ts';
import { fileReason } from '../../platform/file-errors.ts';
import { readRegularText } from '../../platform/read-regular-file.ts';
import { JsoncError, parseJsonc } from './jsonc.ts';
import { findServers, valueAtPath, withoutMarks } from './roots.ts';
import { isRecord } from './server-entry.ts';
import { parseToml } from './toml.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Who an entry comes from: `global` is the user's own file, `runtime` the program that embeds kosmo; the others came with the project. */
export type ServerSource = 'global' | 'project-vscode' | 'project-cursor' | 'project' | 'runtime';

/** Whether an entry is as the user wants it. */
export function isOwn(source: ServerSource): boolean {
  return source === 'global' || source === 'runtime';
}

export interface ServerFile {
  readonly source: ServerSource;
  readonly path: string;
}

export interface ServerFileContent {
  /** The key that holds the servers, such as `mcpServers`; empty if the file has nothing else. Null where there is no file, or no servers in it. */
  readonly schema: string | null;
  readonly entries: Readonly<Record<string, unknown>>;
  /** The whole file; undefined if it could not be read. */
  readonly root?: Readonly<Record<string, unknown>>;
  /** What is wrong with the file as a whole. */
  readonly problem?: { readonly message: string; readonly line?: number };
}

/** No list of servers is longer, and what a repository holds may be anything. */
const MAX_FILE_BYTES = 4 * 1024 ** 2;

/** Every file that can hold servers, in rising precedence; whether they exist is not looked at. */
export function serverFiles(env: Environment, projectFolder: string): readonly ServerFile[] {
  return [
    { source: 'global', path: path.join(homeFolder(env), 'mcp.json') },
    { source: 'project-vscode', path: path.join(projectFolder, '.vscode', 'mcp.json') },
    { source: 'project-cursor', path: path.join(projectFolder, '.cursor', 'mcp.json') },
    { source: 'project', path: path.join(projectFolder, '.mcp.json') },
  ];
}

/** Reads a file of servers: JSON with comments, or TOML. Never rejects: what is wrong with it is its `problem`. */
export async function readServerFile(file: string): Promise<ServerFileContent> {
  const nothing = { schema: null, entries: {} };
  const isToml = file.endsWith('.toml');
  if (/\.ya?ml$/.test(file)) return { ...nothing, problem: { message: 'it is YAML; kosmo reads servers from JSON and TOML' } };
  try {
    const text = readListFile(file);
    if (text === undefined || (isToml && text.trim() === '')) return nothing;
    return serversIn(isToml ? await parseToml(text) : await parseJsonc(text));
  } catch (thrown) {
    const { message } = thrown as Error;
    const format = isToml ? 'TOML' : 'JSON';
    if (thrown instanceof JsoncError)
      return { ...nothing, problem: { message: `it is not valid ${format}: ${message}`, line: thrown.line } };
    return { ...nothing, problem: { message } };
  }
}

function serversIn(root: unknown): ServerFileContent {
  if (!isRecord(root)) throw new TypeError('it holds no JSON object');
  const path = findServers(root);
  if (path === undefined) return { schema: null, entries: {}, root };
  const entries = valueAtPath(root, path);
  const schema = path.join('.');
  if (!isRecord(entries)) throw new TypeError(`its ${schema} are no object`);
  return { schema, entries: path.length > 0 ? entries : withoutMarks(entries), root };
}

/** The text of a file; undefined if there is no file. Throws if the name leads to a device, a folder, or more than 4 MiB. */
export function readListFile(file: string): string | undefined {
  try {
    return readRegularText(file, MAX_FILE_BYTES);
  } catch (thrown) {
    const { message } = thrown as Error;
    throw new TypeError(message.startsWith('it is ') ? message : `it cannot be read: ${fileReason(thrown)}`);
  }
}
