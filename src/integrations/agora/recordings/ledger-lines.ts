import { readdirSync } from 'node:fs';
import path from 'node:path';
import { KosmoError } from '../../../errors/index.ts';
import { fileReason } from '../../../platform/file-errors.ts';
import { readRegularText } from '../../../platform/read-regular-file.ts';

/** The line of a start, written before the request is sent. Without secrets: the file outlives every token. */
export interface StartFacts {
  readonly account: string;
  readonly appId: string;
  readonly resourceId: string;
  readonly mode: string;
  readonly cname: string;
  readonly uid: string;
}

export type Line =
  | ({ readonly event: 'starting'; readonly attempt: string; readonly at: string } & StartFacts)
  | { readonly event: 'started'; readonly attempt: string; readonly sid: string; readonly at: string }
  | { readonly event: 'not_started' | 'forgotten'; readonly attempt: string; readonly at: string }
  | { readonly event: 'ended'; readonly sid: string; readonly at: string }
  /** `order` counts the lines of this kind and sid, because clocks can be set back. */
  | { readonly event: 'found' | 'missing'; readonly sid: string; readonly at: string; readonly order?: number };

/** A part of the ledger that cannot be read. */
export interface Damage {
  readonly file: string;
  /** From 1; null for the file as a whole. */
  readonly line: number | null;
  readonly problem: string;
  /** The line was cut off while it was written: before its request was sent, or after its answer. It hides no running recording. */
  readonly isCut: boolean;
}

export interface LedgerFile {
  readonly name: string;
  readonly lines: readonly Line[];
  readonly damage: readonly Damage[];
}

const FILE = /^recordings-\d{4}-\d{2}\.jsonl$/;

/** The texts that a line of each event has. */
const TEXTS: Readonly<Record<Line['event'], readonly string[]>> = {
  starting: ['attempt', 'account', 'appId', 'resourceId', 'mode', 'cname', 'uid'],
  started: ['attempt', 'sid'],
  not_started: ['attempt'],
  forgotten: ['attempt'],
  ended: ['sid'],
  found: ['sid'],
  missing: ['sid'],
};

/** Some 200,000 recordings in a month. */
const MAX_FILE_BYTES = 128 * 1024 ** 2;

/** The names of the ledger's files. Throws `INVALID_CONFIGURATION` for a folder that cannot be read. */
export function listFiles(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => FILE.test(name))
      .sort();
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new KosmoError('INVALID_CONFIGURATION', `The ledger in ${folder} cannot be read: ${fileReason(thrown)}.`, {
      hint: 'set KOSMO_HOME to a folder that can be read and written',
      cause: thrown,
    });
  }
}

/** Reads one file of the ledger. Never throws: everything that cannot be read is in `damage`. */
export function readLedgerFile(folder: string, name: string): LedgerFile {
  const file = path.join(folder, name);
  let text: string;
  try {
    text = readRegularText(file, MAX_FILE_BYTES) ?? '';
  } catch (thrown) {
    return { name, lines: [], damage: [{ file, line: null, problem: `cannot be read: ${fileReason(thrown)}`, isCut: false }] };
  }
  const lines: Line[] = [];
  const damage: Damage[] = [];
  for (const [index, one] of text.split('\n').entries()) {
    if (one.trim() === '') continue;
    const read = readLine(one);
    if (typeof read === 'object') lines.push(read);
    else damage.push({ file, line: index + 1, problem: read, isCut: isCut(one) });
  }
  return { name, lines, damage };
}

// The line, or what is wrong with it.
function readLine(text: string): Line | string {
  let line: unknown;
  try {
    line = JSON.parse(text);
  } catch {
    return isCut(text) ? 'is cut off' : 'is not valid JSON';
  }
  if (typeof line !== 'object' || line === null || Array.isArray(line)) return 'is not a JSON object';
  const { event, at, order = 0 } = line as Readonly<Record<string, unknown>>;
  if (typeof event !== 'string' || !Object.hasOwn(TEXTS, event)) return 'has no known event';
  if (typeof at !== 'string' || Number.isNaN(Date.parse(at))) return `has no time ('at')`;
  if (typeof order !== 'number') return `has no number in 'order'`;
  const wrong = TEXTS[event as Line['event']].find((name) => typeof (line as Record<string, unknown>)[name] !== 'string');
  return wrong === undefined ? (line as Line) : `has no text in '${wrong}'`;
}

const BEGINNING = '{"event":"';

// The beginning of a line of ours: whole lines end with a brace, and a cut may split the last character.
function isCut(text: string): boolean {
  const begins = text.startsWith(BEGINNING) ? text.indexOf(BEGINNING, 1) === -1 && !text.endsWith('}') : BEGINNING.startsWith(text);
  return begins && !/[\p{Cc}\ufffd]/u.test(text.replace(/\ufffd+$/, ''));
}
