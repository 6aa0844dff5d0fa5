import { readLines, type StoredLine } from '../journal/index.ts';
import { isObject, type JsonValue } from '../json/index.ts';
import { type RunPlace, requireRun, sealerOf } from './open-run.ts';
import { type RunSummary, summarize } from './summary.ts';

/** One call of a run, or a sleep. */
export interface CallRow {
  /** The line of the journal. */
  readonly n: number;
  /** Its id: task and number. */
  readonly call: string;
  readonly function: string;
  /** When it ended, or was sent; ISO 8601. */
  readonly at: string;
  /** Null for a call without an answer. */
  readonly took_ms: number | null;
  /** Redacted. */
  readonly arguments: JsonValue;
  readonly status: 'done' | 'failed' | 'no answer' | 'sleeps';
  readonly code: string | null;
}

/** What a run did. */
export interface RunDescription {
  readonly run: RunSummary;
  readonly calls: readonly CallRow[];
  readonly output: string;
  /** What it returned; null before its end and after an error. */
  readonly result: JsonValue;
  readonly failure: string | null;
}

/** Describes a run from its journal. Rejects with `UNKNOWN_RUN`, and with `RUN_UNREADABLE` for a journal that is damaged or of another key. */
export async function describeRun(place: RunPlace, id: string): Promise<RunDescription> {
  const folder = requireRun(place.home, id);
  const lines = readLines(folder, id);
  const sealer = await sealerOf(place, id);
  const end = lines.findLast(({ k }) => k === 'end');
  const ended = end === undefined ? {} : sealer.open(end);
  const { x } = ended;
  return {
    run: summarize(place.home, id),
    calls: callRows(lines, (line) => sealer.open(line)),
    output: lines
      .filter(({ k }) => k === 'out')
      .map((line) => `${Buffer.from(String(sealer.open(line).text), 'latin1').toString('utf8')}\n`)
      .join(''),
    result: ended.result ?? null,
    failure: isObject(x) ? String(x.message) : null,
  };
}

function callRows(lines: readonly StoredLine[], open: (line: StoredLine) => Record<string, JsonValue>): readonly CallRow[] {
  const answered = new Set(lines.filter(({ k }) => k === 'ans').map(({ c }) => c));
  // A write that was sent again has two intents.
  const last = new Map(lines.filter(({ k }) => k === 'call' || k === 'sleep').map((line) => [line.c, line.n]));
  return lines.flatMap((line) => {
    if (line.k === 'ans') return [answerRow(line, open(line))];
    const isOpen = (line.k === 'call' || line.k === 'sleep') && !answered.has(line.c) && last.get(line.c) === line.n;
    return isOpen ? [openRow(line, open(line))] : [];
  });
}

function answerRow({ n, c, f, t, ms, code }: StoredLine, { args = null }: Record<string, JsonValue>): CallRow {
  return {
    n,
    call: String(c),
    function: shortName(f),
    at: new Date(Number(t)).toISOString(),
    took_ms: Number(ms),
    arguments: args,
    status: code === undefined ? 'done' : 'failed',
    code: typeof code === 'string' ? code : null,
  };
}

function openRow({ n, k, c, f, t, until }: StoredLine, { args = null }: Record<string, JsonValue>): CallRow {
  return {
    n,
    call: String(c),
    function: shortName(f),
    at: new Date(Number(t)).toISOString(),
    took_ms: null,
    arguments: k === 'sleep' ? [(Number(until) - Number(t)) / 1000] : args,
    status: k === 'sleep' ? 'sleeps' : 'no answer',
    code: null,
  };
}

function shortName(path: unknown): string {
  return String(path).replace(/^app\.(?:integrations\.)?/, '');
}
