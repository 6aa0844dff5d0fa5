import type { Command } from 'commander';
import { readApprovals } from '../../../policy/index.ts';
import type { CommandContext } from '../../context.ts';
import { addJsonOptions } from '../../options/json.ts';
import type { JsonOptions } from '../../options/mcp-scope.ts';
import { printJson, printNote, printTable } from '../../terminal/output.ts';
import { changesSince } from '../../workflows/approval-state.ts';

const EXAMPLES = `
Examples:
  kosmo workflows:approvals
  kosmo workflows:approvals --json`;

/** `kosmo workflows:approvals`: the approved workflows, and whether their approvals still hold. */
export function addApprovalsCommand(program: Command, context: CommandContext): void {
  addJsonOptions(program.command('workflows:approvals').description('list the approved workflows'))
    .addHelpText('after', EXAMPLES)
    .action(async ({ json, pretty }: JsonOptions) => {
      const stored = [...readApprovals(context.env)];
      const approvals = await Promise.all(
        stored.map(async ([workflow, approval]) => ({ workflow, ...approval, changed: await changesSince(approval, workflow) })),
      );
      if (json === true) {
        printJson({ success: true, approvals }, pretty === true);
        return;
      }
      if (approvals.length === 0) printNote('note: no workflow is approved');
      else
        printTable(
          ['Workflow', 'Account', 'Approved', 'Status'],
          approvals.map(({ workflow, accounts, approved_at: time, changed }) => [
            workflow,
            accounts.join(', '),
            time.slice(0, 10),
            changed.length === 0 ? 'valid' : `ended: ${changed.join(', ')} changed`,
          ]),
        );
    });
}
