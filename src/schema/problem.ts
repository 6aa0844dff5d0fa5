import { schemaAt } from './effective.ts';
import type { JsonSchema } from './json-schema.ts';

/** Where a value is: property names, and positions in arrays from 0. */
export type ValuePath = readonly (string | number)[];

/** Something wrong with the value at a place: what follows its name in the message, or a sentence of its own. */
export type PlacedProblem = { readonly at: ValuePath; readonly predicate: string } | { readonly at: ValuePath; readonly sentence: string };

/** Something wrong with one argument. `message` is a sentence that names the place itself. */
export interface Problem {
  /** As Lua would write it: `recording_config.transcodingConfig.width`, `layout_config[2].uid`. Empty for the call as a whole. */
  readonly path: string;
  readonly message: string;
}

const PLAIN_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Writes a path as Lua would, array positions from 1. */
export function formatPath(at: ValuePath): string {
  let text = '';
  for (const part of at) {
    if (typeof part === 'number') text += `[${part + 1}]`;
    else if (PLAIN_NAME.test(part)) text += text === '' ? part : `.${part}`;
    else text += `[${JSON.stringify(shorten(part))}]`;
  }
  return text;
}

/** One problem for each place, the first given, in the order in which `schema` lists its properties. */
export function arrangeProblems(schema: JsonSchema, problems: readonly PlacedProblem[]): Problem[] {
  const first = new Map<string, PlacedProblem>();
  for (const problem of problems) {
    const key = JSON.stringify(problem.at);
    if (!first.has(key)) first.set(key, problem);
  }
  return [...first.values()]
    .map((problem) => ({ problem, rank: rankPath(schema, problem.at) }))
    .sort((a, b) => compareRanks(a.rank, b.rank))
    .map(({ problem }) => nameProblem(problem));
}

function nameProblem(problem: PlacedProblem): Problem {
  const path = formatPath(problem.at);
  return { path, message: 'sentence' in problem ? problem.sentence : `${path} ${problem.predicate}`.trimStart() };
}

/** Cuts an untrusted name to a length that fits a message. */
export function shorten(name: string): string {
  return name.length > 64 ? `${name.slice(0, 64)}…` : name;
}

// The position of each part in its schema; names that the schema does not list come last.
function rankPath(schema: JsonSchema, at: ValuePath): number[] {
  return at.map((part, index) => {
    if (typeof part === 'number') return part;
    const names = schemaAt(schema, at.slice(0, index))?.branches.flatMap((branch) => branch.propertyNames()) ?? [];
    const position = names.indexOf(part);
    return position < 0 ? Number.MAX_SAFE_INTEGER : position;
  });
}

function compareRanks(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
