import { realpathSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import { KosmoError } from '../../../errors/index.ts';
import { recordApproval } from '../../../policy/index.ts';
import { type ApprovalSubject, type DeclaredCall, ModuleReader, readApprovalSubject } from '../../../runtime/index.ts';
import type { CommandContext } from '../../context.ts';
import { addJsonOptions } from '../../options/json.ts';
import { type JsonOptions, printDone } from '../../options/mcp-scope.ts';
import { usage } from '../../options/parse-values.ts';
import { collect } from '../../options/script.ts';
import { isInteractive } from '../../terminal/capabilities.ts';
import { openTerminalPrompt } from '../../terminal/prompt.ts';
import { visibleLine } from '../../terminal/visible-text.ts';
import { findScript } from '../../workflows/find-script.ts';

interface ApproveOptions extends JsonOptions {
  readonly account?: readonly string[];
  readonly yes?: true;
  readonly print?: true;
  readonly modulePath?: string;
}

const EXAMPLES = `
Examples:
  kosmo workflows:approve record_channel
  kosmo workflows:approve record_channel --account production --yes
  kosmo workflows:approve nightly.lua --print

An approval covers the calls that the workflow declares, with one account, for the
text of the script and its modules as they are now. It is kept in your own files.`;

/** `kosmo workflows:approve`: lets a workflow make the calls that it declares, as long as its text stays what it is. */
export function addApproveCommand(program: Command, context: CommandContext): void {
  const command = program.command('workflows:approve').description('approve a workflow, so that it runs without questions');
  addJsonOptions(command.argument('<workflow>', 'name of a workflow, or a Lua file'))
    .option('--account <name>', 'approve its calls with this account (repeatable, default: default)', collect)
    .option('--yes', 'approve it without being asked')
    .option('--print', 'print the hash for --approved, and approve nothing')
    .option('--module-path <folder>', 'where require looks for modules (default: the folder of the script)')
    .addHelpText('after', EXAMPLES)
    .action((word: string, options: ApproveOptions) => approve(context, word, options));
}

async function approve(context: CommandContext, word: string, options: ApproveOptions): Promise<void> {
  const { account: accounts = ['default'], yes, print, modulePath, ...format } = options;
  const unusable = accounts.find((account) => !/^[a-z][a-z0-9_]*$/.test(account));
  if (unusable !== undefined)
    throw usage(`--account takes the name of an account, not '${unusable}'`, 'kosmo integrations:accounts lists them');
  const script = await findScript(word, context);
  const modules = new ModuleReader({ folder: modulePath ?? path.dirname(script.path) });
  const subject = await readApprovalSubject(script.code, modules);
  const { hash } = subject;
  const facts = {
    workflow: realpathSync(script.path),
    hash,
    script: subject.script,
    modules: subject.modules,
    calls: subject.calls.map(toDocument),
  };
  if (print === true) {
    if (format.json === true) printDone({ ...facts, approved: false }, '', format);
    else context.stdout.write(`${hash}\n`);
    return;
  }
  if (format.json !== true || yes !== true) context.stderr.write(`${review(script.path, subject, modules, accounts)}\n`);
  if (yes !== true) await confirm(context, word);
  const stored = await recordApproval(facts.workflow, subject, accounts, context.env);
  const all = stored.accounts;
  printDone({ ...facts, approved: true, accounts: all }, `${script.path} is approved with account ${all.join(', ')}: ${hash}`, format);
}

function toDocument({ name, operation, max }: DeclaredCall): object {
  return { function: name, operation: operation ?? null, max: max ?? null };
}

async function confirm(context: CommandContext, word: string): Promise<void> {
  const prompt = isInteractive() ? openTerminalPrompt() : undefined;
  if (prompt === undefined)
    throw new KosmoError('APPROVAL_REQUIRED', `There is no terminal to ask whether to approve ${word}. Nothing was approved.`, {
      hint: `read the script, then: kosmo workflows:approve ${word} --yes`,
    });
  const answer = await prompt('Approve it as it is now? [y/N] ', context.signal);
  if (!/^y(?:es)?$/i.test(answer?.trim() ?? ''))
    throw new KosmoError('APPROVAL_REQUIRED', `You did not approve ${word}.`, { hint: 'answer yes when asked' });
}

// The calls come last, next to the prompt: nothing above can push them off the screen.
function review(
  file: string,
  { description, script, modules, calls }: ApprovalSubject,
  texts: ModuleReader,
  accounts: readonly string[],
): string {
  const hashes = [[script, file], ...Object.entries(modules).map(([name, hash]) => [hash, texts.find(name).chunk])];
  const width = Math.max(...calls.map(({ name }) => visibleLine(name).length));
  return [
    `${visibleLine(file)}${description === '' ? '' : `: ${visibleLine(description, MAX_DESCRIPTION)}`}`,
    ...hashes.map(([hash, name = '']) => `  ${hash}  ${visibleLine(name)}`),
    `It may call, with account ${accounts.join(', ')}:`,
    ...calls.map(({ name, operation = 'unknown', max }) =>
      `  ${visibleLine(name).padEnd(width)}  ${operation.padEnd(7)}  ${times(max)}`.trimEnd(),
    ),
  ].join('\n');
}

const MAX_DESCRIPTION = 500;

function times(max: number | undefined): string {
  return max === undefined ? 'any number of times' : `at most ${max === 1 ? 'once' : `${max} times`}`;
}
