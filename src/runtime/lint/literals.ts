import type { Expression, Node, TableConstructorExpression } from 'luaparse';
import type { JsonValue } from '../../json/index.ts';
import { formatPath, type ValuePath } from '../../schema/index.ts';

/** Arguments as far as the script's text says what they are. */
export interface ReadArguments {
  /** Where the text does not say it; there the value is null. */
  readonly unknown: ValuePath[];
  /** What stands at each place, by its path as messages write it: the key of a field, or the value. */
  readonly places: Map<string, Node>;
}

/** The value of an argument for the place `at`, as it would cross the border from Lua. */
export function readArgument(node: Expression, at: ValuePath, read: ReadArguments): JsonValue {
  const known = readLiteral(node, at, read);
  if (known === undefined) read.unknown.push(at);
  return known ?? null;
}

/** Whether the number of values that an expression gives is open, as the last one of a list. */
export function isMultiple(node: Expression | undefined): boolean {
  return node !== undefined && ['CallExpression', 'TableCallExpression', 'StringCallExpression', 'VarargLiteral'].includes(node.type);
}

function readLiteral(node: Expression, at: ValuePath, read: ReadArguments): JsonValue | undefined {
  switch (node.type) {
    case 'StringLiteral':
      return decodeUtf8(node.value);
    case 'NumericLiteral':
      return Number.isFinite(node.value) ? node.value : undefined;
    case 'UnaryExpression': {
      const isNegative = node.operator === '-' && node.argument.type === 'NumericLiteral';
      const number = isNegative ? readLiteral(node.argument, at, read) : undefined;
      return typeof number === 'number' ? -number : undefined;
    }
    case 'BooleanLiteral':
      return node.value;
    case 'NilLiteral':
      return null;
    case 'TableConstructorExpression':
      return readTable(node, at, read);
    default:
      return undefined;
  }
}

// A table whose keys are not all plain is left to the run.
function readTable({ fields }: TableConstructorExpression, at: ValuePath, read: ReadArguments): JsonValue | undefined {
  const values = fields.flatMap((field) => (field.type === 'TableValue' ? [field.value] : []));
  if (values.length > 0) {
    if (values.length < fields.length || isMultiple(values.at(-1)) || values.some(({ type }) => type === 'NilLiteral')) return undefined;
    return values.map((value, index) => readPlaced(value, value, [...at, index], read));
  }
  const named: Record<string, JsonValue> = {};
  for (const field of fields) {
    const key = keyOf(field);
    if (key === undefined) return undefined;
    if (field.value.type === 'NilLiteral') continue;
    const value = readPlaced(field.value, field.type === 'TableValue' ? field.value : field.key, [...at, key], read);
    Object.defineProperty(named, key, { value, enumerable: true, configurable: true, writable: true });
  }
  return named;
}

function readPlaced(value: Expression, place: Node, at: ValuePath, read: ReadArguments): JsonValue {
  read.places.set(formatPath(at), place);
  return readArgument(value, at, read);
}

function keyOf(field: TableConstructorExpression['fields'][number]): string | undefined {
  if (field.type === 'TableKeyString') return field.key.name;
  return field.type === 'TableKey' && field.key.type === 'StringLiteral' ? decodeUtf8(field.key.value) : undefined;
}

/** The text of bytes, each a character; undefined where they are not UTF-8. */
export function decodeUtf8(latin1: string): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(latin1, 'latin1'));
  } catch {
    return undefined;
  }
}
