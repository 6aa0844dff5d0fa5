import type { JsonSchema, ValuePath } from '../../schema/index.ts';
import type { WorkflowDeclaration } from './declaration.ts';

/** The declared input as JSON Schema for people and programs: without the defaults of secrets, which are optional then. */
export function shownInput({ input, secrets }: Pick<WorkflowDeclaration, 'input' | 'secrets'>): JsonSchema {
  return secrets.reduce<JsonSchema>(withoutDefault, input);
}

function withoutDefault(schema: JsonSchema, [part, ...rest]: ValuePath): JsonSchema {
  if (part === undefined) return dropDefaults(schema);
  // A default of the whole has the secret as well.
  const { default: _default, ...others } = schema;
  if (typeof part === 'number') return others.items === undefined ? others : { ...others, items: withoutDefault(others.items, rest) };
  const property = others.properties?.[part];
  return property === undefined ? others : { ...others, properties: { ...others.properties, [part]: withoutDefault(property, rest) } };
}

function dropDefaults({ default: _default, ...schema }: JsonSchema): JsonSchema {
  const { items, properties } = schema;
  return {
    ...schema,
    ...(items === undefined ? {} : { items: dropDefaults(items) }),
    ...(properties === undefined
      ? {}
      : { properties: Object.fromEntries(Object.entries(properties).map(([name, field]) => [name, dropDefaults(field)])) }),
  };
}
