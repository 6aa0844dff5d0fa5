import { existsSync } from 'node:fs';
import { findWorkflow, readScriptDeclaration, type WorkflowFile } from '../../runtime/index.ts';
import type { CommandContext } from '../context.ts';
import { readFile, usage } from '../options/parse-values.ts';
import { workflowFolders } from './folders.ts';

/** A script that `kosmo run` was asked for. */
export interface FoundScript extends Pick<WorkflowFile, 'path' | 'declaration' | 'problem'> {
  readonly code: Buffer;
}

/**
 * Finds the script that a word names: the file at a path, or else a workflow by its name, also with `.lua`. Reads it once: the text whose
 * declaration was read is the text that runs. Throws `USAGE`.
 */
export async function findScript(word: string, context: CommandContext): Promise<FoundScript> {
  if (word === '-') throw usage('a workflow is a file or a name', 'for code on stdin: kosmo integrations:lua -');
  const isPath = /[/\\]/.test(word) || word.startsWith('.') || (word.endsWith('.lua') && existsSync(word));
  if (isPath) {
    const code = readFile(word, 'Lua file');
    return { path: word, code, ...(await readScriptDeclaration(code)) };
  }
  const { code, ...found } = await findWorkflow(word.replace(/\.lua$/, ''), workflowFolders(context));
  if (code === undefined)
    throw usage(`${found.path} cannot be read: ${found.problem}`, 'kosmo workflows lists every workflow with its problem');
  return { ...found, code };
}
