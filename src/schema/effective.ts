import type { JsonValue } from '../json/index.ts';
import type { JsonSchema } from './json-schema.ts';
import { resolveReference } from './reference.ts';

/** A schema as a server sent it: any keyword may hold anything. */
export type RawSchema = Readonly<Record<string, unknown>>;

export type PlainType = NonNullable<JsonSchema['type']> | 'null';

const PLAIN_TYPES = new Set<unknown>(['object', 'array', 'string', 'integer', 'number', 'boolean', 'null']);

/** A schema with more alternatives, or one that takes more steps to read, allows anything here. The compiled validator still checks it. */
const MAX_BRANCHES = 200;
const MAX_STEPS = 5000;

/**
 * What a schema means: the alternatives that are left when `$ref`, `allOf`, `anyOf`, `oneOf`, `const`, lists of types and enums without a type
 * are carried out. A schema that is plain has one. None: no value satisfies the schema.
 */
export interface EffectiveSchema {
  readonly branches: readonly Branch[];
  /** Whether null is a value here, and does not stand for an absent property. */
  readonly takesNull: boolean;
}

/** One alternative: values of one type that satisfy all `facets`, which are schemas without combinators. */
export class Branch {
  /** Undefined: any type. */
  readonly type: PlainType | undefined;
  readonly facets: readonly RawSchema[];
  readonly isRemote: boolean;
  readonly #reader: Reader;
  #named: Map<string, EffectiveSchema> | undefined;
  #describesFields: boolean | undefined;
  #values: readonly JsonValue[] | undefined | null = null;

  constructor(reader: Reader, type: PlainType | undefined, facets: readonly RawSchema[]) {
    this.#reader = reader;
    this.isRemote = reader.isRemote;
    this.type = type;
    this.facets = facets;
  }

  /** Whether something is said about the fields of an object. */
  get describesFields(): boolean {
    this.#describesFields ??= this.facets.some(
      ({ properties, patternProperties, additionalProperties }) =>
        isRecord(properties) || isRecord(patternProperties) || isRecord(additionalProperties),
    );
    return this.#describesFields;
  }

  /** Names of the properties that the schema lists, in its order. */
  propertyNames(): readonly string[] {
    return [...new Set(this.facets.flatMap(({ properties }) => (isRecord(properties) ? Object.keys(properties) : [])))];
  }

  /** Values that an enum or a const allows; undefined: all. */
  values(): readonly JsonValue[] | undefined {
    if (this.#values === null) this.#values = commonValues(this.facets);
    return this.#values;
  }

  /** The schema of a property; undefined: nothing is said about it. */
  property(name: string): EffectiveSchema | undefined {
    const known = this.#named?.get(name);
    if (known !== undefined) return known;
    const schemas = this.facets.flatMap((facet) => propertySchemas(facet, name));
    if (schemas.length === 0) return undefined;
    const effective = this.#reader.read(schemas);
    // Other names are arbitrary: remembering them would have no end.
    if (this.facets.some(({ properties }) => isRecord(properties) && Object.hasOwn(properties, name))) {
      this.#named ??= new Map();
      this.#named.set(name, effective);
    }
    return effective;
  }

  requires(name: string): boolean {
    return this.facets.some(({ required }) => Array.isArray(required) && required.includes(name));
  }

  get aliases(): Readonly<Record<string, string>> {
    return (this.facets.find(({ aliases }) => isRecord(aliases))?.aliases ?? {}) as Readonly<Record<string, string>>;
  }

  /** Whether the schema refuses a property of this name. */
  refuses(name: string): boolean {
    return this.facets.some(
      (facet) => facet.additionalProperties === false && propertySchemas(facet, name).length === 0 && !isListed(facet, name),
    );
  }

  /** Whether `name` is unknown to an object that lists names, and allows others only because it says nothing about them. */
  isUnlisted(name: string): boolean {
    return (
      this.facets.some(({ properties }) => isRecord(properties)) &&
      this.facets.every(
        ({ additionalProperties, unevaluatedProperties }) => (additionalProperties ?? unevaluatedProperties) === undefined,
      ) &&
      this.facets.every((facet) => !isListed(facet, name))
    );
  }

  /** The schema of the item at a position; undefined: nothing is said about it. */
  item(index: number): EffectiveSchema | undefined {
    const schemas = this.facets.flatMap((facet) => itemSchemas(facet, index));
    return schemas.length === 0 ? undefined : this.#reader.read(schemas);
  }
}

