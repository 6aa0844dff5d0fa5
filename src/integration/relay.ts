import type { JsonValue } from '../json/index.ts';

/** What the gateway forwards between its client and an MCP server in one call. Integrations ignore it. */
export interface Relay {
  /** Keys of `_meta` for the request to the server, such as `traceparent`. */
  readonly meta: Readonly<Record<string, JsonValue>>;
  /** Gets the result as the server sent it. */
  readonly onResult?: (result: Readonly<Record<string, JsonValue>>) => void;
}
