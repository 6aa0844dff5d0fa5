import path from 'node:path';
import type { Command } from 'commander';
import { KosmoError } from '../../../errors/index.ts';
import { type Finding, ModuleReader } from '../../../runtime/index.ts';
import type { CommandContext } from '../../context.ts';
import { addJsonOptions } from '../../options/json.ts';
import { readFile, readStdin, usage } from '../../options/parse-values.ts';
import { paint } from '../../terminal/colors.ts';
import { type CheckReport, displayText, failedCheck, printJson, printNote } from '../../terminal/output.ts';

interface CheckOptions {
  readonly json?: true;
  readonly pretty?: true;
  readonly github?: true;
  readonly modulePath?: string;
}

const PASSED = { success: true, error: null, error_detail: null } as const;

type PlacedFinding = Omit<Finding, 'module'> & { readonly file: string };

const EXAMPLES = `
Examples:
  kosmo integrations:check workflow.lua
  kosmo integrations:check workflows/*.lua --github
  cat workflow.lua | kosmo integrations:check - --json`;

/** `kosmo integrations:check`: finds mistakes in scripts without running them. */
export function addCheckCommand(program: Command, context: CommandContext): void {
  addJsonOptions(program.command('integrations:check'))
    .description('check Lua scripts without running them')
    .argument('<files...>', 'Lua files, or - for stdin')
    .option('--module-path <folder>', 'where require looks for modules (default: the folder of the script)')
    .option('--github', 'print annotations for GitHub Actions instead of text')
    .addHelpText('after', EXAMPLES)
    .action(async (files: readonly string[], options: CheckOptions) => {
      await checkFiles(files, options, context);
    });
}

async function checkFiles(files: readonly string[], options: CheckOptions, context: CommandContext): Promise<void> {
  if (options.json === true && options.github === true) throw usage('give --json or --github, not both');
  const scripts = files.map((file) => ({ file, read: file === '-' ? readStdin() : readFile(file, 'Lua file') }));
  const host = await context.host();
  const findings: PlacedFinding[] = [];
  // A module of several scripts has its findings once.
  const seen = new Set<string>();
  for (const { file, read } of scripts) {
    const folder = options.modulePath ?? (file === '-' ? undefined : path.dirname(file));
    for (const { module, ...finding } of await host.check(await read, new ModuleReader(folder === undefined ? undefined : { folder }))) {
      const placed = { file: module === undefined ? (file === '-' ? 'stdin' : file) : path.join(folder ?? '', module), ...finding };
      const key = JSON.stringify(placed);
      if (!seen.has(key)) findings.push(placed);
      seen.add(key);
    }
  }
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const warnings = findings.length - errors;
  if (options.json === true) {
    const failure =
      errors === 0 ? undefined : new KosmoError('CHECK_FAILED', `${count(errors, 'error')} found in ${count(files.length, 'file')}`);
    const { success, error, error_detail } = failure === undefined ? PASSED : failedCheck(failure);
    const report: CheckReport = { success, error, error_detail, files, errors, warnings, findings };
    printJson(report, options.pretty === true);
  } else {
    context.stdout.write(findings.map(options.github === true ? asAnnotation : asText).join(''));
    printNote(`${count(files.length, 'file')} checked: ${count(errors, 'error')}, ${count(warnings, 'warning')}`);
  }
  context.exitCode = errors === 0 ? 0 : 1;
}

function asText({ file, line, column, severity, message, source }: PlacedFinding): string {
  // Tabs stay, so that the caret stands below its place. No line begins with what would be a command to GitHub.
  const margin = [...source].slice(0, column - 1).map((character) => (character === '\t' ? '\t' : ' '));
  const look = severity === 'error' ? 'red' : 'yellow';
  const place = paint('bold', displayText(`${file}:${line}:${column}:`));
  return `${place} ${paint(look, `${severity}:`)} ${displayText(message)}\n  | ${displayText(source)}\n  | ${margin.join('')}${paint(look, '^')}\n`;
}

// GitHub's toolkit escapes these: actions/toolkit, packages/core/src/command.ts.
function asAnnotation({ file, line, column, severity, message }: PlacedFinding): string {
  const data = (text: string): string => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
  const property = (text: string): string => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
  return `::${severity} file=${property(file)},line=${line},col=${column}::${data(message)}\n`;
}

function count(number: number, thing: string): string {
  return `${number} ${thing}${number === 1 ? '' : 's'}`;
}
