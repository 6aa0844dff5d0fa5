import type { JsonValue } from '../../json/index.ts';
import { type EffectiveSchema, type ObjectSchema, parameterNames, readSchema, shorten, suggest, typesOf } from '../../schema/index.ts';
import { usage } from '../options/parse-values.ts';
import { type FlagType, readFlagValue } from './flag-value.ts';

/** A function as far as its flags need to know it. */
export interface CalledTool {
  readonly input: ObjectSchema;
  /** What is documented of fields inside parameters, by path: `recording_config.maxIdleTime`. */
  readonly fields?: readonly { readonly path: string; readonly type: string }[];
  /** What it is, in messages. @default 'function' */
  readonly noun?: string;
  /** Reads the text of a value from where the word says, such as a file; undefined if the word is the text. @default undefined */
  readonly readText?: (path: readonly string[], word: string, type: string | undefined) => string | undefined;
}

/** One argument from a flag: `--recording-config.maxIdleTime=60` sets the second field of the path. */
export interface FlagArgument {
  /** As it was written, without its value. */
  readonly flag: string;
  readonly path: readonly string[];
  readonly value: JsonValue;
}

/** Reads the flag `word` (`--name`, `--name=value`), which takes its value from the front of `rest` where it needs one. Throws `USAGE`. */
export function readFlag(word: string, rest: string[], tool: CalledTool, ownFlags: readonly string[]): FlagArgument {
  const [flag = ''] = word.split('=', 1);
  const path = locate(flag.slice(2), tool.input) ?? refuse(flag, tool, ownFlags);
  const type = typeAt(path, tool, flag);
  const read = (given: string): JsonValue => {
    const [known] = types(type);
    const text = tool.readText?.(path, given, known);
    // A secret whose type is not known is a text, also if it looks like a number.
    return text !== undefined && known === undefined ? text : readFlagValue(flag, text ?? given, type);
  };
  if (word.length > flag.length) return { flag, path, value: read(word.slice(flag.length + 1)) };
  const [next] = rest;
  if (types(type).join() === 'boolean' && next !== 'true' && next !== 'false') return { flag, path, value: true };
  if (next === undefined || next.startsWith('--')) {
    throw usage(`${flag} needs a value`, next === undefined ? undefined : `if the value begins with --, write ${flag}=${shorten(next)}`);
  }
  rest.shift();
  return { flag, path, value: read(next) };
}

/** Reads `key=value` of `--arg`: the same as `--key=value`, also for a key that is an option of kosmo's. Throws `USAGE`. */
export function readAssignment(assignment: string, tool: CalledTool): FlagArgument {
  if (!/^[^=]+=/.test(assignment)) throw usage('--arg values must use key=value syntax.', 'for example --arg cname=room');
  return readFlag(`--${assignment}`, [], tool, []);
}

// A name as it stands, with `_` for `-`, or the first part of a dotted one. What is inside a parameter keeps its spelling.
function locate(name: string, input: ObjectSchema): readonly string[] | undefined {
  const plain = [name, name.replaceAll('-', '_')].find((candidate) => parameterNames(input).includes(candidate));
  if (plain !== undefined) return [plain];
  const [first = '', ...fields] = name.split('.');
  const parameter = fields.length === 0 || fields.includes('') ? undefined : locate(first, input);
  return parameter === undefined ? undefined : [...parameter, ...fields];
}

function refuse(flag: string, { input, noun = 'function' }: CalledTool, ownFlags: readonly string[]): never {
  const parameters = parameterNames(input).map((name) => `--${name.replaceAll('_', '-')}`);
  const [first = '', ...fields] = flag.split('.');
  const close = suggest(
    first.slice(2),
    [...parameters, ...ownFlags].map((candidate) => candidate.slice(2)),
  );
  const meant = close.map((name) => [`--${name}`, ...fields].join('.')).join(', ');
  const hint = parameters.length === 0 ? `the ${noun} takes no parameters` : `there are ${parameters.join(', ')}`;
  throw usage(`unknown flag ${shorten(flag)}${meant === '' ? '' : `; did you mean ${meant}?`}`, hint);
}

// Of fields that no schema has, the documentation may know the type.
function typeAt(path: readonly string[], { input, fields = [] }: CalledTool, flag: string): FlagType {
  let schema: EffectiveSchema | undefined = readSchema(input);
  let type: FlagType = schema;
  for (const [index, name] of path.entries()) {
    const found = types(type);
    if (found.length > 0 && !found.includes('object'))
      throw usage(
        `${flag}: ${path.slice(0, index).join('.')} is ${found.includes('array') ? 'a list: give it whole, as JSON' : `a ${found.join(' or ')}, without fields`}`,
      );
    schema = schema?.branches.map((branch) => branch.property(name)).find((property) => property !== undefined);
    type = schema;
    if (schema !== undefined && typesOf(schema) !== undefined) continue;
    const documented = fields.find((field) => field.path === path.slice(0, index + 1).join('.'));
    if (documented !== undefined) type = documented.type;
  }
  return type;
}

function types(type: FlagType): readonly string[] {
  return typeof type === 'string' ? [type] : ((type && typesOf(type)) ?? []);
}
