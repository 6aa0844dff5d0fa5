import type { JsonSchema } from '../schema/index.ts';

/**
 * What answers are like, as a schema that holds nobody to it. Clients refuse an answer that is not as its schema says, and with it what was
 * done: types are said in words, and nothing is required.
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
