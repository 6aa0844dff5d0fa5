import { createHash } from 'node:crypto';
import type { Elicit, Operation, Relay } from '../integration/index.ts';
import type { JsonValue } from '../json/index.ts';
import type { CallEvent, Host, RunOptions } from '../runtime/index.ts';
import type { JsonSchema } from '../schema/index.ts';
import type { ClientQuestions } from './client-questions.ts';
import type { Exposure } from './exposure.ts';
import type { Results, ToolResult } from './tool-results.ts';

/** What the tools of a gateway share. */
export interface ToolOptions {
  readonly host: Host;
  readonly exposure: Exposure;
  readonly results: Results;
  /** What a call may do besides the rules of the configuration files. */
  readonly policy: (call: ToolCall) => RunOptions['policy'];
}

/** What a client hears while a tool runs: events of calls, and lines that a script logs. */
export type ToolEvent = CallEvent | { readonly event: 'log'; readonly text: string };

/** What a tool may use besides its arguments. */
export interface ToolCall {
  readonly signal: AbortSignal;
  /** Tells the client what happens to the calls that are made. */
  readonly tell: (event: ToolEvent) => void;
  /** Puts a call that needs approval to the client's person; absent where the client cannot ask. */
  readonly ask?: RunOptions['policy']['ask'];
  /** Puts questions of MCP servers to the client. */
  readonly elicit: Elicit;
  /** Runs something that asks, while the call holds a thread. */
  readonly holdPlace: ClientQuestions['holdPlace'];
  /** Keys of `_meta` for requests that the call causes. */
  readonly meta: Relay['meta'];
}

/** One tool of the gateway: its definition for clients, and its code. */
export interface GatewayTool {
  /** As MCP lists it. */
  readonly definition: {
    readonly name: string;
    readonly title: string;
    readonly description: string;
    readonly inputSchema: JsonSchema & { readonly type: 'object' };
    readonly outputSchema?: JsonSchema & { readonly type: 'object' };
    readonly annotations: {
      readonly readOnlyHint: boolean;
      readonly destructiveHint: boolean;
      readonly openWorldHint: boolean;
      readonly idempotentHint?: boolean;
    };
  };
  readonly run: (args: Readonly<Record<string, JsonValue>>, call: ToolCall) => Promise<ToolResult>;
}

/** Clients refuse longer names of tools. */
const MAX_TOOL_NAME_LENGTH = 64;

/**
 * A name as MCP clients take it: letters, digits and `_`, not too long. `-` becomes `_`, as in the names that scripts use; where more has to
 * change the name gets a hash of what it stands for.
 */
export function toolName(...parts: readonly string[]): string {
  const name = parts.map((part) => part.replaceAll(/[^A-Za-z0-9_]+|-/g, '_')).join('__');
  return name === parts.join('__').replaceAll('-', '_') && name.length <= MAX_TOOL_NAME_LENGTH ? name : withHash(name, parts);
}

/** Each item with a name of its own: `a-b` and `a_b` have the same one, so both get a hash. */
export function withToolNames<Item>(
  items: readonly Item[],
  partsOf: (item: Item) => readonly string[],
): readonly (readonly [name: string, item: Item])[] {
  const named = items.map((item) => [toolName(...partsOf(item)), item] as const);
  const names = named.map(([name]) => name);
  return named.map(([name, item]) =>
    names.indexOf(name) === names.lastIndexOf(name) ? [name, item] : [withHash(name, partsOf(item)), item],
  );
}

function withHash(name: string, parts: readonly string[]): string {
  const hash = createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 8);
  return `${name.slice(0, MAX_TOOL_NAME_LENGTH - hash.length - 1)}_${hash}`;
}

/** The annotations of an operation, by which clients can warn of a write. `hints` are further annotations of its server. */
export function annotationsOf(
  operation: Operation,
  hints: Readonly<Record<string, boolean>> = {},
): GatewayTool['definition']['annotations'] {
  const reads = operation === 'read';
  return { destructiveHint: !reads, openWorldHint: true, ...hints, readOnlyHint: reads };
}
