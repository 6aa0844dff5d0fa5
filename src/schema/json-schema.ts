import type { JsonValue } from '../json/index.ts';

/** The subset of JSON Schema (draft 2020-12) that tools are described with. */
export interface JsonSchema {
  readonly type?: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean';
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean;
  readonly items?: JsonSchema;
  readonly enum?: readonly (string | number)[];
  /** Other spellings of enum strings, in lower case, and what each stands for. Ours, not JSON Schema's; validators ignore it. */
  readonly aliases?: Readonly<Record<string, string>>;
  /**
   * Properties that an object accepts by name and that are dropped: those of a table that other functions take, too. The list has the only
   * values that one may have; an empty list allows any. Ours, not JSON Schema's.
   */
  readonly ignored?: Readonly<Record<string, readonly JsonValue[]>>;
  readonly default?: JsonValue;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly pattern?: string;
  /**
   * At the root of a schema that an MCP server sent: it may use every keyword, see `readSchema`; an empty text is a value; and the digits of an
   * integer beyond ±(2^53 - 1) are an integer. Ours, not JSON Schema's.
   */
  readonly remote?: true;
}
