import type { JsonValue } from '../../json/index.ts';
import { parameterNames, readParameters, shorten } from '../../schema/index.ts';
import { usage } from '../options/parse-values.ts';
import { parseJson } from './flag-value.ts';
import { type CalledTool, type FlagArgument, readAssignment, readFlag } from './flags.ts';
import { isFunctionForm, readFunctionForm } from './function-form.ts';
import { hasPipedStdin, readStdinText } from './stdin.ts';

type Arguments = Readonly<Record<string, JsonValue>>;

/** The words of a call: its flags, and the payload as it was written. */
export interface CallWords {
  readonly flags: readonly FlagArgument[];
  readonly payload: string | undefined;
  /** Values in parentheses were among them: `(message: "hi")`, or none: `()`. */
  readonly hasFunctionForm: boolean;
}

/**
 * The arguments of a call from the words of a command line, without kosmo's own options (`ownFlags`), and of `--arg` assignments: one JSON
 * object as payload, `-` for one on stdin, and flags, which win. Stdin is also read when there is nothing else, something is piped in, and
 * the function has parameters. Throws `USAGE`.
 */
export async function readCallArguments(
  words: readonly string[],
  assignments: readonly string[],
  tool: CalledTool,
  ownFlags: readonly string[],
): Promise<Arguments> {
  const { flags, payload, hasFunctionForm } = readCallWords(words, assignments, tool, ownFlags);
  const isAlone = flags.length === 0 && !hasFunctionForm;
  return setFlags(await readPayload(payload, tool, isAlone && parameterNames(tool.input).length > 0), flags);
}

/** Reads the words of a call, without what is in files and stdin. Throws `USAGE`. */
export function readCallWords(
  words: readonly string[],
  assignments: readonly string[],
  tool: CalledTool,
  ownFlags: readonly string[],
): CallWords {
  let payload: string | undefined;
  const flags = assignments.map((assignment) => readAssignment(assignment, tool));
  const rest = [...words];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === '--') continue;
    if (word.startsWith('--')) flags.push(readFlag(word, rest, tool, ownFlags));
    else if (ASSIGNMENT.test(word)) flags.push(readFlag(`--${word}`, [], tool, ownFlags));
    else if (isFunctionForm(word)) flags.push(...readFunctionForm(word, tool));
    else if (word.startsWith('-') && word !== '-')
      throw usage(`${word} is no flag`, `flags of a ${tool.noun ?? 'function'} begin with two dashes: --cname room`);
    else if (payload !== undefined)
      throw usage('more than one JSON payload, or a stray word', `a value with spaces needs quotes; ${strayHint(word, tool)}`);
    else payload = word;
  }
  const repeated = flags.find(({ path }, index) => flags.findIndex((other) => other.path.join('.') === path.join('.')) < index);
  if (repeated !== undefined) throw usage(`${repeated.flag} is given twice`);
  return { flags, payload, hasFunctionForm: words.some(isFunctionForm) };
}

/** Sets flags in arguments: a whole parameter first, then what is inside it. Throws `USAGE`. */
export function setFlags(base: Arguments, flags: readonly FlagArgument[]): Arguments {
  return [...flags].sort((a, b) => a.path.length - b.path.length).reduce((all, flag) => setField(all, flag.path, flag), base);
}

async function readPayload(payload: string | undefined, tool: CalledTool, mayBePiped: boolean): Promise<Arguments> {
  if (payload === undefined) {
    const text = mayBePiped && hasPipedStdin() ? await readStdinText() : '';
    return text.trim() === '' ? {} : parsePayload(text, tool);
  }
  if (payload.startsWith('@'))
    throw usage(
      `a payload is no @file: ${payload}`,
      `to read it from a file, give it on stdin: kosmo integrations:call … - < ${payload.slice(1) || 'file.json'}`,
    );
  if (payload === '-') return parsePayload(await readStdinText(), tool);
  return parsePayload(payload, tool, /^\s*[[{"]/.test(payload) ? undefined : strayHint(payload, tool));
}

function parsePayload(text: string, tool: CalledTool, hint = payloadHint(tool)): Arguments {
  let value: JsonValue;
  let why = '';
  try {
    value = parseJson(text, 'It');
  } catch (thrown) {
    value = null;
    why = ` ${(thrown as Error).message}.`;
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Arguments;
  throw usage(`JSON payload must decode to an object.${why}`, hint);
}

/** `key=value`, which is a flag without its dashes. */
const ASSIGNMENT = /^[A-Za-z_][\w.-]*=/;

function payloadHint({ input }: CalledTool): string {
  const [name] = exampleParameters(input);
  return name === undefined
    ? 'the function takes no parameters'
    : `write it as '{"${name}":…}', or use flags: --${name.replaceAll('_', '-')} …`;
}

/** A hint for a word that is not a flag: it may be the value of a parameter whose name was left out. */
export function strayHint(word: string, { input, noun = 'function' }: CalledTool): string {
  const flags = exampleParameters(input).map((name) => `--${name.replaceAll('_', '-')}`);
  const [first, ...others] = flags;
  if (first === undefined) return `the ${noun} takes no parameters`;
  const value = /^[\w.:/@%+-]+$/.test(word) ? shorten(word) : `'…'`;
  return `did you mean ${first} ${value}?${others.length === 0 ? '' : ` There are ${flags.join(', ')}`}`;
}

// Required parameters first.
function exampleParameters(input: CalledTool['input']): readonly string[] {
  const parameters = readParameters(input);
  return [...parameters.filter(({ required }) => required), ...parameters.filter(({ required }) => !required)].map(({ name }) => name);
}

function setField(all: Arguments, [name = '', ...inner]: readonly string[], { flag, value }: FlagArgument): Arguments {
  if (inner.length === 0) return { ...all, [name]: value };
  const given = Object.hasOwn(all, name) ? (all[name] ?? {}) : {};
  if (typeof given !== 'object' || Array.isArray(given)) throw usage(`${flag}: ${name} is given as something without fields`);
  return { ...all, [name]: setField(given as Arguments, inner, { flag, value, path: inner }) };
}
