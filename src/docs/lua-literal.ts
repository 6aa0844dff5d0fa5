import type { JsonValue } from '../json/index.ts';

const KEYWORDS = new Set(
  'and break do else elseif end false for function goto if in local nil not or repeat return then true until while'.split(' '),
);

/** A JSON value as Lua source, on one line. */
export function luaLiteral(value: JsonValue): string {
  if (value === null) return 'json.null';
  if (typeof value !== 'object') return typeof value === 'string' ? JSON.stringify(value) : String(value);
  const items = Array.isArray(value)
    ? (value as readonly JsonValue[]).map(luaLiteral)
    : Object.entries(value).map(([key, item]) => `${luaKey(key)} = ${luaLiteral(item as JsonValue)}`);
  return items.length === 0 ? '{}' : `{ ${items.join(', ')} }`;
}

function luaKey(key: string): string {
  return /^[A-Za-z_]\w*$/.test(key) && !KEYWORDS.has(key) ? key : `[${JSON.stringify(key)}]`;
}
