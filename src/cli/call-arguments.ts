import type { JsonSchema, ObjectSchema } from '../catalog/index.ts';
import { type JsonValue, parseJsonExactly } from '../json/index.ts';
import { readStdin, readTextFile, usage } from './values.ts';

/**
 * The arguments of a call from the words of a command line: one JSON object as payload (`-` reads it from stdin), then flags of the
 * tool's parameters, which win. `--uid 5`, `--uid=5` and, for booleans, a bare `--async-stop`; `@file` reads an object or array from a
 * file. What a flag's text means is up to the parameter's type. Throws `USAGE`.
 */
export async function readCallArguments(words: readonly string[], input: ObjectSchema): Promise<Record<string, JsonValue>> {
  let payload: Record<string, JsonValue> = {};
  const flags: [string, JsonValue][] = [];
  const rest = [...words];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word.startsWith('--') && word.length > 2) flags.push(readFlag(word.slice(2), rest, input));
    else if (word !== '--') payload = { ...payload, ...(await readPayload(word)) };
  }
  return { ...payload, ...Object.fromEntries(flags) };
}

function readFlag(flag: string, rest: string[], input: ObjectSchema): [string, JsonValue] {
  const at = flag.indexOf('=');
  const name = (at === -1 ? flag : flag.slice(0, at)).replaceAll('-', '_');
  const schema = Object.hasOwn(input.properties, name) ? input.properties[name] : undefined;
  if (at !== -1) return [name, readFlagValue(flag.slice(at + 1), schema)];
  const next = rest[0];
  const isBare = next === undefined || next.startsWith('--') || (schema?.type === 'boolean' && next !== 'true' && next !== 'false');
  if (!isBare) return [name, readFlagValue(rest.shift() ?? '', schema)];
  if (schema !== undefined && schema.type !== 'boolean') throw usage(`--${flag} needs a value`);
  return [name, true];
}

// Text that does not fit the type is passed on as it is: the check of the arguments says what is wrong with it.
function readFlagValue(text: string, schema: JsonSchema | undefined): JsonValue {
  const type = schema?.type;
  if ((type === 'object' || type === 'array') && text.startsWith('@')) return readTextFile(text.slice(1), 'file');
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  if ((type === 'integer' || type === 'number') && /^-?\d+(?:\.\d+)?$/.test(text)) return Number(text);
  return text;
}

async function readPayload(word: string): Promise<Record<string, JsonValue>> {
  const text = word === '-' ? (await readStdin()).toString('utf8') : word;
  let value: unknown;
  try {
    value = parseJsonExactly(text);
  } catch {
    value = undefined;
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, JsonValue>;
  throw usage('JSON payload must decode to an object.', 'write it as \'{"cname":"room"}\', or use flags: --cname room');
}
