import { statSync } from 'node:fs';
import path from 'node:path';
import { listWorkflows, ModuleReader, type OfferedWorkflow } from '../../runtime/index.ts';
import type { CommandContext } from '../context.ts';
import { usage } from '../options/parse-values.ts';
import { findApproval } from '../scripts/find-approval.ts';
import { workflowFolders } from './folders.ts';

/** Reads the workflows for a gateway: those of a folder, or those that `kosmo run` finds. Calls `tell` for each that cannot be offered. */
export async function readOfferedWorkflows(
  folder: string | true,
  context: CommandContext,
  tell: (line: string) => void,
): Promise<readonly OfferedWorkflow[]> {
  if (folder !== true && statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw usage(`--workflows=${folder} is not a folder`, 'name a folder of workflows, or write --workflows for those of kosmo workflows');
  const found = await listWorkflows(folder === true ? workflowFolders(context) : [{ path: folder, scope: 'user' }]);
  return found
    .filter(({ isHidden }) => !isHidden)
    .flatMap(({ name, path: file, code, declaration, problem }): OfferedWorkflow[] => {
      const why =
        problem ??
        (declaration === undefined
          ? 'it has no declaration'
          : declaration.calls === undefined
            ? 'it does not declare its calls'
            : undefined);
      if (why !== undefined || code === undefined || declaration === undefined) {
        tell(`the workflow ${file} is not offered: ${why ?? 'it cannot be read'}`);
        return [];
      }
      const open: OfferedWorkflow['open'] = async () => {
        const modules = new ModuleReader({ folder: path.dirname(file) });
        return { modules, approval: await findApproval({ code, chunk: file, file, modules }, {}, context.env) };
      };
      return [{ name, chunk: file, code, declaration, open }];
    });
}
