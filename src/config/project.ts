import { existsSync } from 'node:fs';
import path from 'node:path';
import { userHome } from '../platform/home-folder.ts';
import { homeFolder } from './home.ts';

/** The folder of a project's settings, inside the project. */
export const PROJECT_SETTINGS = '.kosmo';

/**
 * Returns the project of `folder`: the nearest folder above with `.git` or `.kosmo`, or else `folder` itself. The user's own `.kosmo` does
 * not make its parent a project.
 */
export function findProject(folder: string, env: Readonly<Record<string, string | undefined>>): string {
  const home = userHome();
  const own = [homeFolder(env), ...(home === undefined ? [] : [path.join(home, PROJECT_SETTINGS)])];
  const isProject = (candidate: string): boolean => {
    const settings = path.join(candidate, PROJECT_SETTINGS);
    return existsSync(path.join(candidate, '.git')) || (existsSync(settings) && !own.includes(settings));
  };
  const start = path.resolve(folder);
  for (let candidate = start; ; candidate = path.dirname(candidate)) {
    if (isProject(candidate)) return candidate;
    if (path.dirname(candidate) === candidate) return start;
  }
}
