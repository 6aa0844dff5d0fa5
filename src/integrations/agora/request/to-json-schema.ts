import type { JsonSchema } from '../../../schema/index.ts';
import type { FieldSchema } from './schema.ts';
import type { RequestShape } from './validate.ts';

/** The fields that Agora documents inside the parameters that become a `clientRequest`, by parameter. */
export function documentedFields({ schema, wireNames }: Pick<RequestShape, 'schema' | 'wireNames'>): Readonly<Record<string, JsonSchema>> {
  return Object.fromEntries(
    Object.entries(wireNames).flatMap(([parameter, name]): [string, JsonSchema][] => {
      const field = schema.fields?.[name];
      return field === undefined ? [] : [[parameter, toJsonSchema(field)]];
    }),
  );
}

function toJsonSchema({
  type,
  values,
  mayGrow: growing,
  minimum: least,
  maximum: most,
  items,
  maxItems: itemsAtMost,
  fields,
  required,
  modes,
}: FieldSchema): JsonSchema {
  return {
    type,
    ...(modes === undefined ? {} : { description: `For mode ${modes.join(' and ')}.` }),
    ...(values === undefined || growing !== undefined ? {} : { enum: values }),
    ...(least === undefined ? {} : { minimum: least }),
    ...(most === undefined ? {} : { maximum: most }),
    ...(items === undefined ? {} : { items: toJsonSchema(items) }),
    ...(itemsAtMost === undefined ? {} : { maxItems: itemsAtMost }),
    ...(required === undefined ? {} : { required }),
    ...(fields === undefined
      ? {}
      : { properties: Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, toJsonSchema(field)])) }),
  };
}
