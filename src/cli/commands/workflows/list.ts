import { realpathSync } from 'node:fs';
import type { Command } from 'commander';
import { readApprovals } from '../../../policy/index.ts';
import { listWorkflows, shownInput, type WorkflowFile } from '../../../runtime/index.ts';
import type { CommandContext } from '../../context.ts';
import { addJsonOptions } from '../../options/json.ts';
import { printJson, printNote, printTable } from '../../terminal/output.ts';
import { changesSince } from '../../workflows/approval-state.ts';
import { workflowFolders } from '../../workflows/folders.ts';

interface ListOptions {
  readonly json?: true;
  readonly pretty?: true;
}

/** `kosmo workflows`: the workflows that `kosmo run` finds by name. */
export function addWorkflowsCommand(program: Command, context: CommandContext): void {
  addJsonOptions(program.command('workflows'))
    .description('list the workflows that kosmo run finds')
    .addHelpText('after', '\nExamples:\n  kosmo workflows\n  kosmo workflows --json')
    .action(async ({ json, pretty }: ListOptions) => {
      const folders = workflowFolders(context);
      const approvals = readApprovals(context.env);
      const workflows = await Promise.all(
        (await listWorkflows(folders)).map(async (workflow) => ({ ...workflow, approval: await approvalOf(workflow, approvals) })),
      );
      if (json === true) {
        printJson({ success: true, folders, workflows: workflows.map(toDocument) }, pretty === true);
        return;
      }
      const visible = workflows.filter(({ isHidden }) => !isHidden);
      if (visible.length > 0) printTable(['Name', 'Input', 'Approved', 'Description'], visible.map(toRow));
      else printNote(`note: no workflow is in ${folders.map(({ path }) => path).join(', ')}`);
      for (const { path, name, isHidden } of workflows)
        if (isHidden) printNote(`note: ${path} is hidden by another workflow ${name}; run it by its path`);
    });
}

interface Approval {
  readonly accounts: readonly string[];
  readonly changed: readonly string[];
}

interface ListedWorkflow extends WorkflowFile {
  readonly approval: Approval | null;
}

async function approvalOf({ path, code }: WorkflowFile, approvals: ReturnType<typeof readApprovals>): Promise<Approval | null> {
  if (code === undefined) return null;
  const file = realpathSync(path);
  const stored = approvals.get(file);
  return stored === undefined ? null : { accounts: stored.accounts, changed: await changesSince(stored, file) };
}

function toDocument({ name, path, scope, declaration, problem, isHidden, approval }: ListedWorkflow): object {
  const calls = declaration?.calls?.map((call) => ({ function: call.name, operation: call.operation ?? null, max: call.max ?? null }));
  return {
    name,
    path,
    scope,
    description: declaration?.description ?? null,
    input: declaration === undefined ? null : shownInput(declaration),
    secrets: declaration?.secrets.map((parts) => parts.map((part) => (typeof part === 'number' ? '[]' : part)).join('.')) ?? [],
    calls: calls ?? null,
    hidden: isHidden,
    problem: problem ?? null,
    approval,
  };
}

function toRow({ name, declaration, problem, approval }: ListedWorkflow): readonly string[] {
  const { properties = {}, required = [] } = declaration?.input ?? {};
  const optional = Object.keys(properties).filter((field) => !required.includes(field));
  const input = [...required, ...(optional.length === 0 ? [] : [`[${optional.join(', ')}]`])].join(', ');
  const description = declaration === undefined ? 'a script without a declaration' : declaration.description;
  const approved = approval === null ? 'no' : approval.changed.length === 0 ? approval.accounts.join(', ') : 'changed since';
  return [name, input, approved, problem === undefined ? description : `cannot be used: ${problem}`];
}
