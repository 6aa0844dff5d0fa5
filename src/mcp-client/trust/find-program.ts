import { accessSync, constants, statSync } from 'node:fs';
import path from 'node:path';
import { isOwn } from '../config/files.ts';
import { FOLDER_PLACEHOLDER, type StdioServer } from '../config/server-entry.ts';
import type { ServerEntry } from '../config/servers.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** What starting a server means on this machine. */
export interface ResolvedProgram {
  /** The absolute path of the program; null where it is not found. */
  readonly command: string | null;
  /** An absolute path. */
  readonly cwd: string;
}

/** Finds the program of a server, and the folder it would run in: the project's for its own servers, else the one that kosmo was called in. */
export function findProgram(
  { server, source, projectFolder }: ServerEntry & { readonly server: StdioServer },
  env: Environment,
): ResolvedProgram {
  const base = isOwn(source) ? process.cwd() : projectFolder;
  const inProject = (text: string): string => text.replaceAll(FOLDER_PLACEHOLDER, () => projectFolder);
  const cwd = path.resolve(base, inProject(server.cwd ?? '.'));
  return { command: locateProgram(inProject(server.command), cwd, env) ?? null, cwd };
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
