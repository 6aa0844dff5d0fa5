import type {
  CallExpression,
  Chunk,
  Expression,
  Node,
  StringCallExpression,
  TableCallExpression,
  TableConstructorExpression,
} from 'luaparse';
import type { JsonValue } from '../../json/index.ts';
import { isMultiple, readArgument } from '../lint/literals.ts';
import { parseScript } from '../lint/parse.ts';
import { readSource } from '../lint/source.ts';

type CallNode = CallExpression | TableCallExpression | StringCallExpression;

/** A declaration as the text of a script has it. */
export interface StaticDeclaration {
  readonly node: CallNode;
  /** As `workflow` passes it to the host; undefined if a part of it is not a literal. */
  readonly value: JsonValue | undefined;
  /** The nodes of the parts, by their places: `input.seconds.default`. */
  readonly places: ReadonlyMap<string, Node>;
}

/** A module that a script names as a literal. */
export interface StaticRequire {
  readonly name: string;
  readonly node: Node;
}

/** What the text of a script says without running it. */
export interface StaticScript {
  readonly declarations: readonly StaticDeclaration[];
  readonly requires: readonly StaticRequire[];
  /** A call of `require` whose name is computed. */
  readonly hasComputedRequire: boolean;
}

/** Reads a script. Undefined if it cannot be parsed. */
export function readScript(code: string | Uint8Array): StaticScript | undefined {
  const parsed = parseScript(readSource(code));
  return 'tree' in parsed ? readTree(parsed.tree) : undefined;
}

/** The same for a script that is parsed already. */
export function readTree(tree: Chunk): StaticScript {
  const declarations: StaticDeclaration[] = [];
  const requires: StaticRequire[] = [];
  let hasComputedRequire = false;
  walk(tree, (node) => {
    const callee = node.base;
    if (callee.type !== 'Identifier') return;
    if (callee.name === 'workflow') declarations.push(readDeclarationCall(node));
    if (callee.name !== 'require') return;
    const [argument] = argumentsOf(node);
    if (argument?.type === 'StringLiteral') requires.push({ name: argument.value, node: argument });
    else hasComputedRequire = true;
  });
  return { declarations, requires, hasComputedRequire };
}

function argumentsOf(node: CallNode): readonly Expression[] {
  if (node.type === 'CallExpression') return node.arguments;
  return [node.type === 'TableCallExpression' ? (node.arguments as unknown as Expression) : node.argument];
}

// Iterative: scripts of strangers are nested deeply.
function walk(tree: Chunk, visit: (node: CallNode) => void): void {
  const left: unknown[] = [tree];
  while (left.length > 0) {
    const node = left.pop();
    if (Array.isArray(node)) {
      for (let index = node.length - 1; index >= 0; index--) left.push(node[index]);
    } else if (typeof node === 'object' && node !== null && 'type' in node) {
      const { type } = node as Node;
      if (type === 'CallExpression' || type === 'TableCallExpression' || type === 'StringCallExpression') visit(node as CallNode);
      left.push(
        ...Object.values(node)
          .filter((child) => typeof child === 'object' && child !== null)
          .reverse(),
      );
    }
  }
}

function readDeclarationCall(node: CallNode): StaticDeclaration {
  const [table, ...more] = argumentsOf(node);
  const places = new Map<string, Node>();
  const read = { unknown: [], places };
  if (table?.type !== 'TableConstructorExpression' || more.length > 0) return { node, value: undefined, places };
  const fields: [string, JsonValue][] = [];
  for (const field of table.fields) {
    if (field.type !== 'TableKeyString') return { node, value: undefined, places };
    const { name } = field.key;
    places.set(name, field.key);
    const value =
      name === 'calls' && field.value.type === 'TableConstructorExpression'
        ? readCalls(field.value, places)
        : readArgument(field.value, [name], read);
    if (value === undefined || read.unknown.length > 0) return { node, value: undefined, places };
    fields.push([name, value]);
  }
  return { node, value: Object.fromEntries(fields), places };
}

function readCalls({ fields }: TableConstructorExpression, places: Map<string, Node>): JsonValue | undefined {
  const names: JsonValue[] = [];
  const caps: [string, JsonValue][] = [];
  const known = (expression: Expression): JsonValue | undefined => {
    const read = { unknown: [], places };
    const value = isMultiple(expression) ? undefined : readArgument(expression, ['calls'], read);
    return read.unknown.length > 0 ? undefined : value;
  };
  for (const field of fields) {
    const value = known(field.value);
    if (value === undefined || value === null) return undefined;
    if (field.type === 'TableValue') {
      names.push(value);
      places.set(`calls[${names.length}]`, field.value);
      continue;
    }
    const name = field.type === 'TableKeyString' ? field.key.name : field.key.type === 'StringLiteral' ? field.key.value : undefined;
    if (name === undefined) return undefined;
    caps.push([name, value]);
    places.set(`calls["${name}"]`, field.key);
  }
  return { names, caps: Object.fromEntries(caps) };
}
