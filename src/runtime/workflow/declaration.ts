import { KosmoError } from '../../errors/index.ts';
import type { Operation, ToolDescription } from '../../integration/index.ts';
import { isObject, type JsonObject, type JsonValue } from '../../json/index.ts';
import { type AllowedFunction, parseFunction } from '../../policy/index.ts';
import {
  coerceArguments,
  interpretSchema,
  type JsonSchema,
  type ObjectSchema,
  shorten,
  suggest,
  type ValuePath,
} from '../../schema/index.ts';

/** A call that a workflow declares. */
export interface DeclaredCall {
  /** As it is written: `agora.record`, `agora.production.record`. */
  readonly name: string;
  readonly function: AllowedFunction;
  /** How often it may be made in a run. @default undefined (no limit) */
  readonly max?: number;
  /** Undefined for a tool of an MCP server, which is not known here. */
  readonly operation?: Operation;
  /** What a call does, in words of its integration. */
  readonly effect?: ToolDescription['effect'];
}

/** What a workflow says about itself. */
export interface WorkflowDeclaration {
  readonly description: string;
  readonly input: ObjectSchema;
  /** Where secret values are in the input; a number stands for each item of a list. */
  readonly secrets: readonly ValuePath[];
  /** Undefined if the workflow does not restrict its calls. */
  readonly calls: readonly DeclaredCall[] | undefined;
}

/** The facts of integrations that a declaration depends on. */
export interface DeclaredIntegration {
  readonly id: string;
  readonly tools: readonly Pick<ToolDescription, 'name' | 'operation' | 'usesTools' | 'effect'>[];
}

/** Something wrong with a declaration; `at` is where, as in the table: `['input', 'seconds', 'default']`. */
export interface DeclarationProblem {
  readonly at: readonly (string | number)[];
  readonly message: string;
}

/** Characters of a declaration as JSON: a description is read at a prompt. */
const MAX_DECLARATION_LENGTH = 64 * 1024;

const FIELDS = ['description', 'input', 'additionalProperties', 'calls'];

/** Reads a declaration, as `workflow` passes it or the text of a script has it. Never throws. */
export function readDeclaration(
  value: JsonValue,
  integrations: readonly DeclaredIntegration[],
): { readonly declaration: WorkflowDeclaration; readonly problems: readonly DeclarationProblem[] } {
  const problems: DeclarationProblem[] = [];
  const report = (at: DeclarationProblem['at'], message: string): void => void problems.push({ at, message });
  const given = isObject(value) ? value : {};
  const size = JSON.stringify(value).length;
  if (size > MAX_DECLARATION_LENGTH) report([], `the declaration has ${size} characters; at most ${MAX_DECLARATION_LENGTH} are possible.`);
  for (const name of Object.keys(given))
    if (!FIELDS.includes(name)) report([name], `is unknown; there are ${FIELDS.join(', ')}.${meant(name, FIELDS)}`);
  const { description = '', input = {}, additionalProperties = false, calls } = given;
  if (typeof description !== 'string') report(['description'], 'must be a string.');
  if (typeof additionalProperties !== 'boolean') report(['additionalProperties'], 'must be true or false.');
  const secrets: ValuePath[] = [];
  const fields = isEmptyList(input) ? {} : input;
  if (!isObject(fields)) report(['input'], 'must be a table of fields.');
  const schema =
    size > MAX_DECLARATION_LENGTH
      ? ({} as JsonSchema)
      : readFields(isObject(fields) ? fields : {}, ['input'], { report, secrets, path: [] });
  return {
    declaration: {
      description: typeof description === 'string' ? description : '',
      input: {
        ...schema,
        type: 'object',
        properties: schema.properties ?? {},
        required: schema.required ?? [],
        ...(additionalProperties === true ? { additionalProperties } : {}),
      },
      secrets,
      calls: calls === undefined || calls === null ? undefined : readCalls(calls, integrations, report),
    },
    problems,
  };
}

