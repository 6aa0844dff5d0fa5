import { exceedsDepth, type JsonValue, parseJsonExactly } from '../../json/index.ts';
import { type EffectiveSchema, fitsSchema, typesOf } from '../../schema/index.ts';
import { jsonPlace, readTextFile, usage } from '../options/parse-values.ts';

/** The schema of a parameter, or the name of its documented type. Undefined: nothing is known. */
export type FlagType = EffectiveSchema | string | undefined;

/**
 * The value that a flag's text stands for, by the type of its parameter. Text that does not fit the type is passed on as it is: the check
 * of the arguments says what is wrong with it. If the parameter has several types, a text that is valid stays a text. Without a type, `true`,
 * `false`, an object, a list, a text in double quotes and a number in its shortest spelling are JSON; all else, `007` and `1e5` too, is text.
 * Throws `USAGE`.
 */
export function readFlagValue(flag: string, text: string, schema: FlagType): JsonValue {
  const types = typeof schema === 'string' ? [schema] : schema && typesOf(schema);
  const [only, another] = types ?? [];
  if (typeof schema !== 'object' || types === undefined || another === undefined) return readAs(flag, text, only);
  const values = [text, ...types.flatMap((type) => (type === 'string' ? [] : readOptionally(flag, text, type)))];
  return values.find((value) => fitsSchema(schema, value)) ?? text;
}

function readOptionally(flag: string, text: string, type: string): readonly JsonValue[] {
  try {
    return [readAs(flag, text, type)];
  } catch (thrown) {
    if (text.startsWith('@')) throw thrown;
    return [];
  }
}

function readAs(flag: string, text: string, type: string | undefined): JsonValue {
  switch (type) {
    case 'string':
      return text;
    case 'boolean':
      return text === 'true' || text === 'false' ? text === 'true' : text;
    case 'integer':
    case 'number':
      return /^-?\d+(?:\.\d+)?$/.test(text) && Math.abs(Number(text)) <= Number.MAX_SAFE_INTEGER ? Number(text) : text;
    case 'object':
    case 'array':
      return text.startsWith('@') ? parseJson(readTextFile(text.slice(1), 'file'), `the file ${text.slice(1)}`) : parseJson(text, flag);
    default:
      return guess(text);
  }
}

function guess(text: string): JsonValue {
  if (text === 'true' || text === 'false') return text === 'true';
  if (String(Number(text)) === text && Number.isFinite(Number(text))) return Number(text);
  if (!/^["{[]/.test(text)) return text;
  try {
    return parseJson(text, '');
  } catch {
    return text;
  }
}

/** Levels that arguments can have. */
const MAX_DEPTH = 100;

/** JSON text of a command line. Throws `USAGE` with the place, and nothing of the text, which may hold secrets. */
export function parseJson(text: string, what: string): JsonValue {
  let problem = `: nested more than ${MAX_DEPTH} levels deep`;
  try {
    const value = parseJsonExactly(text);
    if (!exceedsDepth(MAX_DEPTH, value)) return value;
  } catch (thrown) {
    problem = jsonPlace(thrown, text);
  }
  throw usage(
    `${what} is not valid JSON${problem}`,
    what.startsWith('--') ? `to read it from a file, write ${what} @file.json` : undefined,
  );
}
