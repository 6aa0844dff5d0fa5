import { isObject, type JsonObject, type JsonValue, valueAt } from '../../json/index.ts';
import type { Listed } from './lists.ts';

/** A parameter that the server wants to see as a header, too: `x-mcp-header` in its schema (SEP-2243, revision 2026-07-28). */
interface HeaderParameter {
  readonly path: readonly string[];
  readonly header: string;
}

const KEY = 'x-mcp-header';
/** RFC 9110, 5.6.2. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const TYPES = new Set(['string', 'integer', 'boolean']);
const MAX_DEPTH = 100;

/** Why the declarations in a schema are invalid; undefined if they are valid. A tool with an invalid one must not be called. */
function headerProblem(schema: JsonObject): string | undefined {
  const found = new Set<string>();
  const visit = (value: JsonValue, path: readonly string[] | undefined, depth: number): string | undefined => {
    if (depth > MAX_DEPTH || typeof value !== 'object' || value === null) return undefined;
    if (Array.isArray(value)) return firstOf((value as readonly JsonValue[]).map((item) => visit(item, undefined, depth + 1)));
    const { [KEY]: header, type, properties, ...others } = value as JsonObject;
    const problem = header === undefined ? undefined : declarationProblem(header, type, path, found);
    if (problem !== undefined) return problem;
    const named = Object.entries(isObject(properties) ? properties : {});
    return firstOf([
      ...named.map(([name, property]) => visit(property, path && [...path, name], depth + 1)),
      ...Object.entries(others).flatMap(([keyword, inner]) => (DATA.has(keyword) ? [] : [visit(inner, undefined, depth + 1)])),
    ]);
  };
  return visit(schema, [], 0);
}

/** Keywords whose value is data. */
const DATA = new Set(['default', 'const', 'enum', 'examples', 'required']);

function declarationProblem(
  header: JsonValue,
  type: JsonValue | undefined,
  path: readonly string[] | undefined,
  found: Set<string>,
): string | undefined {
  if (path === undefined || path.length === 0) return `${KEY} is allowed in properties only`;
  const where = path.join('.');
  if (typeof header !== 'string' || !TOKEN.test(header)) return `${KEY} of ${where} is not the name of a header`;
  if (typeof type !== 'string' || !TYPES.has(type)) return `${KEY} of ${where} needs the type string, integer or boolean`;
  if (found.has(header.toLowerCase())) return `${KEY} ${header} is used twice`;
  found.add(header.toLowerCase());
  return undefined;
}

function firstOf(problems: readonly (string | undefined)[]): string | undefined {
  return problems.find((problem) => problem !== undefined);
}

/** The `Mcp-Param-*` headers of a call. */
export function paramHeaders(schema: JsonObject, args: JsonValue | undefined): Readonly<Record<string, string>> {
  const headers = declarationsIn(schema, []).flatMap(({ path, header }) => {
    const text = textOf(valueAt(args, path));
    return text === undefined ? [] : [[`Mcp-Param-${header}`, encode(text)]];
  });
  return Object.fromEntries(headers);
}

function declarationsIn(schema: JsonObject, path: readonly string[]): readonly HeaderParameter[] {
  const { [KEY]: header, properties } = schema;
  const own = typeof header === 'string' ? [{ path, header }] : [];
  if (path.length > MAX_DEPTH) return own;
  const named = Object.entries(isObject(properties) ? properties : {});
  return [...own, ...named.flatMap(([name, property]) => (isObject(property) ? declarationsIn(property, [...path, name]) : []))];
}

function textOf(value: JsonValue | undefined): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean' || (typeof value === 'number' && Number.isSafeInteger(value))) return String(value);
  return undefined;
}

// What a header cannot hold as it is goes as base64 of its UTF-8.
function encode(text: string): string {
  const isPlain = text !== '' && text === text.trim() && /^[\t\x20-\x7e]*$/.test(text) && !/^=\?base64\?.*\?=$/s.test(text);
  return isPlain ? text : `=?base64?${Buffer.from(text).toString('base64')}?=`;
}

/** Leaves out tools whose headers are invalid, as revision 2026-07-28 demands. */
export function withoutInvalidHeaders({ items, notes }: Listed): Pick<Listed, 'items' | 'notes'> {
  const kept: JsonObject[] = [];
  const left: string[] = [];
  for (const item of items) {
    const problem = headerProblem(item.inputSchema as JsonObject);
    if (problem === undefined) kept.push(item);
    else left.push(`tool '${String(item.name)}' was left out: ${problem}`);
  }
  return { items: kept, notes: [...notes, ...left] };
}
