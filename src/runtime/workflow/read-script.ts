import type {
  CallExpression,
  Chunk,
  Expression,
  Identifier,
  Node,
  StringCallExpression,
  TableCallExpression,
  TableConstructorExpression,
} from 'luaparse';
import type { JsonValue } from '../../json/index.ts';
import { formatPath } from '../../schema/index.ts';
import { isMultiple, type ReadArguments, readArgument } from '../lint/literals.ts';
import { parseScript } from '../lint/parse.ts';
import { readSource } from '../lint/source.ts';

type CallNode = CallExpression | TableCallExpression | StringCallExpression;

/** A declaration as the text of a script has it. */
export interface StaticDeclaration {
  readonly node: CallNode;
  /** As `workflow` passes it to the host; undefined if a part of it is not a literal. */
  readonly value: JsonValue | undefined;
  /** The part that is not a literal; without one, the call. */
  readonly computed: Node;
  /** The nodes of the parts, by their places: `input.seconds.default`. */
  readonly places: ReadonlyMap<string, Node>;
}

/** A module that a script names as a literal. */
export interface StaticRequire {
  readonly name: string;
  readonly node: Node;
  /** It is not in a function: the module is loaded while the script, or the module that names it, is loaded. */
  readonly isImmediate: boolean;
}

/** What the text of a script says without running it. */
export interface StaticScript {
  readonly declarations: readonly StaticDeclaration[];
  readonly requires: readonly StaticRequire[];
  /** The called expressions that are not in a function. */
  readonly immediate: ReadonlySet<Node>;
}

/** Reads a script. Returns the line at which it cannot be parsed. */
export function readScript(code: string | Uint8Array): StaticScript | { readonly line: number } {
  const parsed = parseScript(readSource(code));
  return 'tree' in parsed ? readTree(parsed.tree) : { line: parsed.line };
}

/** The same for a script that is parsed already. `isHost` says whether an identifier is the global of kosmo. */
export function readTree(tree: Chunk, isHost: (callee: Identifier) => boolean = () => true): StaticScript {
  const declarations: StaticDeclaration[] = [];
  const requires: StaticRequire[] = [];
  const immediate = new Set<Node>();
  walk(tree, (node, isImmediate) => {
    const callee = node.base;
    if (isImmediate) immediate.add(callee);
    if (callee.type !== 'Identifier' || !isHost(callee)) return;
    if (callee.name === 'workflow') declarations.push(readDeclarationCall(node));
    const [argument] = argumentsOf(node);
    if (callee.name === 'require' && argument?.type === 'StringLiteral')
      requires.push({ name: argument.value, node: argument, isImmediate });
  });
  return { declarations, requires, immediate };
}

function argumentsOf(node: CallNode): readonly Expression[] {
  if (node.type === 'CallExpression') return node.arguments;
  return [node.type === 'TableCallExpression' ? (node.arguments as unknown as Expression) : node.argument];
}

// Iterative, because untrusted scripts may be nested deeply. In the order of the text.
function walk(tree: Chunk, visit: (node: CallNode, isImmediate: boolean) => void): void {
  const left: { readonly node: unknown; readonly isImmediate: boolean }[] = [{ node: tree, isImmediate: true }];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const { node } = next;
    if (typeof node !== 'object' || node === null) continue;
    const { type } = node as Partial<Node>;
    if (type === 'CallExpression' || type === 'TableCallExpression' || type === 'StringCallExpression')
      visit(node as CallNode, next.isImmediate);
    const isImmediate = next.isImmediate && type !== 'FunctionDeclaration';
    for (const child of Object.values(node).reverse()) left.push({ node: child, isImmediate });
  }
}

function readDeclarationCall(node: CallNode): StaticDeclaration {
  const [table, ...more] = argumentsOf(node);
  const places = new Map<string, Node>();
  const unreadable = (computed: Node): StaticDeclaration => ({ node, value: undefined, computed, places });
  if (table?.type !== 'TableConstructorExpression' || more.length > 0) return unreadable(table ?? node);
  const fields: [string, JsonValue][] = [];
  for (const field of table.fields) {
    if (field.type !== 'TableKeyString') return unreadable(field);
    const { name } = field.key;
    places.set(name, field.key);
    if (name === 'calls' && field.value.type === 'TableConstructorExpression') {
      const calls = readCalls(field.value, places);
      if ('computed' in calls) return unreadable(calls.computed);
      fields.push([name, calls.value]);
      continue;
    }
    const read: ReadArguments = { unknown: [], places };
    fields.push([name, readArgument(field.value, [name], read)]);
    const [unknown] = read.unknown;
    if (unknown !== undefined) return unreadable(places.get(formatPath(unknown)) ?? field.value);
  }
  return { node, value: Object.fromEntries(fields), computed: node, places };
}

function readCalls({ fields }: TableConstructorExpression, places: Map<string, Node>): { value: JsonValue } | { computed: Node } {
  const names: JsonValue[] = [];
  const caps: [string, JsonValue][] = [];
  for (const field of fields) {
    const read: ReadArguments = { unknown: [], places };
    const value = isMultiple(field.value) ? null : readArgument(field.value, ['calls'], read);
    if (value === null || read.unknown.length > 0) return { computed: field.value };
    if (field.type === 'TableValue') {
      names.push(value);
      places.set(`calls[${names.length}]`, field.value);
      continue;
    }
    const name = field.type === 'TableKeyString' ? field.key.name : field.key.type === 'StringLiteral' ? field.key.value : undefined;
    if (name === undefined) return { computed: field.key };
    caps.push([name, value]);
    places.set(`calls["${name}"]`, field.key);
  }
  return { value: { names, caps: Object.fromEntries(caps) } };
}
