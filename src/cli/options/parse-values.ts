import { existsSync, readFileSync } from 'node:fs';
import { KosmoError } from '../../errors/index.ts';
import { exceedsDepth, HALF_PAIR, type JsonValue, parseJsonExactly } from '../../json/index.ts';
import { streams } from '../terminal/streams.ts';

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  k: 1024,
  kb: 1000,
  kib: 1024,
  m: 1024 ** 2,
  mb: 1000 ** 2,
  mib: 1024 ** 2,
  g: 1024 ** 3,
  gb: 1000 ** 3,
  gib: 1024 ** 3,
};

/** `67108864`, `64MiB`, `64MB`, `64m` → bytes. Throws `USAGE`. */
export function parseSize(flag: string, text: string): number {
  const [, digits, unit = ''] = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text.trim()) ?? [];
  const factor = UNITS[unit.toLowerCase()];
  const size = digits === undefined || factor === undefined ? 0 : Math.floor(Number(digits) * factor);
  if (size > 0) return size;
  throw usage(`${flag} takes a size such as 64MiB or 67108864, not '${text}'`);
}

/** With less a script of a few lines does not run. */
const MIN_MEMORY_BYTES = 1000 ** 2;

/** The memory limit of a script: a size that this process can hold. Throws `USAGE`. */
export function parseMemoryLimit(text: string): number {
  const size = parseSize('--memory-limit', text);
  if (size < MIN_MEMORY_BYTES) {
    const number = Number.parseFloat(text);
    const meant = number >= 1 && number <= 4096 ? `did you mean ${number}MiB?` : 'write it as 64MiB';
    throw usage(`--memory-limit must be at least 1MB, not '${text}' (${size} bytes)`, meant);
  }
  const most = Math.floor(process.getBuiltinModule('node:v8').getHeapStatistics().heap_size_limit * 0.7);
  if (size <= most) return size;
  throw usage(
    `--memory-limit can be ${Math.floor(most / 1024 ** 2)}MiB at most in this process, not '${text}'`,
    'give Node more with NODE_OPTIONS=--max-old-space-size=<MiB>',
  );
}

/** Seconds, also fractions → milliseconds. Throws `USAGE`. */
export function parseSeconds(flag: string, text: string): number {
  const seconds = /^\d+(?:\.\d+)?$/.test(text.trim()) ? Number(text) : 0;
  if (seconds >= MIN_SECONDS && seconds <= MAX_SECONDS) return seconds * 1000;
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)\s*(ms|s|sec|m|min|h)$/i.exec(text.trim()) ?? [];
  const meant = Number(number) * (SECONDS[unit.toLowerCase()] ?? 0);
  throw usage(
    `${flag} takes a number of seconds from ${MIN_SECONDS} to ${MAX_SECONDS}, not '${text}'`,
    meant > 0 ? `did you mean ${flag} ${meant}?` : undefined,
  );
}

const SECONDS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, sec: 1, m: 60, min: 60, h: 3600 };

/** A shorter time ends before anything has begun. */
const MIN_SECONDS = 0.001;

/** What fits a timer of 32-bit milliseconds. */
const MAX_SECONDS = 2_147_483;

/** The global `input`: `--input` (JSON text or `@file`), with each `--arg key=value` set as a string. Throws `USAGE`. */
export function parseInput(input: string | undefined, args: readonly string[]): JsonValue {
  const base = input === undefined ? {} : parseJson('--input', input);
  if (args.length === 0) return base;
  if (typeof base !== 'object' || base === null || Array.isArray(base)) throw usage('--arg needs an --input that is a JSON object');
  return { ...base, ...Object.fromEntries(args.map(parseAssignment)) };
}

function parseAssignment(assignment: string): [string, string] {
  const at = assignment.indexOf('=');
  if (at < 1) throw usage(`--arg takes key=value, not '${assignment}'`);
  return [assignment.slice(0, at), assignment.slice(at + 1)];
}

/** Levels that a Lua value can have on its way in and out. */
const MAX_INPUT_DEPTH = 500;

function parseJson(flag: string, text: string): JsonValue {
  const source = text.startsWith('@') ? readTextFile(text.slice(1), `${flag} file`) : text;
  let problem = `: nested more than ${MAX_INPUT_DEPTH} levels deep`;
  try {
    const value = parseJsonExactly(source);
    if (!exceedsDepth(MAX_INPUT_DEPTH, value)) return value;
  } catch (thrown) {
    problem = jsonPlace(thrown, source);
  }
  if (text.startsWith('@')) throw usage(`${flag} is not valid JSON${problem}`, `fix ${text.slice(1)}`);
  const isFile = existsSync(text);
  throw usage(
    `${flag} is not valid JSON${problem}`,
    isFile ? `to read the file, write ${flag} @${text}` : `write it as ${flag} '{"cname":"room"}', or ${flag} @file.json`,
  );
}

/** Of what the JSON parser threw, which quotes the text, only the place. */
export function jsonPlace(thrown: unknown, text: string): string {
  const { message } = thrown as Error;
  const [, position] = /at position (\d+)/.exec(message) ?? [];
  if (position === undefined) return /unexpected end/i.test(message) ? ': it ends too early' : '';
  const before = text.slice(0, Number(position)).split('\n');
  const reason = message.startsWith(HALF_PAIR) ? `: ${HALF_PAIR}` : '';
  return `: line ${before.length}, column ${(before.at(-1) ?? '').length + 1}${reason}`;
}

/** The text of a file that a command line names. Throws `USAGE` that says why it cannot be read. */
export function readTextFile(file: string, what: string): string {
  return readFile(file, what)
    .toString('utf8')
    .replace(/^\ufeff/, '');
}

const READ_HINTS: Readonly<Record<string, () => string>> = {
  ENOENT: () => `a path begins in the folder that you are in, ${process.cwd()}`,
  EISDIR: () => 'name a file in it',
};

/** The bytes of a file that a command line names. Throws `USAGE` that says why it cannot be read. */
export function readFile(file: string, what: string): Buffer {
  try {
    return readFileSync(file);
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'not found' : code === 'EISDIR' ? 'is a directory' : `cannot be read (${code})`;
    throw usage(`${what} ${why}: ${file}`, READ_HINTS[code ?? '']?.() ?? 'look at the permissions of the file');
  }
}

/** All bytes of stdin. */
export async function readStdin(): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of streams().stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

export function usage(message: string, hint?: string): KosmoError {
  return new KosmoError('USAGE', message, hint === undefined ? {} : { hint });
}
