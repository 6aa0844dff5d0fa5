import { type Dirent, readdirSync } from 'node:fs';
import path from 'node:path';
import { KosmoError } from '../../errors/index.ts';
import { fileReason } from '../../platform/file-errors.ts';
import { readRegularFile } from '../../platform/read-regular-file.ts';
import { suggest } from '../../schema/index.ts';
import { type DeclaredIntegration, dotted, readDeclaration, type WorkflowDeclaration } from './declaration.ts';
import { readScript } from './read-script.ts';

/** A folder of workflows. */
export interface WorkflowFolder {
  readonly path: string;
  readonly scope: 'project' | 'user';
}

/** What the text of a script says about itself. */
export interface ScriptText {
  /** Undefined without a declaration, or if it cannot be read. */
  readonly declaration: WorkflowDeclaration | undefined;
  /** Why the script cannot run, or its declaration cannot be read. */
  readonly problem: string | undefined;
}

/** A workflow in a folder. */
export interface WorkflowFile extends ScriptText {
  readonly name: string;
  readonly path: string;
  readonly scope: WorkflowFolder['scope'];
  /** The script; undefined if the file cannot be read. */
  readonly code: Buffer | undefined;
  /** A workflow of the same name in an earlier folder is found first. */
  readonly isHidden: boolean;
}

/** Scripts are written by people; a longer file is something else. */
const MAX_SCRIPT_BYTES = 4 * 1024 ** 2;

const EXTENSION = '.lua';

/** Reads the declaration of a script without running it. */
export function readScriptDeclaration(code: Uint8Array, integrations: readonly DeclaredIntegration[]): ScriptText {
  const script = readScript(code);
  if ('line' in script) return { declaration: undefined, problem: `line ${script.line} is not valid Lua` };
  const [first, second] = script.declarations;
  if (first === undefined) return { declaration: undefined, problem: undefined };
  if (first.value === undefined)
    return { declaration: undefined, problem: `line ${first.computed.loc?.start.line ?? 1}: the declaration is not made of literals` };
  const { declaration, problems } = readDeclaration(first.value, integrations);
  const [problem] = problems;
  if (problem !== undefined) return { declaration, problem: `${dotted(problem.at)} ${problem.message}`.trim().replace(/\.$/, '') };
  return { declaration, problem: second === undefined ? undefined : 'the script declares itself twice' };
}

/** Lists the workflows of some folders, sorted by name. A file that cannot be read is in the list with its problem. */
export function listWorkflows(folders: readonly WorkflowFolder[], integrations: readonly DeclaredIntegration[]): readonly WorkflowFile[] {
  const names = new Set<string>();
  const all = folders.flatMap((folder) =>
    namesIn(folder.path).map((name): WorkflowFile => {
      const isHidden = names.has(name);
      names.add(name);
      return { ...readWorkflow(folder, name, integrations), isHidden };
    }),
  );
  return all.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

/** Finds a workflow by its name. Throws `USAGE` with close names. */
export function findWorkflow(name: string, folders: readonly WorkflowFolder[], integrations: readonly DeclaredIntegration[]): WorkflowFile {
  const folder = isName(name) ? folders.find((candidate) => namesIn(candidate.path).includes(name)) : undefined;
  if (folder !== undefined) return readWorkflow(folder, name, integrations);
  const known = [...new Set(folders.flatMap((candidate) => namesIn(candidate.path)))];
  const close = suggest(name.replaceAll('-', '_'), known);
  throw new KosmoError('USAGE', `unknown workflow '${name}'`, {
    hint:
      close.length > 0
        ? `did you mean ${close.join(', ')}?`
        : known.length > 0
          ? 'kosmo workflows lists them'
          : `no workflow is in ${folders.map((candidate) => candidate.path).join(', ')}; for a file, write its path: ./${name}${EXTENSION}`,
  });
}

/** Whether a word can be the name of a workflow, and is not the path of a file. */
export function isName(word: string): boolean {
  return !/[/\\\0]/.test(word) && !word.startsWith('.') && !word.endsWith(EXTENSION) && word !== '-';
}

function readWorkflow({ path: folder, scope }: WorkflowFolder, name: string, integrations: readonly DeclaredIntegration[]): WorkflowFile {
  const file = path.join(folder, `${name}${EXTENSION}`);
  const base = { name, path: file, scope, isHidden: false };
  const unreadable = (why: string): WorkflowFile => ({ ...base, code: undefined, declaration: undefined, problem: why });
  try {
    const code = readRegularFile(file, MAX_SCRIPT_BYTES);
    return code === undefined ? unreadable('the file does not exist') : { ...base, code, ...readScriptDeclaration(code, integrations) };
  } catch (thrown) {
    return unreadable(fileReason(thrown));
  }
}

function namesIn(folder: string): readonly string[] {
  let entries: readonly Dirent[];
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
  const files = entries.filter((entry) => !entry.isDirectory() && entry.name.endsWith(EXTENSION) && !entry.name.startsWith('.'));
  return files.map(({ name }) => name.slice(0, -EXTENSION.length));
}
