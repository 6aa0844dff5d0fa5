import { existsSync, realpathSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import { revokeApproval } from '../../../policy/index.ts';
import type { CommandContext } from '../../context.ts';
import { addJsonOptions } from '../../options/json.ts';
import { type JsonOptions, printDone } from '../../options/mcp-scope.ts';
import { findScript } from '../../workflows/find-script.ts';

const EXAMPLES = `
Examples:
  kosmo workflows:revoke record_channel
  kosmo workflows:revoke /srv/jobs/nightly.lua`;

/** `kosmo workflows:revoke`: ends the approval of a workflow. The file may be gone. */
export function addRevokeCommand(program: Command, context: CommandContext): void {
  addJsonOptions(
    program.command('workflows:revoke').description('end the approval of a workflow').argument('<workflow>', 'its name or file'),
  )
    .addHelpText('after', EXAMPLES)
    .action(async (word: string, format: JsonOptions) => {
      const isPath = /[/\\]/.test(word) || existsSync(word);
      const file = path.resolve(context.folder, isPath ? word : (await findScript(word, context)).path);
      const workflow = existsSync(file) ? realpathSync(file) : file;
      const changed = await revokeApproval(workflow, context.env);
      printDone({ workflow, approved: false, changed }, changed ? `${word} is not approved any more` : `${word} was not approved`, format);
    });
}
