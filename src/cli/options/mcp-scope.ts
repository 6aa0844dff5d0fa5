import type { Command } from 'commander';
import type { ServerList, ServerScope } from '../../mcp-client/index.ts';
import { printJson, printNote } from '../terminal/output.ts';
import { usage } from './parse-values.ts';

export interface JsonOptions {
  readonly json?: true;
  readonly pretty?: true;
}

export interface ScopeOptions {
  readonly global?: true;
  readonly project?: true;
}

export function addScope(command: Command): Command {
  return command.option('--project', "in the project's files").option('--global', 'in your own file, for every project');
}

/** The scope that was asked for; undefined where none was. Throws `USAGE` for both. */
export function scopeFrom({ global, project }: ScopeOptions): ServerScope | undefined {
  if (global === true && project === true) throw usage('--global and --project exclude each other');
  if (global === true) return 'global';
  return project === true ? 'project' : undefined;
}

/** What a command did: as a JSON document, or in a sentence for people. */
export function printDone(document: Readonly<Record<string, unknown>>, sentence: string, { json, pretty }: JsonOptions): void {
  if (json === true) printJson({ success: true, ...document }, pretty === true);
  else printNote(sentence);
}

/** Prints a note for each entry and file that was skipped, and for each field without effect. */
export function printSkippedEntries({ problems, warnings }: ServerList): void {
  for (const { path, server, message, line } of problems) {
    const what = server === null ? 'the file was skipped' : `the server '${server}' was skipped`;
    printNote(`${path}${line === undefined ? '' : `:${line}`}: ${what}: ${message}`);
  }
  for (const { path, server, message } of warnings) printNote(`${path}: the server '${server}': ${message}`);
}