const readers = new WeakMap<object, Reader>();

/** Reads a schema. References in it lead from the schema itself. */
export function readSchema(schema: JsonSchema): EffectiveSchema {
  let reader = readers.get(schema);
  if (reader === undefined) {
    reader = new Reader(schema as RawSchema);
    readers.set(schema, reader);
  }
  return reader.root;
}

class Reader {
  readonly #schema: RawSchema;
  readonly isRemote: boolean;
  /** By the object that the schema is: a property, `items`, a definition. */
  readonly #known = new WeakMap<object, EffectiveSchema>();
  readonly #anything: Branch;
  #root: EffectiveSchema | undefined;
  #steps = 0;

  constructor(schema: RawSchema) {
    this.#schema = schema;
    this.isRemote = schema.remote === true;
    this.#anything = new Branch(this, undefined, [{}]);
  }

  get root(): EffectiveSchema {
    this.#root ??= this.read([this.#schema]);
    return this.#root;
  }

  /** The meaning of schemas that all hold. */
  read(schemas: readonly unknown[]): EffectiveSchema {
    const [only] = schemas;
    const key = schemas.length === 1 && isRecord(only) ? only : undefined;
    const known = key && this.#known.get(key);
    if (known !== undefined) return known;
    this.#steps = 0;
    const branches = this.#conjoin(schemas, new Set()) ?? [this.#anything];
    const effective = { branches, takesNull: branches.some(({ type }) => type === undefined || type === 'null') };
    if (key !== undefined) this.#known.set(key, effective);
    return effective;
  }