/** Reads a declaration of a script that runs. Throws `INVALID_ARGUMENTS` with every problem. */
export function requireDeclaration(value: JsonValue, integrations: readonly DeclaredIntegration[]): WorkflowDeclaration {
  const { declaration, problems } = readDeclaration(value, integrations);
  if (problems.length === 0) return declaration;
  const found = problems
    .slice(0, MAX_PROBLEMS)
    .map(({ at, message }) => ({ path: dotted(at), message: `${dotted(at)} ${message}`.trimStart() }));
  throw new KosmoError('INVALID_ARGUMENTS', `workflow: ${found.map(({ message }) => message).join(' ')} Nothing was called.`, {
    hint: 'docs.read("workflows") describes declarations',
    details: { problems: found },
  });
}

const MAX_PROBLEMS = 50;

/** Writes a place in a declaration as Lua would. */
export function dotted(at: DeclarationProblem['at']): string {
  return at
    .map((part, index) =>
      typeof part === 'number' ? `[${part}]` : /^\w+$/.test(part) ? `${index === 0 ? '' : '.'}${part}` : `["${shorten(part)}"]`,
    )
    .join('');
}

interface FieldContext {
  readonly report: (at: DeclarationProblem['at'], message: string) => void;
  readonly secrets: ValuePath[];
  /** Of the value in the input. */
  readonly path: ValuePath;
}

type Kind = 'text' | 'count' | 'number' | 'flag' | 'list' | 'schema' | 'fields' | 'any';

const KEYWORDS: Readonly<Record<string, Kind>> = {
  type: 'text',
  description: 'text',
  pattern: 'text',
  enum: 'list',
  default: 'any',
  minimum: 'number',
  maximum: 'number',
  minLength: 'count',
  maxLength: 'count',
  minItems: 'count',
  maxItems: 'count',
  items: 'schema',
  properties: 'fields',
  additionalProperties: 'flag',
  optional: 'flag',
  secret: 'flag',
};

const TYPES = ['string', 'number', 'integer', 'boolean', 'object', 'array'];

const KINDS: Readonly<Record<Kind, { readonly holds: (value: JsonValue) => boolean; readonly name: string }>> = {
  text: { holds: (value) => typeof value === 'string', name: 'a string' },
  count: { holds: (value) => Number.isInteger(value) && Number(value) >= 0, name: 'a whole number of 0 or more' },
  number: { holds: (value) => typeof value === 'number', name: 'a number' },
  flag: { holds: (value) => typeof value === 'boolean', name: 'true or false' },
  list: { holds: (value) => Array.isArray(value) && value.length > 0, name: 'a list with at least one value' },
  schema: { holds: isObject, name: 'a table such as {type = "string"}' },
  fields: { holds: (value) => isObject(value) || isEmptyList(value), name: 'a table of fields' },
  any: { holds: () => true, name: '' },
};

// A field without `default` and `optional` is required, and one that is not declared is an error, on every level.
function readFields(fields: JsonObject, at: DeclarationProblem['at'], context: FieldContext): JsonSchema {
  const properties = Object.entries(fields).map(([name, field]): [string, JsonSchema] => [
    name,
    readField(field, [...at, name], { ...context, path: [...context.path, name] }),
  ]);
  const required = Object.entries(fields).flatMap(([name, field]) =>
    isObject(field) && field.optional !== true && (field.default ?? null) === null ? [name] : [],
  );
  return { properties: Object.fromEntries(properties), required, additionalProperties: false };
}

function readField(field: JsonValue, at: DeclarationProblem['at'], context: FieldContext): JsonSchema {
  const { report, secrets, path } = context;
  if (!isObject(field)) {
    report(at, 'must be a table such as {type = "string"}.');
    return {};
  }
  const known = Object.entries(field).filter(([keyword, value]) => {
    const kind = Object.hasOwn(KEYWORDS, keyword) ? KEYWORDS[keyword] : undefined;
    if (kind === undefined) report([...at, keyword], `is unknown.${meant(keyword, Object.keys(KEYWORDS))}`);
    else if (!KINDS[kind].holds(value)) report([...at, keyword], `must be ${KINDS[kind].name}.`);
    return kind !== undefined && KINDS[kind].holds(value);
  });
  const { optional: _optional, secret, items, properties, additionalProperties, ...plain } = Object.fromEntries(known);
  if (secret === true) secrets.push(path);
  const { type } = plain;
  if (type !== undefined && !TYPES.includes(String(type)))
    report([...at, 'type'], `must be one of ${TYPES.join(', ')}.${meant(String(type), TYPES)}`);
  const schema: JsonSchema = {
    ...plain,
    ...(isObject(items) ? { items: readField(items, [...at, 'items'], { ...context, path: [...path, 0] }) } : {}),
    ...(isObject(properties) ? readFields(properties, [...at, 'properties'], context) : {}),
    ...(typeof additionalProperties === 'boolean' ? { additionalProperties } : {}),
  };
  if (known.length === Object.keys(field).length && (type === undefined || TYPES.includes(String(type)))) checkRanges(schema, at, report);
  return schema;
}

