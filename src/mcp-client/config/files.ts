import path from 'node:path';
import { homeFolder } from '../../config/index.ts';
import { fileReason } from '../../platform/file-errors.ts';
import { readRegularText } from '../../platform/read-regular-file.ts';
import { JsoncError, parseJsonc } from './jsonc.ts';
import { isRecord } from './server-entry.ts';

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

/** The key that holds the servers in a file; where there are both, the first counts. */
export const SCHEMAS = ['mcpServers', 'servers'] as const;
export type Schema = (typeof SCHEMAS)[number];

export interface ServerFileContent {
  /** Null where there is no file, or no servers in it. */
  readonly schema: Schema | null;
  readonly entries: Readonly<Record<string, unknown>>;
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

/** Reads a file of servers. Never rejects: what is wrong with it is its `problem`. */
export async function readServerFile(file: string): Promise<ServerFileContent> {
  const nothing = { schema: null, entries: {} };
  try {
    const text = readListFile(file);
    return text === undefined ? nothing : serversIn(await parseJsonc(text));
  } catch (thrown) {
    const { message } = thrown as Error;
    if (thrown instanceof JsoncError) return { ...nothing, problem: { message: `it is not valid JSON: ${message}`, line: thrown.line } };
    return { ...nothing, problem: { message } };
  }
}

function serversIn(root: unknown): ServerFileContent {
  if (!isRecord(root)) throw new TypeError('it holds no JSON object');
  const schema = SCHEMAS.find((name) => Object.hasOwn(root, name)) ?? null;
  const entries = schema === null ? {} : root[schema];
  if (!isRecord(entries)) throw new TypeError(`its ${schema} are no object`);
  return { schema, entries };
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
