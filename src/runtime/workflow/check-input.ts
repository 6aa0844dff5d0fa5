import { isSecretName, KosmoError, rememberSecret } from '../../errors/index.ts';
import { isObject, type JsonObject, type JsonValue, kindOf } from '../../json/index.ts';
import { checkArguments, formatPath, interpretSchema, type JsonSchema, type Problem, type ValuePath } from '../../schema/index.ts';
import type { WorkflowDeclaration } from './declaration.ts';
import { findPlaceholders } from './placeholders.ts';

const MAX_PROBLEMS = 50;

/**
 * Converts and checks the input of a workflow, with its defaults. Remembers its secrets first, so that no message has them. Throws
 * `INVALID_INPUT` with every problem and its path.
 */
export function checkInput({ input: schema, secrets }: WorkflowDeclaration, input: JsonValue): JsonObject {
  const given = Array.isArray(input) && input.length === 0 ? {} : input;
  if (!isObject(given)) throw invalidInput([{ path: 'input', message: `input must be a JSON object, not ${kindOf(given)}.` }]);
  const open = findPlaceholders(given);
  if (open.length > 0)
    throw invalidInput(
      open.map((place) => {
        const path = formatPath(['input', ...place]);
        return { path, message: `${path} still has its placeholder.` };
      }),
      'nothing was called; write a value in place of each "<fill in: …>"',
    );
  rememberSecrets(given, secrets);
  const prepared = prepareInput(schema, given);
  const checked = checkArguments(schema, interpretSchema(schema), [prepared]);
  if (!checked.ok) throw invalidInput(checked.problems.map((problem) => inputProblem(problem, prepared, secrets)));
  rememberSecrets(checked.args, secrets);
  return checked.args;
}

/**
 * Values of a command line as the schema wants them: the text of a number or a boolean becomes one, and a field that is absent gets its
 * default. Everything else is left to the conversion of arguments.
 */
export function prepareInput(schema: JsonSchema, value: JsonValue): JsonValue {
  const { type, properties, items } = schema;
  if (typeof value === 'string') {
    if ((type === 'number' || type === 'integer') && /^\s*-?\d+(?:\.\d+)?(?:e[+-]?\d+)?\s*$/i.test(value)) return Number(value);
    return type === 'boolean' && /^(?:true|false)$/.test(value) ? value === 'true' : value;
  }
  if (Array.isArray(value) && items !== undefined) return (value as readonly JsonValue[]).map((item) => prepareInput(items, item));
  if (!isObject(value) || properties === undefined) return value;
  const fields = Object.entries(value).map(([name, field]): [string, JsonValue] => {
    const property = Object.hasOwn(properties, name) ? properties[name] : undefined;
    return [name, property === undefined ? field : prepareInput(property, field)];
  });
  const absent = Object.entries(properties).flatMap(([name, { default: otherwise }]): [string, JsonValue][] =>
    otherwise === undefined || otherwise === null || (Object.hasOwn(value, name) && value[name] !== null) ? [] : [[name, otherwise]],
  );
  return Object.fromEntries([...fields.filter(([name]) => absent.every(([other]) => other !== name)), ...absent]);
}

const GIVE_INPUT = 'nothing was called; give input with --input @file.json or --arg name=value, and see kosmo run <name> --help';

function invalidInput(problems: readonly Problem[], hint = GIVE_INPUT): KosmoError {
  const shown = problems.slice(0, MAX_PROBLEMS);
  const more = problems.length - shown.length;
  const sentences = [...shown.map(({ message }) => message), ...(more > 0 ? [`${more} further problems were left out.`] : [])];
  return new KosmoError('INVALID_INPUT', sentences.join(' '), {
    hint,
    details: { problems: shown },
  });
}

// The sentences of arguments, which begin with the path or name an unknown parameter, for a place in the input.
function inputProblem({ path, message }: Problem, input: JsonValue, secrets: readonly ValuePath[]): Problem {
  const place = path.startsWith('[') ? `input${path}` : `input.${path}`;
  const predicate = message.startsWith(path) ? message.slice(path.length + 1) : undefined;
  if (predicate === undefined) {
    const [, close] = / did you mean '([^']+)'\?$/.exec(message) ?? [];
    return { path: place, message: `${place} is not declared.${close === undefined ? '' : ` Did you mean ${close}?`}` };
  }
  const isEmpty = (predicate === 'is required.' && valueAt(input, path) !== undefined) || predicate === 'must have at least 1 character.';
  if (isEmpty && typeof valueAt(input, path) === 'string') return { path: place, message: `${place} must not be empty.` };
  const isSecret = secrets.some((secret) => isWithin(path, secret));
  return { path: place, message: `${place} ${isSecret ? predicate.replace(/; write .* without quotes\.$/, '.') : predicate}` };
}

function isWithin(path: string, secret: ValuePath): boolean {
  const parts = partsOf(path);
  return secret.every((part, index) => (typeof part === 'number' ? typeof parts[index] === 'number' : parts[index] === part));
}

function partsOf(path: string): ValuePath {
  return [...path.matchAll(/\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]|([^.[\]]+)/g)].map(([, index, quoted, name]) =>
    index !== undefined ? Number(index) - 1 : (quoted ?? name ?? ''),
  );
}

function valueAt(value: JsonValue, path: string): JsonValue | undefined {
  return partsOf(path).reduce<JsonValue | undefined>((here, part) => {
    if (Array.isArray(here) && typeof part === 'number') return here[part] as JsonValue | undefined;
    return isObject(here) && Object.hasOwn(here, part) ? here[part as string] : undefined;
  }, value);
}

function rememberSecrets(input: JsonObject, secrets: readonly ValuePath[]): void {
  for (const path of secrets) visit(input, path);
}

function visit(value: JsonValue | undefined, [part, ...rest]: ValuePath): void {
  if (value === undefined || value === null) return;
  if (part === undefined) remember(value);
  else if (typeof part === 'number') {
    if (Array.isArray(value)) for (const item of value as readonly JsonValue[]) visit(item, rest);
  } else if (isObject(value)) visit(Object.hasOwn(value, part) ? value[part] : undefined, rest);
}

// A secret table often has harmless texts as well, such as a prefix of file names: if some of its fields have names of secrets, only those
// are secret. Otherwise every text in it is.
function remember(value: JsonValue): void {
  if (typeof value === 'string' || typeof value === 'number') {
    rememberSecret(String(value));
    // JSON of a command line.
    const parsed = typeof value === 'string' && /^\s*[[{]/.test(value) ? parseOr(value) : undefined;
    if (parsed !== undefined) remember(parsed);
  } else if (Array.isArray(value)) for (const item of value as readonly JsonValue[]) remember(item);
  else if (isObject(value)) {
    const named = namedSecrets(value);
    for (const field of named.length === 0 ? Object.values(value) : named) remember(field);
  }
}

function namedSecrets(value: JsonObject): readonly JsonValue[] {
  return Object.entries(value).flatMap(([name, field]) => {
    if (isSecretName(name, typeof field === 'object')) return [field];
    return isObject(field) ? namedSecrets(field) : [];
  });
}

function parseOr(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}
