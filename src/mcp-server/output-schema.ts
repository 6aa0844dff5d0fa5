import type { JsonSchema } from '../schema/index.ts';

/**
 * Loosens an output schema so that every result satisfies it. Some clients discard results that do not match. Types become descriptions,
 * and no field is required.
 */
export function describeOutput(schema: JsonSchema): JsonSchema & { readonly type: 'object' } {
  return { ...loosen(schema), type: 'object' };
}

function loosen({ type, description, properties, items }: JsonSchema): JsonSchema {
  const words = [type ?? '', description ?? ''].filter((part) => part !== '').join(': ');
  return {
    ...(words === '' ? {} : { description: words }),
    ...(properties === undefined
      ? {}
      : { properties: Object.fromEntries(Object.entries(properties).map(([name, field]) => [name, loosen(field)])) }),
    ...(typeof items === 'object' && !Array.isArray(items) ? { items: loosen(items) } : {}),
  };
}
