import { isSecretName, rememberSecretName } from '../../../errors/index.ts';
import type { ValidationResult } from '../../../integration/index.ts';
import { isObject, type JsonObject, type JsonValue } from '../../../json/index.ts';
import { type Problem, shorten, skipIfUnknown, suggest } from '../../../schema/index.ts';
import type { AgoraEndpoint } from '../api/endpoints.ts';
import type { FieldSchema, Mode } from './schema.ts';

/** Which parameter of a tool goes into `clientRequest`, and under which name. */
export type WireNames = Readonly<Record<string, string>>;

/** A call that has a `clientRequest`: its endpoint, the names of its parameters there, and its rules. */
export interface RequestShape {
  readonly action: AgoraEndpoint;
  readonly wireNames: WireNames;
  readonly schema: FieldSchema;
  readonly rules: readonly Rule[];
}

/** A field of `clientRequest`, with its path as the script writes it. */
interface LocatedValue {
  readonly value: JsonValue;
  readonly path: string;
}

/**
 * A rule between fields, or one that a schema cannot express. It reports a problem if Agora documents a refusal or the recording would
 * certainly be lost. Otherwise it reports a warning that names the source.
 */
export type Rule = (request: Request, report: Report) => void;

export interface Request {
  readonly mode: Mode | undefined;
  readonly args: JsonObject;
  /** The value at a path of wire names; undefined if it is missing or the mode ignores it. */
  readonly at: (...path: readonly string[]) => LocatedValue | undefined;
  /** The path of the script for a path of wire names. */
  readonly pathOf: (...path: readonly string[]) => string;
}

export interface Report {
  readonly problem: (path: string, message: string) => void;
  readonly warning: (path: string, message: string) => void;
  /** A warning about a name that is nearly a documented one. */
  readonly misspelt: (path: string, message: string) => void;
}

/**
 * Checks the arguments of a call that becomes a `clientRequest`: each field by its schema and the mode, then the rules. Returns all
 * findings, with paths of the script.
 */
export function validateRequest(args: JsonObject, { wireNames, schema, rules }: RequestShape): ValidationResult {
  const problems: Problem[] = [];
  const warnings: string[] = [];
  const misspelt: Problem[] = [];
  const report: Report = {
    problem: (path, message) => problems.push({ path, message: `${path} ${message}` }),
    warning: (path, message) => warnings.push(`${path} ${message}`),
    misspelt(path, message) {
      report.warning(path, message);
      misspelt.push({ path, message: `${path} ${message}` });
    },
  };
  const parameters = new Map(Object.entries(wireNames).map(([parameter, name]) => [name, parameter]));
  const clientRequest = (): JsonObject => (args.client_request ?? {}) as JsonObject;
  const find = (name: string): LocatedValue | undefined => {
    const parameter = parameters.get(name);
    const value = parameter === undefined ? undefined : args[parameter];
    if (parameter !== undefined && value !== undefined) return { value, path: parameter };
    const field = Object.hasOwn(clientRequest(), name) ? clientRequest()[name] : undefined;
    return field === undefined ? undefined : { value: field, path: `client_request.${name}` };
  };
  const request: Request = {
    get mode() {
      return args.mode as Mode | undefined;
    },
    args,
    at: (...path) => descend(find(path[0] ?? ''), schema, path, request),
    pathOf: (first = '', ...rest) => [find(first)?.path ?? parameters.get(first) ?? `client_request.${first}`, ...rest].join('.'),
  };
  const check = createFieldCheck(request, report);
  skipIfUnknown(() => {
    for (const name of Object.keys(clientRequest())) {
      if (!parameters.has(name)) check(schema, name, clientRequest(), `client_request.${name}`);
    }
  });
  for (const name of parameters.keys()) {
    skipIfUnknown(() => {
      const placed = find(name);
      if (placed !== undefined) check(schema, name, { [name]: placed.value }, placed.path);
    });
  }
  for (const rule of rules) skipIfUnknown(() => rule(request, report));
  return { problems, warnings, misspelt };
}

