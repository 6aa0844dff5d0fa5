import { accessSync, constants, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { KosmoError } from '../../errors/index.ts';
import { homeOf } from '../../platform/home-folder.ts';
import { isOwn } from '../config/files.ts';
import type { StdioServer } from '../config/server-entry.ts';
import type { ServerEntry } from '../config/servers.ts';
import { parseReference, placeholdersIn, referenceValue, refusalOf, replacePlaceholders } from './references.ts';

type Environment = Readonly<Record<string, string | undefined>>;
type StdioEntry = ServerEntry & { readonly server: StdioServer };

/** What starting a server means on this machine. */
export interface ResolvedProgram {
  /** The absolute path of the program; null where it is not found. */
  readonly command: string | null;
  /** An absolute path. */
  readonly cwd: string;
  /** An absolute path; undefined if the entry names no file of variables. */
  readonly envFile?: string | undefined;
  /** Why the server cannot be started; undefined if it can. */
  readonly problem?: ProgramProblem | undefined;
}

export interface ProgramProblem {
  readonly error: KosmoError;
  /** The same, for a list of findings about one server. */
  readonly finding: string;
}

/** Finds the program of a server, and the folder it would run in: the project's for its own servers, else the one that kosmo was called in. */
export function findProgram(entry: StdioEntry, env: Environment): ResolvedProgram {
  const { server, source, projectFolder } = entry;
  const base = isOwn(source) ? process.cwd() : projectFolder;
  try {
    const cwd = path.resolve(base, expand(entry, 'cwd', server.cwd ?? '.', env));
    const envFile = server.envFile === undefined ? undefined : path.resolve(projectFolder, expand(entry, 'envFile', server.envFile, env));
    const command = locateProgram(expand(entry, 'command', server.command, env), cwd, env) ?? null;
    const problem = outsideProblem(entry, envFile) ?? commandProblem(entry, command, env);
    return { command, cwd, envFile, problem };
  } catch (thrown) {
    if (!(thrown instanceof KosmoError)) throw thrown;
    return { command: null, cwd: base, problem: { error: thrown, finding: thrown.message } };
  }
}

// What runs is part of trust, so a value comes from the environment only where the policy of variables allows it.
function expand(entry: StdioEntry, field: 'command' | 'cwd' | 'envFile', text: string, env: Environment): string {
  const { name } = entry.server;
  const values = placeholdersIn(text).map((placeholder) => {
    const reference = parseReference(placeholder);
    if (reference.kind === 'unknown' || reference.kind === 'secret') {
      throw new KosmoError('INVALID_CONFIGURATION', `The ${field} of MCP server '${name}' cannot have the placeholder ${placeholder}.`, {
        hint: `write \${VAR} or \${workspaceFolder}`,
      });
    }
    const refusal = refusalOf(entry, reference, env);
    if (refusal !== undefined) throw refusal;
    const value = referenceValue(reference, entry, env);
    if (value !== undefined) return value;
    const variable = reference.kind === 'variable' ? reference.name : placeholder;
    throw new KosmoError(
      'NOT_CONFIGURED',
      `MCP server '${name}' needs the variable ${variable} for ${field}, and it is not set. Nothing was started.`,
      { hint: `set ${variable} in the environment` },
    );
  });
  return replacePlaceholders(text, values).replace(/^~(?=$|[\\/])/, (tilde) => homeOf(env) ?? tilde);
}

function outsideProblem({ server: { name }, source, projectFolder }: StdioEntry, envFile: string | undefined): ProgramProblem | undefined {
  if (envFile === undefined || isOwn(source) || isInside(projectFolder, realPath(envFile))) return undefined;
  return problemOf({
    message: `The envFile of project server '${name}' is outside the project`,
    finding: 'its envFile is outside the project',
    hint: `move the file into ${projectFolder}, or write the entry into your own file: kosmo mcp:add ${name} --global`,
  });
}

/** Why a server cannot run in its folder; undefined if it can. The folder may be made after the server was trusted. */
export function folderProblem(name: string, cwd: string): ProgramProblem | undefined {
  if (statSync(cwd, { throwIfNoEntry: false })?.isDirectory() === true) return undefined;
  return problemOf({
    message: `The folder '${cwd}' of MCP server '${name}' does not exist`,
    finding: `its folder '${cwd}' does not exist`,
    hint: 'make the folder, or change cwd in the entry',
  });
}

function commandProblem({ server }: StdioEntry, command: string | null, env: Environment): ProgramProblem | undefined {
  if (command !== null) return undefined;
  const [first = '', ...words] = server.command.trim().split(/\s+/);
  const isLine = words.length > 0 && locateProgram(first, process.cwd(), env) !== undefined;
  return problemOf({
    message: `The command '${server.command}' of MCP server '${server.name}' is not found`,
    finding: `its command '${server.command}' is not found`,
    hint: isLine
      ? `the arguments belong in args: "command": ${JSON.stringify(first)}, "args": ${JSON.stringify(words)}`
      : 'install it, or write the path of the program',
  });
}

function problemOf({
  message,
  finding,
  hint,
}: {
  readonly message: string;
  readonly finding: string;
  readonly hint: string;
}): ProgramProblem {
  return { error: new KosmoError('INVALID_CONFIGURATION', `${message}. Nothing was started.`, { hint }), finding };
}

// Of a file that does not exist, the folder counts.
function realPath(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    const folder = path.dirname(file);
    return folder === file ? file : path.join(realPath(folder), path.basename(file));
  }
}

function isInside(folder: string, file: string): boolean {
  const relative = path.relative(folder, file);
  return relative !== '' && !relative.startsWith('..') && !path.isAbsolute(relative);
}

function locateProgram(command: string, cwd: string, env: Environment): string | undefined {
  if (path.basename(command) !== command) return withExtension(path.resolve(cwd, command), env);
  const folders = (env.PATH ?? env.Path ?? '').split(path.delimiter).filter((folder) => folder !== '');
  for (const folder of folders) {
    const found = withExtension(path.resolve(folder, command), env);
    if (found !== undefined) return found;
  }
  return undefined;
}

// Windows finds `npx` as `npx.cmd`.
function withExtension(file: string, env: Environment): string | undefined {
  const extensions = process.platform === 'win32' ? ['', ...(env.PATHEXT ?? '.COM;.EXE;.BAT;.CMD').split(';')] : [''];
  return extensions.map((extension) => file + extension).find(isProgram);
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
