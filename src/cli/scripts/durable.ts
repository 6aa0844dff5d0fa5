import path from 'node:path';
import { homeFolder } from '../../config/index.ts';
import { openSecretStore } from '../../credentials/index.ts';
import { isKosmoError } from '../../errors/index.ts';
import type { JsonValue } from '../../json/index.ts';
import { onAbort } from '../../platform/abort-listeners.ts';
import type { RunPlace } from '../../runs/index.ts';
import { ModuleReader } from '../../runtime/index.ts';
import type { CommandContext } from '../context.ts';
import { usage } from '../options/parse-values.ts';
import type { ScriptOptions } from '../options/script.ts';
import { printNote } from '../terminal/output.ts';
import type { OpenedRun, Script, ScriptRun } from './script.ts';

/** Where the runs of the user are. */
export function runPlace(context: CommandContext): RunPlace {
  return { home: homeFolder(context.env), secrets: openSecretStore({ env: context.env }) };
}

/** Begins a durable run, or goes on with the one that `--run-id` names. */
export async function openDurableRun(
  script: Script,
  input: JsonValue,
  { run, options, context, integrations }: ScriptRun,
): Promise<OpenedRun> {
  if (Object.keys(context.directServers).length > 0)
    throw usage('a durable run uses configured MCP servers: add the server with kosmo mcp:add, or leave out --durable');
  const { beginRun, newRunId } = await import('../../runs/index.ts');
  const { chunk, folder } = script;
  const { timeoutMs } = run.limits;
  const text = Buffer.from(script.code).toString('latin1');
  const facts = {
    id: options.runId ?? newRunId(chunk),
    chunk,
    script: text,
    input,
    ...(timeoutMs === undefined ? {} : { deadline: Date.now() + timeoutMs }),
    settings: {
      integrations,
      file: chunk === 'eval' || chunk === 'stdin' ? null : path.resolve(chunk),
      modules: folder === undefined ? null : path.resolve(folder),
      options: keptOptions(options),
    },
  };
  const journal = await beginRun(runPlace(context), facts, { parks: options.park === true });
  if (journal.recorded !== undefined && journal.facts.script !== text) noteChange(facts.id, chunk);
  return follow(journal, facts.id, context);
}

/** The journal of a run. */
export type Journal = Awaited<ReturnType<Awaited<typeof import('../../runs/index.ts')>['takeOver']>>;

/** Follows a run: its signals, and the end that another process asks for. */
export function follow(journal: Journal, id: string, context: CommandContext): OpenedRun {
  const { facts } = journal;
  const { modules, file } = facts.settings;
  const abort = new AbortController();
  const forget = onAbort(context.signal, () => {
    const reason: unknown = context.signal.reason;
    // A deploy or a closed terminal is no reason to end the run: another process goes on with it.
    if (isKosmoError(reason) && reason.code === 'TERMINATED') void journal.leave(reason);
    else abort.abort(reason);
  });
  const place = runPlace(context);
  const runs = import('../../runs/index.ts');
  const watch = runs.then(({ watchForCancel }) => watchForCancel(place.home, id, (error) => abort.abort(error)));
  noteStart(journal, id);
  return {
    script: {
      code: Buffer.from(facts.script, 'latin1'),
      chunk: facts.chunk,
      ...(typeof file === 'string' ? { file } : {}),
      modules: new ModuleReader(typeof modules === 'string' ? { folder: modules } : undefined),
    },
    input: facts.input,
    journal,
    signal: abort.signal,
    close: () => {
      forget();
      void watch.then((end) => end());
      void runs.then(({ keepSummary }) => keepSummary(place.home, id));
    },
  };
}

function noteStart({ recorded, isEnded, recordedCalls: calls }: Journal, id: string): void {
  if (recorded === undefined) printNote(`run ${id}, go on with: kosmo runs:resume ${id}`);
  else if (isEnded) printNote(`run ${id} has ended; this is its result`);
  else printNote(`run ${id}: ${calls} ${calls === 1 ? 'call' : 'calls'} from the journal`);
}

/** Says that a script has changed since its run began. */
export function noteChange(id: string, chunk: string): void {
  printNote(`note: ${chunk} has changed; run ${id} goes on with the text that it began with`);
}

// Approvals and formats are those of each command line.
function keptOptions({ max, memoryLimit, cpuLimit, stopOnExit }: ScriptOptions): Readonly<Record<string, JsonValue>> {
  return {
    ...(max === undefined ? {} : { max }),
    ...(memoryLimit === undefined ? {} : { memoryLimit }),
    ...(cpuLimit === undefined ? {} : { cpuLimit }),
    ...(stopOnExit === undefined ? {} : { stopOnExit }),
  };
}
