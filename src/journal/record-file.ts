import { containsSecret, KosmoError } from '../errors/index.ts';
import { isObject, type JsonValue } from '../json/index.ts';
import { fileReason } from '../platform/file-errors.ts';
import { readRegularText } from '../platform/read-regular-file.ts';
import { replaceFile } from '../platform/replace-file.ts';
import { FORMAT, type Line, type RunLine } from './lines.ts';
import { Recorder } from './recorder.ts';
import { Replay } from './replay.ts';

const MAX_BYTES = 64 * 1024 ** 2;

/** The members that each kind of line must have. */
const MEMBERS: Readonly<Record<Line['k'], readonly string[]>> = {
  run: ['v', 'chunk', 'seed', 'input', 'accounts'],
  ans: ['c', 'f', 'args'],
  left: ['c', 'f', 'args'],
  val: ['c', 'f'],
  stop: ['x'],
  end: ['status'],
};

/** Records a run in a file, one line of JSON for each thing that it got from outside. The file is written when the run has ended. */
export function recordTo(file: string): Recorder {
  return new Recorder((lines) => {
    const texts = lines.map((line) => JSON.stringify(line));
    const text = `${texts.join('\n')}\n`;
    // All lines at once: the encodings of the secrets are made for each text that is looked through.
    const secret = containsSecret(text) ? lines.find((_line, index) => containsSecret(texts[index] ?? '')) : undefined;
    if (secret !== undefined)
      return new KosmoError('SECRET_IN_RECORD', `${file} was not written: the record of ${describeLine(secret)} would hold a secret.`, {
        hint: 'what a secret is encoded in cannot be masked; keep it out of arguments and results',
      });
    try {
      replaceFile(file, text, { mode: 0o644 });
      return undefined;
    } catch (thrown) {
      return new KosmoError('RUN_UNREADABLE', `${file} cannot be written: ${fileReason(thrown)}`, { cause: thrown });
    }
  });
}

/** Repeats the run that a file holds. Throws `RUN_UNREADABLE` for a file that does not hold one. */
export function replay(file: string): Replay {
  const text = read(file);
  const lines = text
    .split('\n')
    .map((line, index) => [line, index + 1] as const)
    .filter(([line]) => line.trim() !== '')
    .map(([line, number]) => parseLine(file, line, number));
  const [first, ...rest] = lines;
  if (first?.k !== 'run') throw unreadable(file, 1, 'it does not begin with the line of a run');
  if (rest.at(-1)?.k !== 'end') throw unreadable(file, lines.length, 'its end is missing');
  return new Replay(first, rest);
}

function read(file: string): string {
  let text: string | undefined;
  try {
    text = readRegularText(file, MAX_BYTES);
  } catch (thrown) {
    throw new KosmoError('RUN_UNREADABLE', `${file} cannot be read: ${fileReason(thrown)}`, { cause: thrown });
  }
  if (text === undefined) throw new KosmoError('RUN_UNREADABLE', `${file} does not exist.`, { hint: 'kosmo run … --record writes it' });
  return text;
}

function parseLine(file: string, text: string, number: number): Line {
  let line: JsonValue;
  try {
    line = JSON.parse(text) as JsonValue;
  } catch {
    throw unreadable(file, number, 'it is not JSON');
  }
  if (!isObject(line) || typeof line.k !== 'string' || !Object.hasOwn(MEMBERS, line.k))
    throw unreadable(file, number, 'its kind is unknown');
  const { k, v } = line as unknown as RunLine;
  if (k === 'run' && v !== FORMAT) throw unreadable(file, number, `it has version ${v}, and this kosmo reads version ${FORMAT}`);
  const missing = MEMBERS[k].find((member) => !Object.hasOwn(line, member));
  if (missing !== undefined) throw unreadable(file, number, `'${missing}' is missing`);
  const isAnswered = Object.hasOwn(line, 'a') || Object.hasOwn(line, 'x');
  if (['ans', 'val'].includes(k) && !isAnswered) throw unreadable(file, number, "'a' or 'x' is missing");
  return line as unknown as Line;
}

function describeLine(line: Line): string {
  return 'f' in line ? `${line.c}, ${line.f},` : `line '${line.k}'`;
}

function unreadable(file: string, line: number, why: string): KosmoError {
  return new KosmoError('RUN_UNREADABLE', `${file}, line ${line}: ${why}.`, { hint: 'record the run again with --record' });
}
