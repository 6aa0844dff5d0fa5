import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { loadCipher, type SecretStore } from '../credentials/index.ts';
import { KosmoError } from '../errors/index.ts';
import { type DurableJournal, hasJournal, LineSealer, newSeed, openDurable, type RunFacts, takeRun } from '../journal/index.ts';
import { runFolder, SUMMARY_FILE } from './run-folder.ts';
import { keepSummary, summarize } from './summary.ts';

/** Where runs are kept. */
export interface RunPlace {
  /** `$KOSMO_HOME`. */
  readonly home: string;
  /** Holds the key of the journals. */
  readonly secrets: SecretStore;
}

/** How a process takes a run. */
export interface TakeOptions {
  /** Leave the process when everything sleeps for a minute or more. @default false */
  readonly parks?: boolean;
  /** Ends the run where it stands. @default undefined (it goes on) */
  readonly endWith?: KosmoError;
}

/** What a new run begins with. */
export interface NewRun extends Omit<RunFacts, 'seed' | 'zone'> {
  readonly id: string;
}

/** The secret that the keys of all journals are derived from. A change of the key of the store keeps it. */
const MASTER = 'runs.master';

const MASTER_BYTES = 32;

/**
 * Begins a run, or takes the one with this id. Rejects with `RUN_CONFLICT` if that one has another script or input, `RUN_BUSY` if another
 * process runs it, and `RUN_UNREADABLE`.
 */
export async function beginRun(place: RunPlace, { id, ...facts }: NewRun, options: TakeOptions = {}): Promise<DurableJournal> {
  const journal = await open(place, id, options, { ...facts, seed: newSeed(), zone: Intl.DateTimeFormat().resolvedOptions().timeZone });
  const { chunk, input } = journal.facts;
  if (chunk === facts.chunk && isDeepStrictEqual(input, facts.input)) return journal;
  await journal.abandon();
  const what = chunk === facts.chunk ? 'another input' : `the script ${chunk}`;
  throw new KosmoError('RUN_CONFLICT', `Run ${id} exists and began with ${what}. Nothing was run.`, {
    hint: `take another --run-id, or go on with the run: kosmo runs:resume ${id}`,
  });
}

/** Takes an existing run. Rejects with `UNKNOWN_RUN`, `RUN_BUSY` and `RUN_UNREADABLE`. */
export async function takeOver(place: RunPlace, id: string, options: TakeOptions = {}): Promise<DurableJournal> {
  requireRun(place.home, id);
  return open(place, id, options, undefined);
}

/** Returns the folder of an existing run. Throws `UNKNOWN_RUN`. */
export function requireRun(home: string, id: string): string {
  const folder = runFolder(home, id);
  if (!hasJournal(folder)) throw new KosmoError('UNKNOWN_RUN', `There is no run ${id}.`, { hint: 'kosmo runs lists the runs' });
  return folder;
}

/** Reads and writes the lines of a run. */
export async function sealerOf({ secrets }: RunPlace, id: string): Promise<LineSealer> {
  let master = await secrets.get(MASTER);
  if (master === undefined) {
    await secrets.change((read) => (read(MASTER) === undefined ? { [MASTER]: randomBytes(MASTER_BYTES).toString('base64') } : {}));
    master = await secrets.get(MASTER);
  }
  return new LineSealer(id, Buffer.from(master ?? '', 'base64'), await loadCipher());
}

async function open(place: RunPlace, id: string, options: TakeOptions, facts: RunFacts | undefined): Promise<DurableJournal> {
  const sealer = await sealerOf(place, id);
  const store = takeRun(runFolder(place.home, id), id);
  // The journal grows: what was kept of its end is out of date.
  rmSync(path.join(runFolder(place.home, id), SUMMARY_FILE), { force: true });
  try {
    const journal = await openDurable({ id, store, sealer, ...options }, facts);
    // Dates of a run are those of the place where it began.
    if (Intl.DateTimeFormat().resolvedOptions().timeZone !== journal.facts.zone) process.env.TZ = journal.facts.zone;
    return journal;
  } catch (thrown) {
    await store.close();
    throw thrown;
  }
}

/** Ends a run that no process runs, without its deferred functions. Rejects as `takeOver` does. */
export async function closeRun(place: RunPlace, id: string): Promise<void> {
  const journal = await takeOver(place, id);
  await journal.cancel();
  keepSummary(place.home, id);
}

/** Makes a run with the script, input and settings of another one, which another process can take. Returns its id. */
export async function retryRun(place: RunPlace, id: string): Promise<string> {
  const old = await takeOver(place, id);
  await old.abandon();
  keepSummary(place.home, id);
  const { seed: _, zone: __, deadline, ...facts } = old.facts;
  const started = Date.parse(summarize(place.home, id).started ?? '');
  const next = freeId(place.home, id.replace(/~\d+$/, ''));
  const journal = await beginRun(place, {
    ...facts,
    ...(deadline === undefined ? {} : { deadline: Date.now() + deadline - started }),
    id: next,
  });
  await journal.leave(new KosmoError('RUN_PARKED', `Run ${next} waits for a process.`));
  await journal.abandon();
  return next;
}

function freeId(home: string, base: string): string {
  for (let number = 2; ; number++) {
    const id = `${base}~${number}`;
    if (!hasJournal(runFolder(home, id))) return id;
  }
}
