import type { JsonValue } from '../json/index.ts';

/** What the gateway forwards between its client and an MCP server in one call. Integrations ignore it. */
export interface Relay {
  /** Keys of `_meta` for the request to the server, such as `traceparent`. @default undefined (no `_meta`) */
  readonly meta?: Readonly<Record<string, JsonValue>> | undefined;
  /** Gets the result as the server sent it. */
  readonly onResult?: (result: Readonly<Record<string, JsonValue>>) => void;
}
