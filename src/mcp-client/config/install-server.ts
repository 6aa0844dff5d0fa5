import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { editServersAt } from './edit-json-file.ts';
import { writeTomlServer } from './edit-toml-file.ts';
import type { Editor } from './editors.ts';
import { findServers } from './roots.ts';

/** A program that an editor starts as an MCP server. */
export interface InstalledProgram {
  readonly command: string;
  readonly args: readonly string[];
}

/** The entry in the form that the editor reads. */
export function entryFor({ id, form }: Editor, { command, args }: InstalledProgram): Readonly<Record<string, unknown>> {
  if (form === 'opencode') return { type: 'local', command: [command, ...args], enabled: true };
  const hasType = ['claude-code', 'cursor', 'vscode'].includes(id);
  return { ...(hasType ? { type: 'stdio' } : {}), command, args: [...args] };
}

/** The same as the text of a file that has nothing else. */
export async function fileTextFor(editor: Editor, name: string, program: InstalledProgram): Promise<string> {
  const config = configFor(editor, name, program);
  return editor.form === 'toml' ? (await import('smol-toml')).stringify(config).trimEnd() : JSON.stringify(config, null, 2);
}

/** The same with the keys around it. */
export function configFor(editor: Editor, name: string, program: InstalledProgram): Record<string, unknown> {
  const servers = { [name]: entryFor(editor, program) };
  return editor.root.reduceRight<Record<string, unknown>>((inner, key) => ({ [key]: inner }), servers);
}

/**
 * Writes a server into the file of an editor, in the place of an entry of the same name. Everything else stays, with comments. Throws
 * `INVALID_CONFIGURATION` for a file that does not parse, and leaves it unchanged.
 */
export async function installServer(editor: Editor, file: string, name: string, program: InstalledProgram): Promise<void> {
  const entry = entryFor(editor, program);
  mkdirSync(path.dirname(file), { recursive: true });
  if (editor.form === 'toml') return writeTomlServer(file, name, entry);
  // The first version of OpenCode has the servers directly below `mcp`.
  const rootOf = (root: Readonly<Record<string, unknown>>): readonly string[] =>
    editor.form === 'opencode' && findServers(root)?.join('.') === 'mcp' ? ['mcp'] : editor.root;
  await editServersAt(file, { isPrivate: false, rootOf }, () => [{ path: [name], value: entry }]);
}