function descend(from: LocatedValue | undefined, schema: FieldSchema, path: readonly string[], request: Request): LocatedValue | undefined {
  let placed = from;
  let here: FieldSchema | undefined = schema;
  for (const [depth, name] of path.entries()) {
    here = here?.fields?.[name];
    if (depth > 0) {
      if (placed === undefined || !isObject(placed.value)) return undefined;
      const value: JsonValue | undefined = placed.value[name];
      placed = value === undefined || value === null ? undefined : { value, path: `${placed.path}.${name}` };
    }
    if (placed !== undefined && here !== undefined && isIgnored(here, placed.value, request.mode)) return undefined;
  }
  return placed;
}

function isIgnored({ modes, neutral }: FieldSchema, value: JsonValue, mode: Mode | undefined): boolean {
  return modes !== undefined && mode !== undefined && !modes.includes(mode) && (neutral === undefined || value !== neutral);
}

type FieldCheck = (parent: FieldSchema, name: string, owner: JsonObject, path: string) => void;

/** Checks a field, and every field and item below it, by the schema. */
function createFieldCheck(request: Request, report: Report): FieldCheck {
  // The name is judged before the value is read, which may not be known.
  const checkMember: FieldCheck = ({ fields }, name, owner, path) => {
    if (fields === undefined) return;
    const schema = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (schema === undefined) {
      const [close] = suggest(name, Object.keys(fields), 1);
      const undocumented = 'is not documented by Agora, which ignores what it does not know.';
      if (close !== undefined && isSecretName(close)) rememberSecretName(name);
      if (close === undefined) report.warning(path, undocumented);
      else report.misspelt(path, `${undocumented} Did you mean ${close}?`);
      return;
    }
    const mode = schema.modes === undefined ? undefined : request.mode;
    const value = (): JsonValue => owner[name] as JsonValue;
    if (
      mode !== undefined &&
      schema.modes?.includes(mode) === false &&
      (schema.neutral === undefined || isIgnored(schema, value(), mode))
    ) {
      const only = `is for mode ${schema.modes.join(' and ')}`;
      if (schema.elsewhere === 'refused') report.problem(path, `${only}, not for ${mode}.`);
      else report.warning(path, `${only}; Agora ignores it in mode ${mode} (Agora's reference, EN and zh).`);
      return;
    }
    checkValue(schema, value(), path);
  };

  const checkValue = (schema: FieldSchema, value: JsonValue, path: string): void => {
    if (value === null) return;
    const refusal = refuseType(schema, value);
    if (refusal !== undefined) {
      report.problem(path, refusal);
      return;
    }
    if (schema.type === 'string' && typeof value === 'number' && schema.pattern === undefined)
      report.warning(path, "is text in Agora's reference; the number is sent as text.");
    checkListed(schema, schema.type === 'string' ? String(value) : value, path, report);
    if (typeof value === 'number' && schema.type !== 'string') checkRange(schema, value, path, report);
    if (schema.pattern !== undefined && !schema.pattern.test(String(value))) report.problem(path, `must be ${schema.pattern.means}.`);
    if (Array.isArray(value)) checkItems(schema, value, path);
    else if (isObject(value)) checkFields(schema, value, path);
  };

  const checkItems = ({ items, maxItems: itemsAtMost }: FieldSchema, list: readonly JsonValue[], path: string): void => {
    if (itemsAtMost !== undefined && list.length > itemsAtMost) report.problem(path, `must have at most ${itemsAtMost} items.`);
    if (items === undefined) return;
    for (const index of list.keys()) skipIfUnknown(() => checkValue(items, list[index] as JsonValue, `${path}[${index + 1}]`));
  };

  const checkFields = (schema: FieldSchema, object: JsonObject, path: string): void => {
    const isMissing = (name: string): boolean => object[name] === undefined || object[name] === null;
    for (const name of schema.required ?? []) {
      skipIfUnknown(() => {
        if (isMissing(name)) report.problem(`${path}.${name}`, 'is required.');
      });
    }
    for (const name of schema.wanted?.fields ?? []) {
      skipIfUnknown(() => {
        if (isMissing(name)) report.warning(`${path}.${name}`, `is missing (${schema.wanted?.source}).`);
      });
    }
    for (const name of Object.keys(object)) skipIfUnknown(() => checkMember(schema, name, object, `${path}.${name}`));
  };

  return checkMember;
}

