import type { Command } from 'commander';
import type { JsonValue } from '../../../json/index.ts';
import type { CallRow, RunDescription } from '../../../runs/index.ts';
import type { CommandContext } from '../../context.ts';
import { addJsonOptions } from '../../options/json.ts';
import { runPlace } from '../../scripts/durable.ts';
import { printJson, printLine, printNote, printTable } from '../../terminal/output.ts';
import { localTime, nextOf } from './list.ts';

interface ShowOptions {
  readonly json?: true;
  readonly pretty?: true;
  readonly output?: true;
}

/** Characters of arguments in a row. */
const MAX_ARGUMENTS = 100;

const EXAMPLES = `
Examples:
  kosmo runs:show standup-30
  kosmo runs:show standup-30 --output
  kosmo runs:show standup-30 --json`;

/** `kosmo runs:show`: what a run did. */
export function addShowCommand(program: Command, context: CommandContext): void {
  addJsonOptions(program.command('runs:show').description('show the calls of a run'))
    .argument('<run>', 'id of a run, see kosmo runs')
    .option('--output', 'print what the run printed')
    .addHelpText('after', EXAMPLES)
    .action((id: string, options: ShowOptions) => show(context, id, options));
}

async function show(context: CommandContext, id: string, { json, pretty, output }: ShowOptions): Promise<void> {
  const { describeRun } = await import('../../../runs/index.ts');
  const described = await describeRun(runPlace(context), id);
  if (json === true) printJson({ success: true, ...described }, pretty === true);
  else if (output === true) {
    if (described.output !== '') printLine(Buffer.from(described.output.slice(0, -1)));
  } else printForPeople(described);
}

function printForPeople({ run, calls, failure }: RunDescription): void {
  if (calls.length > 0) printTable(['n', 'Call', 'At', 'Took', 'What'], calls.map(toRow));
  const next = nextOf(run);
  const began = `run ${run.id} of ${run.script}, begun ${localTime(run.started)}: ${run.status}`;
  printNote(next === '' ? began : `${began}; ${next}`);
  if (failure !== null) printNote(failure);
  if (run.open.length > 0) printNote(`open: ${run.open.join(', ')}`);
}

function toRow({ n, call, at, took_ms: took, function: name, arguments: args, status, code }: CallRow): readonly string[] {
  const end = status === 'failed' ? (code ?? 'failed') : status === 'no answer' ? 'sent, no answer' : status;
  return [String(n), call, at.slice(11, 19), took === null ? '' : `${took} ms`, `${name} ${shownArguments(args)} ${end}`];
}

function shownArguments(args: JsonValue): string {
  const text = JSON.stringify(Array.isArray(args) && args.length === 1 ? args[0] : args);
  return text.length > MAX_ARGUMENTS ? `${text.slice(0, MAX_ARGUMENTS)}…` : text;
}
