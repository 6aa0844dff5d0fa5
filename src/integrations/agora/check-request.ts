import { type Findings, type Problem, suggest, whereKnown } from '../../catalog/index.ts';
import { isSecretName, redactJson, rememberSecretName } from '../../errors/index.ts';
import type { JsonValue } from '../../json/index.ts';
import type { WireNames } from './build-client-request.ts';
import type { FieldSchema, Mode } from './request-schema.ts';

type JsonObject = Readonly<Record<string, JsonValue>>;

/** A field of `clientRequest`, and how the script wrote the place. */
interface Placed {
  readonly value: JsonValue;
  readonly path: string;
}

/** A rule between fields, or one that a schema cannot say: reports what is certainly wrong, or warns of what is doubtful. */
export type Rule = (request: Request, report: Report) => void;

export interface Request {
  readonly mode: Mode | undefined;
  readonly args: JsonObject;
  /** The value at a path of wire names, and how the script wrote it; undefined where there is none. */
  readonly at: (...path: readonly string[]) => Placed | undefined;
  /** How the script writes, or would write, what is at a path of wire names. */
  readonly nameOf: (...path: readonly string[]) => string;
}

export interface Report {
  readonly problem: (path: string, message: string) => void;
  readonly warning: (path: string, message: string) => void;
  /** A warning about a name that is nearly a documented one. */
  readonly misspelt: (path: string, message: string) => void;
}

/**
 * Checks the arguments of a call that becomes a `clientRequest`: each field by its schema and the mode, then the rules. Everything that is
 * found is returned; paths are those of the script.
 */
export function checkRequest(args: JsonObject, wireNames: WireNames, schema: FieldSchema, rules: readonly Rule[]): Findings {
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
  const find = (name: string): Placed | undefined => {
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
    at: (first = '', ...rest) => descend(find(first), rest),
    nameOf: (first = '', ...rest) => [find(first)?.path ?? parameters.get(first) ?? `client_request.${first}`, ...rest].join('.'),
  };
  whereKnown(() => {
    for (const name of Object.keys(clientRequest())) {
      if (!parameters.has(name)) checkMember(schema, name, clientRequest(), `client_request.${name}`, request, report);
    }
  });
  for (const name of parameters.keys()) {
    whereKnown(() => {
      const placed = find(name);
      if (placed !== undefined) checkMember(schema, name, { [name]: placed.value }, placed.path, request, report);
    });
  }
  for (const rule of rules) whereKnown(() => rule(request, report));
  return { problems, warnings, misspelt };
}

function descend(from: Placed | undefined, path: readonly string[]): Placed | undefined {
  let placed = from;
  for (const name of path) {
    if (placed === undefined || !isObject(placed.value)) return undefined;
    const value: JsonValue | undefined = placed.value[name];
    placed = value === undefined ? undefined : { value, path: `${placed.path}.${name}` };
  }
  return placed;
}

// The name is judged before the value is read, which may not be known.
function checkMember(parent: FieldSchema, name: string, owner: JsonObject, path: string, request: Request, report: Report): void {
  const { fields } = parent;
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
  const value = owner[name] as JsonValue;
  const mode = schema.modes === undefined ? undefined : request.mode;
  if (mode !== undefined && schema.modes !== undefined && !schema.modes.includes(mode)) {
    report.problem(path, `is for mode ${schema.modes.join(' and ')}, not for ${mode}.`);
    return;
  }
  checkValue(schema, value, path, request, report);
}

function checkValue(schema: FieldSchema, value: JsonValue, path: string, request: Request, report: Report): void {
  if (value === null) return;
  const kind = schema.type;
  if (!hasType(kind, value)) {
    report.problem(
      path,
      `must be ${KINDS[kind]}${kind === 'string' && typeof value === 'number' ? `; write it in quotes: "${redactJson(value, path.split('.').at(-1))}"` : ''}.`,
    );
    return;
  }
  if (schema.values !== undefined && !schema.values.includes(value as string | number)) {
    const listed = schema.values.join(', ');
    if (schema.growing === true) report.warning(path, `is none of the values that Agora documents: ${listed}.`);
    else report.problem(path, `must be one of ${listed}.`);
  }
  if (typeof value === 'number' && schema.least !== undefined && value < schema.least)
    report.problem(path, `must be at least ${schema.least}.`);
  if (typeof value === 'number' && schema.most !== undefined && value > schema.most)
    report.problem(path, `must be at most ${schema.most}.`);
  if (typeof value === 'string' && schema.pattern !== undefined && !schema.pattern.test.test(value))
    report.problem(path, `must be ${schema.pattern.means}.`);
  if (Array.isArray(value)) {
    if (schema.itemsAtMost !== undefined && value.length > schema.itemsAtMost)
      report.problem(path, `must have at most ${schema.itemsAtMost} items.`);
    const { items } = schema;
    if (items === undefined) return;
    for (const index of value.keys())
      whereKnown(() => checkValue(items, value[index] as JsonValue, `${path}[${index + 1}]`, request, report));
  } else if (isObject(value)) {
    for (const name of schema.required ?? []) {
      whereKnown(() => {
        if (value[name] === undefined) report.problem(`${path}.${name}`, 'is required.');
      });
    }
    for (const name of Object.keys(value)) whereKnown(() => checkMember(schema, name, value, `${path}.${name}`, request, report));
  }
}

const KINDS = {
  string: 'text',
  integer: 'an integer',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list; an empty one is json.array()',
  object: 'a table of fields',
} as const;

function hasType(kind: FieldSchema['type'], value: JsonValue): boolean {
  switch (kind) {
    case 'integer':
      return Number.isInteger(value);
    case 'array':
      return Array.isArray(value);
    case 'object':
      return isObject(value);
    // The other kinds are named as JavaScript names them.
    default: {
      const name: string = typeof value;
      return name === kind;
    }
  }
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