  // Undefined: only references to itself, which add nothing.
  #conjoin(schemas: readonly unknown[], references: ReadonlySet<unknown>): readonly Branch[] | undefined {
    let branches: readonly Branch[] | undefined;
    for (const schema of schemas) {
      const more = this.#expand(schema, references);
      if (more !== undefined) branches = branches === undefined ? more : this.#intersect(branches, more);
    }
    return branches;
  }

  #expand(schema: unknown, references: ReadonlySet<unknown>): readonly Branch[] | undefined {
    if (schema === false) return [];
    if (!isRecord(schema) || ++this.#steps > MAX_STEPS) return [this.#anything];
    if (references.has(schema)) return undefined;
    const { $ref, allOf, anyOf, oneOf } = schema;
    const own = ownTypes(schema).map(({ type, facet }) => new Branch(this, type, [facet]));
    if ($ref === undefined && allOf === undefined && anyOf === undefined && oneOf === undefined) return own;
    const within = new Set(references).add(schema);
    const target = $ref === undefined ? undefined : resolveReference(this.#schema, $ref);
    const parts = [...($ref === undefined ? [] : [target]), ...(Array.isArray(allOf) ? (allOf as readonly unknown[]) : [])];
    let branches: readonly Branch[] = own;
    const all = this.#conjoin(parts, within);
    if (all === undefined && isPureReference(schema)) return undefined;
    if (all !== undefined) branches = this.#intersect(branches, all);
    for (const alternatives of [anyOf, oneOf]) {
      if (!Array.isArray(alternatives)) continue;
      const union = (alternatives as readonly unknown[]).flatMap((alternative) => this.#expand(alternative, within) ?? []);
      branches = this.#intersect(branches, union);
    }
    return branches;
  }

  #intersect(some: readonly Branch[], others: readonly Branch[]): readonly Branch[] {
    if (some.length * others.length > MAX_BRANCHES) return [this.#anything];
    return some.flatMap((one) =>
      others.flatMap((other) => {
        const type = commonType(one.type, other.type);
        return type === null ? [] : [new Branch(this, type, [...one.facets, ...other.facets])];
      }),
    );
  }
}

function ownTypes(schema: RawSchema): readonly { readonly type: PlainType | undefined; readonly facet: RawSchema }[] {
  const { type } = schema;
  if (typeof type === 'string' && schema.enum === undefined && schema.const === undefined && schema.nullable !== true)
    return [{ type: PLAIN_TYPES.has(type) ? (type as PlainType) : undefined, facet: schema }];
  const values = enumOf(schema);
  const listed = (type === undefined ? values?.map(typeOfValue) : [type].flat().filter((name) => PLAIN_TYPES.has(name))) as
    | PlainType[]
    | undefined;
  if (listed === undefined || listed.length === 0) return [{ type: undefined, facet: schema }];
  const types = [...new Set(schema.nullable === true ? [...listed, 'null' as const] : listed)];
  if (types.length === 1) return [{ type: types[0], facet: schema }];
  const sorted = types.map((name) => ({ type: name, facet: values === undefined ? schema : onlyOfType(schema, values, name) }));
  return sorted.filter(({ facet }) => values === undefined || (facet.enum as readonly unknown[]).length > 0);
}

function commonValues(facets: readonly RawSchema[]): readonly JsonValue[] | undefined {
  const [first, ...others] = facets.map(enumOf).filter((list) => list !== undefined);
  return first?.filter((value) => others.every((list) => list.some((other) => isSame(other, value)))) as readonly JsonValue[] | undefined;
}

function onlyOfType({ const: _const, ...schema }: RawSchema, values: readonly unknown[], type: PlainType): RawSchema {
  return { ...schema, enum: values.filter((value) => commonType(typeOfValue(value), type) !== null) };
}

const POINTS_ELSEWHERE = new Set(['$ref', 'allOf', 'title', 'description', 'default']);

function isPureReference(schema: RawSchema): boolean {
  return Object.keys(schema).every((keyword) => POINTS_ELSEWHERE.has(keyword));
}

/** The enum of a schema without combinators; a const is an enum of one. */
function enumOf(schema: RawSchema): readonly unknown[] | undefined {
  if (schema.const !== undefined) return [schema.const];
  return Array.isArray(schema.enum) ? (schema.enum as readonly unknown[]) : undefined;
}

/** The type of a JSON value. */
export function typeOfValue(value: unknown): PlainType {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value as 'object' | 'string' | 'boolean';
}

// Null: no value has both types.
function commonType(one: PlainType | undefined, other: PlainType | undefined): PlainType | undefined | null {
  if (one === undefined || one === other) return other;
  if (other === undefined) return one;
  const both = new Set([one, other]);
  return both.has('integer') && both.has('number') ? 'integer' : null;
}

function propertySchemas({ properties, patternProperties, additionalProperties }: RawSchema, name: string): readonly unknown[] {
  const found = isRecord(properties) && Object.hasOwn(properties, name) ? [properties[name]] : [];
  if (isRecord(patternProperties)) {
    for (const [pattern, schema] of Object.entries(patternProperties)) if (matches(pattern, name) === true) found.push(schema);
  }
  return found.length === 0 && isRecord(additionalProperties) ? [additionalProperties] : found;
}

function isListed({ properties, patternProperties }: RawSchema, name: string): boolean {
  return propertySchemas({ properties, patternProperties }, name).length > 0;
}

// Before 2020-12 a list in `items` was what `prefixItems` is now.
function itemSchemas({ prefixItems, items, additionalItems }: RawSchema, index: number): readonly unknown[] {
  const first = Array.isArray(prefixItems) ? prefixItems : Array.isArray(items) ? items : [];
  if (index < first.length) return [first[index]];
  const rest = Array.isArray(items) ? additionalItems : items;
  return isRecord(rest) ? [rest] : [];
}

/** Whether a text matches a pattern of a schema; undefined: the pattern is invalid. */
export function matches(pattern: string, text: string): boolean | undefined {
  try {
    return new RegExp(pattern, 'u').test(text);
  } catch {
    return undefined;
  }
}

/** Whether two JSON values are the same. */
export function isSame(one: unknown, other: unknown): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}

export function isRecord(value: unknown): value is RawSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The schema at a place of a value; undefined: nothing is said about it. */
export function schemaAt(schema: JsonSchema, at: readonly (string | number)[]): EffectiveSchema | undefined {
  return at.reduce<EffectiveSchema | undefined>((here, part) => {
    for (const branch of here?.branches ?? []) {
      const inner = typeof part === 'number' ? branch.item(part) : branch.property(part);
      if (inner !== undefined) return inner;
    }
    return undefined;
  }, readSchema(schema));
}
