import type { Ajv } from 'ajv';
import type { JsonSchema, ObjectSchema } from '../../schema/index.ts';

/** A schema that compiles as JSON Schema 2020-12, and the places of the keywords that it lost: `properties/count/type`. */
export interface LooseSchema {
  readonly schema: ObjectSchema;
  readonly removed: readonly string[];
}

type Node = Record<string, unknown>;

const DIALECT = 'https://json-schema.org/draft/2020-12/schema';

/** Faults of one schema that are removed. With more it becomes a schema of any object. */
const MAX_FAULTS = 200;

/** Keywords whose effect only a compiler knows. Other schemas compile if they are valid and their references lead somewhere. */
const NEEDS_COMPILER = /"(?:\$id|id|\$anchor|\$dynamicRef|\$dynamicAnchor|\$recursiveRef|\$async|nullable|discriminator)":/;

let loosener: Promise<(schema: ObjectSchema) => LooseSchema> | undefined;

/** Makes `loosen`. Loads the compiler of schemas when it is first called. */
export function schemaLoosener(): Promise<(schema: ObjectSchema) => LooseSchema> {
  loosener ??= createLoosener();
  return loosener;
}

async function createLoosener(): Promise<(schema: ObjectSchema) => LooseSchema> {
  const { default: compiler } = await import('ajv/dist/2020.js');
  const ajv = new (compiler as unknown as typeof Ajv)({ allErrors: true, strict: false, validateFormats: false, logger: false });
  return (schema) => loosen(schema, ajv);
}

/**
 * Removes what keeps a schema from being compiled. The text of each removed keyword is kept in the description beside it. Clients drop every
 * tool of a server for one schema that they cannot compile.
 */
function loosen(given: ObjectSchema, ajv: Ajv): LooseSchema {
  const removed: string[] = [];
  const root = structuredClone(given) as unknown as Node;
  const remove = (node: Node, keyword: string, place: string): void => {
    const text = `${keyword}: ${JSON.stringify(node[keyword])}`;
    delete node[keyword];
    node.description = typeof node.description === 'string' && node.description !== '' ? `${node.description} (${text})` : text;
    removed.push(place);
  };
  // The schema of an older dialect is read as one of this.
  if (root.$schema !== undefined && root.$schema !== DIALECT) delete root.$schema;
  visit(root, '', (node, place) => repair(node, place, root, remove));
  removeInvalid(root, ajv, remove);
  if (removed.length > MAX_FAULTS || !compiles(root, ajv)) return { schema: anyObject(given), removed: [''] };
  return { schema: root as unknown as ObjectSchema, removed };
}

type Remove = (node: Node, keyword: string, place: string) => void;

// Faults that the schema of schemas does not find.
function repair(node: Node, place: string, root: Node, remove: Remove): void {
  const at = (keyword: string): string => (place === '' ? keyword : `${place}/${keyword}`);
  if (Array.isArray(node.items)) {
    node.prefixItems ??= node.items;
    delete node.items;
  }
  if (typeof node.pattern === 'string' && !isPattern(node.pattern)) remove(node, 'pattern', at('pattern'));
  if (Array.isArray(node.enum) && node.enum.length === 0) remove(node, 'enum', at('enum'));
  if (typeof node.$ref === 'string' && !leadsSomewhere(node.$ref, root)) remove(node, '$ref', at('$ref'));
  if (node.nullable !== undefined && node.type === undefined) remove(node, 'nullable', at('nullable'));
  const { patternProperties } = node;
  if (!isNode(patternProperties)) return;
  for (const pattern of Object.keys(patternProperties)) {
    if (!isPattern(pattern)) remove(patternProperties, pattern, at(`patternProperties/${pattern}`));
  }
}