function checkRanges(schema: JsonSchema, at: DeclarationProblem['at'], report: FieldContext['report']): void {
  const { pattern, minimum, maximum, minLength, maxLength, minItems, maxItems } = schema;
  for (const [low, high, name] of [
    [minimum, maximum, 'maximum'],
    [minLength, maxLength, 'maxLength'],
    [minItems, maxItems, 'maxItems'],
  ] as const) {
    if (low !== undefined && high !== undefined && low > high) report([...at, name], `is ${high}, less than the minimum ${low}.`);
  }
  if (pattern !== undefined && !isPattern(pattern)) {
    report([...at, 'pattern'], 'is not a regular expression of JavaScript.');
    return;
  }
  if (schema.default === undefined || schema.default === null) return;
  const { value, problems } = coerceArguments(schema, schema.default);
  const validator = interpretSchema(schema);
  if (problems.length > 0 || !validator(value)) report([...at, 'default'], 'does not satisfy the field itself.');
}

function isPattern(pattern: string): boolean {
  try {
    return new RegExp(pattern, 'u').source !== '';
  } catch {
    return false;
  }
}

// `{names: [...], caps: {...}}`: the list and the named caps of one table.
function readCalls(
  calls: JsonValue,
  integrations: readonly DeclaredIntegration[],
  report: FieldContext['report'],
): readonly DeclaredCall[] {
  const { names = [], caps = {} } = isObject(calls) ? calls : {};
  if (!isObject(calls) || !Array.isArray(names)) {
    report(['calls'], 'must be a table such as {"integration.query", ["integration.create"] = 1}.');
    return [];
  }
  const listed = (names as readonly JsonValue[]).map((name, index): [string | number, JsonValue, JsonValue] => [index + 1, name, null]);
  const capped = Object.entries(isObject(caps) ? caps : {}).map(([name, max]): [string | number, JsonValue, JsonValue] => [
    name,
    name,
    max,
  ]);
  return [...listed, ...capped].flatMap(([key, name, max]): DeclaredCall[] => {
    const at = ['calls', key];
    if (typeof name !== 'string') {
      report(at, 'must be the name of a function, as in docs.list().');
      return [];
    }
    if (max !== null && !(Number.isInteger(max) && Number(max) >= 1))
      report(at, `must be a whole number of 1 or more, not ${shorten(JSON.stringify(max))}.`);
    try {
      const found = parseFunction(name, integrations, 'calls names a function that does not exist');
      const tool = integrations.find(({ id }) => found.provider.path === id)?.tools.find((candidate) => candidate.name === found.name);
      return [
        {
          name,
          function: found,
          ...(typeof max === 'number' ? { max } : {}),
          ...(tool === undefined ? {} : { operation: tool.operation }),
          ...(tool?.effect === undefined ? {} : { effect: tool.effect }),
        },
      ];
    } catch (thrown) {
      const { hint } = thrown as KosmoError;
      report(at, `is not a function: '${shorten(name)}'.${hint?.startsWith('did you mean') === true ? ` D${hint.slice(1)}` : ''}`);
      return [];
    }
  });
}

function isEmptyList(value: JsonValue): boolean {
  return Array.isArray(value) && value.length === 0;
}

function meant(name: string, candidates: readonly string[]): string {
  const [close] = suggest(name, candidates, 1);
  return close === undefined ? '' : ` Did you mean ${close}?`;
}
