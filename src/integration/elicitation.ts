import type { JsonValue } from '../json/index.ts';

/**
 * A question of an MCP server during a call, as the protocol has it. `elicitation/create` asks the user: with a form
 * (`requestedSchema`) or, in mode `url`, to open a page.
 */
export interface InputRequest {
  readonly method: string;
  readonly params: Readonly<Record<string, JsonValue>>;
}

/**
 * Answers the questions of a server by their keys, as the protocol has it: `{ action: 'accept', content }`, `{ action: 'decline' }` or
 * `{ action: 'cancel' }`. A `KosmoError` that it throws ends the call.
 */
export type Elicit = (
  questions: Readonly<Record<string, InputRequest>>,
  about: { readonly server: string; readonly signal: AbortSignal },
) => Promise<Readonly<Record<string, JsonValue>>>;