// Each round removes the keywords that the schema of schemas refuses, the innermost first.
function removeInvalid(root: Node, ajv: Ajv, remove: Remove): void {
  for (let round = 0; round < MAX_FAULTS; round++) {
    if (ajv.validateSchema({ ...root, $schema: DIALECT }) === true) return;
    const paths = (ajv.errors ?? []).map(({ instancePath }) => instancePath.split('/').slice(1).map(decodePointer));
    const deepest = paths.reduce<readonly string[]>((longest, path) => (path.length > longest.length ? path : longest), []);
    const found = keywordAt(root, deepest);
    if (found === undefined) return;
    remove(found.node, found.keyword, deepest.slice(0, found.depth + 1).join('/'));
  }
}

function decodePointer(segment: string): string {
  return decodeURIComponent(segment).replaceAll('~1', '/').replaceAll('~0', '~');
}

// Of an item of a list, such as an alternative of `type`, the whole list is the keyword.
function keywordAt(
  root: Node,
  path: readonly string[],
): { readonly node: Node; readonly keyword: string; readonly depth: number } | undefined {
  let found: { readonly node: Node; readonly keyword: string; readonly depth: number } | undefined;
  let value: unknown = root;
  for (const [depth, segment] of path.entries()) {
    if (isNode(value)) found = { node: value, keyword: segment, depth };
    value = (value as Node | undefined)?.[segment];
  }
  return found !== undefined && Object.hasOwn(found.node, found.keyword) ? found : undefined;
}

function compiles(root: Node, ajv: Ajv): boolean {
  if (ajv.validateSchema({ ...root, $schema: DIALECT }) !== true) return false;
  if (!NEEDS_COMPILER.test(JSON.stringify(root))) return true;
  try {
    ajv.compile(root);
    return !('$async' in root);
  } catch {
    return false;
  } finally {
    ajv.removeSchema(root);
  }
}

function anyObject({ properties, description }: ObjectSchema): ObjectSchema {
  const names = Object.keys(isNode(properties) ? properties : {});
  const about = names.length === 0 ? {} : { description: [description ?? '', `Members: ${names.join(', ')}`].join(' ').trim() };
  return { type: 'object', properties: Object.fromEntries(names.map((name) => [name, {} as JsonSchema])), required: [], ...about };
}

function isPattern(pattern: string): boolean {
  try {
    new RegExp(pattern, 'u');
    return true;
  } catch {
    return false;
  }
}

// Anchors and ids are found by the compiler.
function leadsSomewhere(reference: string, root: Node): boolean {
  if (reference === '#') return true;
  if (!reference.startsWith('#/')) return reference.startsWith('#') && /[aA]nchor":/.test(JSON.stringify(root));
  let value: unknown = root;
  for (const segment of reference.slice(2).split('/')) {
    if (typeof value !== 'object' || value === null) return false;
    value = (value as Node)[pointerName(segment)];
  }
  return typeof value === 'boolean' || isNode(value);
}

function pointerName(segment: string): string {
  try {
    return decodePointer(segment);
  } catch {
    return segment;
  }
}

/** Members that hold one schema, a list of schemas, or schemas by name. */
const SCHEMA = ['additionalProperties', 'contains', 'else', 'if', 'items', 'not', 'propertyNames', 'then', 'unevaluatedItems'];
const LISTS = ['allOf', 'anyOf', 'oneOf', 'prefixItems', 'items'];
const TABLES = ['$defs', 'definitions', 'dependentSchemas', 'patternProperties', 'properties'];

function visit(value: unknown, place: string, act: (node: Node, place: string) => void): void {
  if (!isNode(value)) return;
  act(value, place);
  const inner = (path: string): string => (place === '' ? path : `${place}/${path}`);
  for (const keyword of [...SCHEMA, 'unevaluatedProperties']) visit(value[keyword], inner(keyword), act);
  for (const keyword of LISTS) {
    const list = value[keyword];
    if (Array.isArray(list)) for (const [index, item] of list.entries()) visit(item, inner(`${keyword}/${index}`), act);
  }
  for (const keyword of TABLES) {
    const table = value[keyword];
    if (isNode(table)) for (const [name, item] of Object.entries(table)) visit(item, inner(`${keyword}/${name}`), act);
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
