import type { Command } from 'commander';
import { homeFolder } from '../../../config/index.ts';
import type { RunStatus, RunSummary } from '../../../runs/index.ts';
import type { CommandContext } from '../../context.ts';
import { addJsonOptions } from '../../options/json.ts';
import { parseMoment } from '../../options/moment.ts';
import { usage } from '../../options/parse-values.ts';
import { printJson, printNote, printTable } from '../../terminal/output.ts';

interface ListOptions {
  readonly json?: true;
  readonly pretty?: true;
  readonly status?: string;
  readonly failed?: true;
  readonly since?: string;
}

const STATUSES: readonly RunStatus[] = ['running', 'interrupted', 'parked', 'done', 'failed', 'cancelled', 'unreadable'];

const EXAMPLES = `
Examples:
  kosmo runs
  kosmo runs --since yesterday --failed
  kosmo runs --status interrupted --json`;

/** `kosmo runs`: the durable runs, and the history of others. */
export function addRunsCommand(program: Command, context: CommandContext): void {
  addJsonOptions(program.command('runs').description('list the runs of scripts'))
    .option('--status <status>', `only runs with this status: ${STATUSES.join(', ')}`)
    .option('--failed', 'only runs that failed')
    .option('--since <time>', 'only runs that began since then: today, yesterday, 3d, 12h or 2026-11-30')
    .addHelpText('after', EXAMPLES)
    .action((options: ListOptions) => list(context, options));
}

async function list(context: CommandContext, { json, pretty, status, failed, since }: ListOptions): Promise<void> {
  const wanted = failed === true ? 'failed' : status;
  if (failed === true && status !== undefined && status !== 'failed') throw usage('--failed means --status failed: leave out one of them');
  if (wanted !== undefined && !(STATUSES as readonly string[]).includes(wanted))
    throw usage(`--status takes ${STATUSES.join(', ')}, not '${wanted}'`);
  const from = since === undefined ? '' : new Date(parseMoment('--since', since)).toISOString();
  const { listAllRuns } = await import('../../../runs/index.ts');
  const runs = listAllRuns(homeFolder(context.env)).filter(
    (run) => (wanted === undefined || run.status === wanted) && (run.started ?? '') >= from,
  );
  if (json === true) printJson({ success: true, runs }, pretty === true);
  else if (runs.length === 0) printNote('note: no run is listed; kosmo integrations:lua <file> --durable makes one');
  else printTable(['ID', 'Status', 'Script', 'Started', 'Calls', 'Next'], runs.map(toRow));
}

function toRow(run: RunSummary): readonly string[] {
  const { id, status, script, started, calls } = run;
  return [id, status, script, localTime(started), String(calls), nextOf(run)];
}

/** What to do next with a run. */
export function nextOf({ id, status, due, code, open }: RunSummary): string {
  if (status === 'interrupted') return `kosmo runs:resume ${id}`;
  if (status === 'parked') return `due ${localTime(due)}: kosmo runs:resume ${id}`;
  const left = open.length === 0 ? '' : `${open.length} still open`;
  return [status === 'failed' ? (code ?? '') : '', left].filter((text) => text !== '').join('; ');
}

/** A time in the zone of the user, to the minute. */
export function localTime(iso: string | null): string {
  if (iso === null) return '';
  const at = new Date(iso);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}`;
}
