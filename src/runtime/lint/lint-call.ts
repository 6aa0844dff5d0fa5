import type { Expression, Node, TableConstructorExpression } from 'luaparse';
import type { ManifestEntry, ToolDescription, ValidationResult } from '../../integration/index.ts';
import type { JsonValue } from '../../json/index.ts';
import { checkArguments, coerceArguments, formatPath, markUnknown, skipIfUnknown, type ValuePath } from '../../schema/index.ts';
import { loadToolValidator } from '../calls/load-validator.ts';
import { splitOptions } from '../calls/options.ts';
import { isMultiple, type ReadArguments, readArgument } from './literals.ts';

/** Something wrong with the arguments of a call, and the part of the script that it is about; undefined for the call as a whole. */
export interface CallProblem {
  readonly place: Node | undefined;
  readonly severity: 'error' | 'warning';
  readonly message: string;
}

/**
 * What is certainly wrong with the arguments of a call, as far as the text of the script says what they are: by the same steps as when the
 * call is made.
 */
export async function lintCall(entry: ManifestEntry, tool: ToolDescription, nodes: readonly Expression[]): Promise<readonly CallProblem[]> {
  const bound = bind(nodes, Object.keys(tool.input.properties));
  if (bound === undefined) return [];
  const { values, named, read } = bound;
  const isKnown = (path: string): boolean => !read.unknown.some((at) => isWithin(path, formatPath(at)));
  const place = (path: string): Node | undefined => placeOf(path, read);

  const split = splitOptions(values);
  const { validator, check } = await loadToolValidator(entry, tool);
  const checked = checkArguments(tool.input, validator, split.values);
  const problems = [...(checked.ok ? [] : checked.problems), ...split.problems].filter(({ path }) => isKnown(path));
  const asErrors = (found: readonly { readonly path: string; readonly message: string }[]): CallProblem[] =>
    found.map(({ path, message }) => ({ place: place(path), severity: 'error', message }));

  const args = coerceArguments(tool.input, named).value as Record<string, JsonValue>;
  for (const at of read.unknown) forget(args, at);
  for (const { path } of problems) markUnknown(args, path.split(/[.[]/, 1)[0] ?? path);
  let findings: ValidationResult = { problems: [], warnings: [] };
  skipIfUnknown(() => {
    findings = check?.(args) ?? findings;
  });
  const misspelt = (findings.misspelt ?? []).map(
    ({ path, message }): CallProblem => ({ place: place(path), severity: 'warning', message }),
  );
  return [...asErrors(problems), ...asErrors(findings.problems), ...misspelt];
}

interface Bound {
  /** As the call would pass them. */
  readonly values: readonly JsonValue[];
  /** The same by parameter. */
  readonly named: Record<string, JsonValue>;
  readonly read: ReadArguments;
}

// Undefined where nothing can be said.
function bind(nodes: readonly Expression[], parameters: readonly string[]): Bound | undefined {
  const [first, second] = nodes;
  const isTable = first?.type === 'TableConstructorExpression';
  if (first !== undefined && isOpen(first) && (isTable || nodes.length === 1)) return undefined;
  return isTable && nodes.length <= 2 && isNamed(first) ? bindNamed(first, second) : bindPositions(nodes, parameters);
}

// `f{…}`, and `f({…}, {…})` with options.
function bindNamed(args: Expression, options: Expression | undefined): Bound | undefined {
  const read: ReadArguments = { unknown: [], places: new Map() };
  const named = readArgument(args, [], read) as Record<string, JsonValue>;
  if (options?.type === 'TableConstructorExpression') return { values: [named, readArgument(options, ['options'], read)], named, read };
  // An unknown value is taken for options.
  return options === undefined || options.type === 'NilLiteral' || isOpen(options) ? { values: [named], named, read } : undefined;
}

function bindPositions(nodes: readonly Expression[], parameters: readonly string[]): Bound {
  const read: ReadArguments = { unknown: [], places: new Map() };
  const values = nodes.map((node, index) => {
    const at: ValuePath = [parameters[index] ?? `argument ${index + 1}`];
    read.places.set(formatPath(at), node);
    return readArgument(node, at, read);
  });
  // The last one can stand for all that are left.
  if (isMultiple(nodes.at(-1))) for (const parameter of parameters.slice(nodes.length)) read.unknown.push([parameter]);
  const named = Object.fromEntries(values.flatMap((value, index) => (value === null ? [] : [[parameters[index] ?? '', value]])));
  return { values, named, read };
}

function isNamed({ fields }: TableConstructorExpression): boolean {
  return fields.every(({ type }) => type !== 'TableValue');
}

function isOpen(node: Expression): boolean {
  const read: ReadArguments = { unknown: [], places: new Map() };
  readArgument(node, [], read);
  return read.unknown.some((at) => at.length === 0);
}

function forget(args: object, at: ValuePath): void {
  const last = at.at(-1);
  let owner: unknown = args;
  for (const part of at.slice(0, -1)) owner = (owner as Readonly<Record<string | number, unknown>> | undefined)?.[part];
  if (typeof owner === 'object' && owner !== null && last !== undefined) markUnknown(owner, last);
}

function isWithin(path: string, outer: string): boolean {
  return path.startsWith(outer) && (outer === '' || path.length === outer.length || /[.[]/.test(path[outer.length] ?? ''));
}

// A missing field is reported at the table that lacks it.
function placeOf(path: string, { places }: ReadArguments): Node | undefined {
  const [longest] = [...places.keys()].filter((place) => isWithin(path, place)).sort((a, b) => b.length - a.length);
  return longest === undefined ? undefined : places.get(longest);
}
