import path from 'node:path';
import { homeFolder } from '../config/index.ts';
import type { HostOptions } from '../runtime/index.ts';

/** What every command gives the host of this process. `packageRoot` is the folder that holds `lua-docs`. */
export function hostOptions(packageRoot: string, emulate = false): HostOptions {
  return {
    env: process.env,
    command: process.argv[2] ?? '',
    folder: workingFolder(),
    guideFolder: path.join(packageRoot, 'lua-docs'),
    stateFolder: homeFolder(process.env),
    emulate,
  };
}

/** The folder that the command runs in. */
export function workingFolder(): string {
  try {
    return process.cwd();
  } catch {
    // It was deleted meanwhile.
    return path.parse(homeFolder(process.env)).root;
  }
}
