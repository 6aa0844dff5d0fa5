import type { JsonValue } from '../json/index.ts';
import { type EffectiveSchema, type PlainType, readSchema } from './effective.ts';
import type { JsonSchema } from './json-schema.ts';

/** A schema for people. */
export interface SchemaSummary {
  /** `array`, `string|integer`, `any`. Null is left out: it says that the value may be absent. */
  readonly type: string;
  /** The values that are allowed, without null. Undefined: others than can be listed. */
  readonly values: readonly JsonValue[] | undefined;
  readonly description: string;
}

/** A parameter of a function, as flags, help and pages show it. */
export interface Parameter extends SchemaSummary {
  readonly name: string;
  readonly required: boolean;
}

/** The parameters of a function, whatever keywords its schema names them with. */
export function readParameters(input: JsonSchema): readonly Parameter[] {
  const { branches } = readSchema(input);
  return parameterNames(input).map((name) => {
    const property = branches.map((branch) => branch.property(name)).find((schema) => schema !== undefined);
    const summary = property === undefined ? { type: 'any', values: undefined, description: '' } : summarizeSchema(property);
    return { name, required: branches.every((branch) => branch.requires(name)), ...summary };
  });
}

/** The names of the parameters, in the order of the schema. */
export function parameterNames(input: JsonSchema): readonly string[] {
  return [...new Set(readSchema(input).branches.flatMap((branch) => branch.propertyNames()))];
}

/** The types of a schema without null. Undefined: any. */
export function typesOf({ branches }: EffectiveSchema): readonly PlainType[] | undefined {
  const types = [...new Set(branches.map(({ type }) => type))];
  const plain = types.filter((type) => type !== undefined);
  if (plain.length < types.length) return undefined;
  return plain.length === 1 ? plain : plain.filter((type) => type !== 'null');
}

/** Describes a schema for people. */
export function summarizeSchema(schema: EffectiveSchema): SchemaSummary {
  const branches = schema.branches.filter(({ type }) => type !== 'null');
  const values = branches.map((branch) => branch.values());
  const text = schema.branches.flatMap(({ facets }) => facets).find(({ description }) => typeof description === 'string')?.description;
  return {
    type: typesOf(schema)?.join('|') || 'any',
    values: values.length > 0 && values.every((list) => list !== undefined) ? [...new Set(values.flat())] : undefined,
    description: (text as string | undefined) ?? '',
  };
}
