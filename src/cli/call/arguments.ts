import type { JsonValue } from '../../json/index.ts';
import { parameterNames } from '../../schema/index.ts';
import { usage } from '../options/parse-values.ts';
import { parseJson } from './flag-value.ts';
import { type CalledTool, type FlagArgument, readAssignment, readFlag } from './flags.ts';
import { hasPipedStdin, readStdinText } from './stdin.ts';

type Arguments = Readonly<Record<string, JsonValue>>;

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
  let payload: string | undefined;
  const flags = assignments.map((assignment) => readAssignment(assignment, tool));
  const rest = [...words];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === '--') continue;
    if (word.startsWith('--')) flags.push(readFlag(word, rest, tool, ownFlags));
    else if (word.startsWith('-') && word !== '-')
      throw usage(`${word} is no flag`, 'flags of a function begin with two dashes: --cname room');
    else if (payload !== undefined)
      throw usage('more than one JSON payload, or a stray word', 'a value with spaces needs quotes; flags are --name value');
    else payload = word;
  }
  const repeated = flags.find(({ path }, index) => flags.findIndex((other) => other.path.join('.') === path.join('.')) < index);
  if (repeated !== undefined) throw usage(`${repeated.flag} is given twice`);
  const base = await readPayload(payload, flags.length === 0 && parameterNames(tool.input).length > 0);
  // A whole parameter first, then what is inside it.
  return [...flags].sort((a, b) => a.path.length - b.path.length).reduce((all, flag) => setField(all, flag.path, flag), base);
}

async function readPayload(payload: string | undefined, mayBePiped: boolean): Promise<Arguments> {
  if (payload === undefined) {
    const text = mayBePiped && hasPipedStdin() ? await readStdinText() : '';
    return text.trim() === '' ? {} : parsePayload(text);
  }
  if (payload.startsWith('@'))
    throw usage(
      `a payload is no @file: ${payload}`,
      `to read it from a file, give it on stdin: kosmo integrations:call … - < ${payload.slice(1) || 'file.json'}`,
    );
  return parsePayload(payload === '-' ? await readStdinText() : payload);
}

function parsePayload(text: string): Arguments {
  let value: JsonValue;
  let why = '';
  try {
    value = parseJson(text, 'It');
  } catch (thrown) {
    value = null;
    why = ` ${(thrown as Error).message}.`;
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Arguments;
  throw usage(`JSON payload must decode to an object.${why}`, 'write it as \'{"cname":"room"}\', or use flags: --cname room');
}

function setField(all: Arguments, [name = '', ...inner]: readonly string[], { flag, value }: FlagArgument): Arguments {
  if (inner.length === 0) return { ...all, [name]: value };
  const given = Object.hasOwn(all, name) ? (all[name] ?? {}) : {};
  if (typeof given !== 'object' || Array.isArray(given)) throw usage(`${flag}: ${name} is given as something without fields`);
  return { ...all, [name]: setField(given as Arguments, inner, { flag, value, path: inner }) };
}
