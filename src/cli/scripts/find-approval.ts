import { realpathSync } from 'node:fs';
import { readApprovals } from '../../policy/index.ts';
import { pinnedApproval, storedApproval, type WorkflowApproval } from '../../runtime/index.ts';
import { usage } from '../options/parse-values.ts';
import type { ScriptOptions } from '../options/script.ts';
import type { Script } from './script.ts';

/**
 * Finds the approval of a script: that of `--approved`, or the stored one of its file, or how to approve it. Throws `USAGE` for what is no
 * hash.
 */
export async function findApproval(
  { code, chunk, file, modules }: Script,
  { approved, force }: Pick<ScriptOptions, 'approved' | 'force'>,
  env: NodeJS.ProcessEnv,
): Promise<WorkflowApproval | undefined> {
  const run = { code: Buffer.from(code), chunk, modules };
  if (approved !== undefined) {
    if (!/^sha256:[0-9a-f]{64}$/.test(approved))
      throw usage(`--approved takes sha256: with 64 hexadecimal digits, not '${approved}'`, 'kosmo workflows:approve prints it');
    return pinnedApproval(approved, run);
  }
  if (file === undefined || force === true) return undefined;
  const stored = readApprovals(env).get(realpathSync(file));
  return stored === undefined
    ? { calls: [], covers: () => false, command: `kosmo workflows:approve ${file}` }
    : storedApproval(stored, run);
}
