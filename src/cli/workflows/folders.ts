import path from 'node:path';
import { findProject, homeFolder } from '../../config/index.ts';
import type { WorkflowFolder } from '../../runtime/index.ts';
import type { CommandContext } from '../context.ts';

/** The folders in which workflows are found by name, in this order: those of the project, then the user's. */
export function workflowFolders({ env, folder }: Pick<CommandContext, 'env' | 'folder'>): readonly WorkflowFolder[] {
  const project = findProject(folder, env);
  const user = path.join(homeFolder(env), 'workflows');
  const folders: readonly WorkflowFolder[] = [
    { path: path.join(project, 'workflows'), scope: 'project' },
    { path: path.join(project, '.kosmo', 'workflows'), scope: 'project' },
    { path: user, scope: 'user' },
  ];
  // In the home folder without a project, the last two are the same.
  return folders
    .filter(({ path: candidate, scope }) => scope === 'user' || candidate !== user)
    .map(({ path: absolute, scope }) => ({ path: shownPath(absolute, folder), scope }));
}

/** A path as messages call it: relative if it is in the working folder. */
export function shownPath(absolute: string, folder: string): string {
  const relative = path.relative(folder, absolute);
  return relative === '' || relative.startsWith('..') || path.isAbsolute(relative) ? absolute : relative;
}
