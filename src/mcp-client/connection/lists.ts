import { KosmoError } from '../../errors/index.ts';
import { isObject, type JsonObject, type JsonValue } from '../../json/index.ts';
import { cutText } from '../../platform/cut-text.ts';
import { withoutNulls } from './handshake.ts';

/** What servers have lists of: the method, the member of its result, the capability, and the members that each entry needs. */
export const LISTS = {
  tools: { method: 'tools/list', member: 'tools', capability: 'tools', one: 'tool', key: 'name', needs: ['name'] },
  resources: {
    method: 'resources/list',
    member: 'resources',
    capability: 'resources',
    one: 'resource',
    key: 'uri',
    needs: ['uri', 'name'],
  },
  templates: {
    method: 'resources/templates/list',
    member: 'resourceTemplates',
    capability: 'resources',
    one: 'resource template',
    key: 'uriTemplate',
    needs: ['uriTemplate', 'name'],
  },
  prompts: { method: 'prompts/list', member: 'prompts', capability: 'prompts', one: 'prompt', key: 'name', needs: ['name'] },
} as const;

export type ListKind = keyof typeof LISTS;

/** The usable entries of a list. */
export interface Listed {
  readonly items: readonly JsonObject[];
  /** Sentences about entries that were left out, and about pages that were not read. */
  readonly notes: readonly string[];
  /** Milliseconds for which the server calls the list fresh. Undefined if it does not say. */
  readonly ttlMs?: number;
}

/** A list that goes on for longer never ends. */
const MAX_PAGES = 200;
const MAX_ITEMS = 20_000;
const MAX_NOTES = 20;
const MAX_NAME = 100;

/** Reads a list page after page. It ends at a page without a cursor or without a new entry; the entries so far count. */
export async function readList(kind: ListKind, fetchPage: (params: JsonObject) => Promise<JsonObject>): Promise<Listed> {
  const { member, one, key } = LISTS[kind];
  const found = new Map<string, JsonObject>();
  const notes: string[] = [];
  const note = (text: string): void => {
    if (notes.length < MAX_NOTES && !notes.includes(text)) notes.push(text);
  };
  const cursors = new Set<JsonValue>();
  let ttlMs: number | undefined;
  for (let params: JsonObject = {}, pages = 1; ; pages++) {
    const page = await fetchPage(params);
    if (typeof page.ttlMs === 'number' && page.ttlMs > 0) ttlMs = Math.min(page.ttlMs, ttlMs ?? page.ttlMs);
    const before = found.size;
    const entries = page[member] ?? [];
    if (!Array.isArray(entries)) {
      const text = `${LISTS[kind].method} was answered without a list of ${member}`;
      if (found.size === 0) throw new KosmoError('INVALID_RESPONSE', `${text}.`, { outcome: 'none' });
      note(text);
    }
    for (const entry of Array.isArray(entries) ? (entries as readonly JsonValue[]) : []) {
      const read = readEntry(kind, entry);
      if (typeof read === 'string') note(read);
      else if (found.has(read[key] as string)) continue;
      else found.set(read[key] as string, read);
    }
    const cursor = page.nextCursor;
    const isEnd = cursor === undefined || cursor === null || cursor === '';
    const cut = isEnd ? undefined : whyCut(found.size - before, cursors.has(cursor), found.size, pages);
    if (cut !== undefined) note(`the list of ${one}s does not end: ${cut}; the ${found.size} so far are used`);
    if (isEnd || cut !== undefined) return { items: [...found.values()], notes, ...(ttlMs === undefined ? {} : { ttlMs }) };
    cursors.add(cursor);
    params = { cursor };
  }
}

function whyCut(added: number, isRepeated: boolean, items: number, pages: number): string | undefined {
  if (added === 0) return 'a page has nothing new';
  if (isRepeated) return 'the cursor repeats';
  return pages >= MAX_PAGES || items > MAX_ITEMS ? `it has more than ${items} on ${pages} pages` : undefined;
}

/** The entry, or a sentence that says why it was left out. */
function readEntry(kind: ListKind, entry: JsonValue): JsonObject | string {
  const { one, needs } = LISTS[kind];
  if (!isObject(entry)) return `a ${one} was left out: it is not an object`;
  const item = withoutNulls(entry);
  const [name] = needs.flatMap((need) => (typeof item[need] === 'string' && item[need] !== '' ? [item[need] as string] : []));
  const missing = needs.find((need) => typeof item[need] !== 'string' || item[need] === '');
  if (missing !== undefined)
    return `${name === undefined ? `a ${one}` : `${one} '${cutText(name, MAX_NAME)}'`} was left out: it has no ${missing}`;
  if (kind === 'tools') return readToolEntry(entry, item);
  return kind === 'prompts' ? { ...item, ...readArguments(item.arguments) } : item;
}

function readToolEntry(entry: JsonObject, item: JsonObject): JsonObject | string {
  const { inputSchema, outputSchema, annotations, ...rest } = item;
  const left = (reason: string): string => `tool '${cutText(item.name as string, MAX_NAME)}' was left out: its inputSchema ${reason}`;
  if (entry.inputSchema === null) return left('is null');
  if (inputSchema !== undefined && !isObject(inputSchema)) return left('is not an object');
  const { type } = inputSchema ?? {};
  if (type !== undefined && type !== null && type !== 'object' && !(Array.isArray(type) && type.includes('object')))
    return left(`describes no object: its type is ${JSON.stringify(type)}`);
  return {
    ...rest,
    inputSchema: { ...schemaWithoutNulls(inputSchema ?? {}), type: 'object' },
    ...(isObject(outputSchema) ? { outputSchema: schemaWithoutNulls(outputSchema) } : {}),
    ...(isObject(annotations) ? { annotations: withoutNulls(annotations) } : {}),
  };
}

function readArguments(value: JsonValue | undefined): JsonObject {
  if (!Array.isArray(value)) return {};
  const entries = (value as readonly JsonValue[]).filter(isObject);
  return { arguments: entries.filter(({ name }) => typeof name === 'string').map(withoutNulls) };
}

/** Keywords whose value is data: null is a value there. */
const DATA = new Set(['default', 'const', 'enum', 'examples', 'example']);
/** Keywords whose value names schemas. */
const NAMED = new Set(['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas']);
const MAX_DEPTH = 100;

/** A schema without keywords that are null. */
export function schemaWithoutNulls(schema: JsonObject, depth = 0): JsonObject {
  if (depth > MAX_DEPTH) return schema;
  const inner = (value: JsonValue): JsonValue => {
    if (Array.isArray(value)) return value.map(inner);
    return isObject(value) ? schemaWithoutNulls(value, depth + 1) : value;
  };
  const entries = Object.entries(schema).flatMap(([keyword, value]): [string, JsonValue][] => {
    if (DATA.has(keyword)) return [[keyword, value]];
    if (value === null) return [];
    if (!NAMED.has(keyword) || !isObject(value)) return [[keyword, inner(value)]];
    return [[keyword, Object.fromEntries(Object.entries(withoutNulls(value)).map(([name, named]) => [name, inner(named)]))]];
  });
  return Object.fromEntries(entries);
}
