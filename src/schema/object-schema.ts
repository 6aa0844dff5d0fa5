import type { JsonSchema } from './json-schema.ts';

/** Like `JsonSchema` with `type: 'object'` and properties that are always there. */
export type ObjectSchema = JsonSchema & {
  readonly type: 'object';
  readonly properties: Readonly<Record<string, JsonSchema>>;
  readonly required: readonly string[];
};