function checkListed({ values, mayGrow: growing }: FieldSchema, value: JsonValue, path: string, report: Report): void {
  if (values === undefined || values.includes(value as string | number)) return;
  const listed = values.map((known) => (known === '' ? '""' : known)).join(', ');
  if (growing === undefined) {
    report.problem(path, `must be one of ${listed}.`);
    return;
  }
  const [close] = typeof value === 'string' ? suggest(value, values.map(String), 1) : nearest(Number(value), values);
  const hint = close === undefined ? '' : ` Did you mean ${close}?`;
  report.warning(path, `is not one of the values that Agora documents: ${listed} (${growing}).${hint}`);
}

function nearest(value: number, values: readonly (string | number)[]): readonly number[] {
  return values.map(Number).sort((a, b) => Math.abs(a - value) - Math.abs(b - value));
}

function checkRange({ minimum: least, maximum: most, usual }: FieldSchema, value: number, path: string, report: Report): void {
  if (least !== undefined && value < least) report.problem(path, `must be at least ${least}.`);
  else if (most !== undefined && value > most) report.problem(path, `must be at most ${most}.`);
  else if (usual !== undefined && (value < (usual.minimum ?? value) || value > (usual.maximum ?? value)))
    report.warning(path, `is ${value}; Agora's pages disagree: ${usual.source}.`);
}

const KINDS = {
  string: 'text',
  integer: 'an integer',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a table of fields',
} as const;

/** The sentence for a value of another type, with what to write in its place; undefined for a value that fits. */
function refuseType({ type, items }: FieldSchema, value: JsonValue): string | undefined {
  if (hasType(type, value)) return undefined;
  if (type === 'string' && typeof value === 'number')
    return Number.isInteger(value)
      ? 'has more digits than a number can hold exactly; write it in quotes.'
      : 'must be text; write it in quotes.';
  const must = `must be ${KINDS[type]}`;
  if ((type === 'integer' || type === 'number') && typeof value === 'string' && /^-?\d{1,15}(\.\d{1,15})?$/.test(value))
    return `${must}; write ${value} without quotes.`;
  if (type === 'boolean' && (value === 'true' || value === 'false')) return `${must}; write ${value} without quotes.`;
  if (type !== 'array') return `${must}.`;
  if (items?.type === 'string' && (typeof value === 'string' || typeof value === 'number'))
    return `${must}; write {${JSON.stringify(shorten(String(value)))}}.`;
  if (items?.type === 'object' && isObject(value)) return `${must} of tables; write {{…}} for one.`;
  return `${must}; an empty one is json.array().`;
}

function hasType(kind: FieldSchema['type'], value: JsonValue): boolean {
  switch (kind) {
    case 'integer':
      return Number.isInteger(value);
    // A whole number stands for its digits.
    case 'string':
      return typeof value === 'string' || Number.isSafeInteger(value);
    // An empty Lua table does not say which of the two it is.
    case 'array':
      return Array.isArray(value) || isEmptyObject(value);
    case 'object':
      return isObject(value) || (Array.isArray(value) && value.length === 0);
    // The other kinds are named as JavaScript names them.
    default: {
      const name: string = typeof value;
      return name === kind;
    }
  }
}

function isEmptyObject(value: JsonValue): boolean {
  return isObject(value) && Object.keys(value).length === 0;
}
