import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { StoredApproval } from '../../policy/index.ts';
import { changedFiles, ModuleReader } from '../../runtime/index.ts';

/** The files of an approved workflow that changed since, or cannot be read. The approval holds while there are none. */
export async function changesSince(approval: StoredApproval, workflow: string): Promise<readonly string[]> {
  const chunk = path.basename(workflow);
  const modules = new ModuleReader({ folder: path.dirname(workflow) });
  try {
    return await changedFiles(approval, { code: readFileSync(workflow), modules, chunk });
  } catch {
    return [chunk];
  }
}
