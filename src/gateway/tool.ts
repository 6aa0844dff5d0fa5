import type { JsonSchema, Operation } from '../catalog/index.ts';
import type { JsonValue } from '../json/index.ts';
import type { RunOptions } from '../runtime/index.ts';
import type { ToolResult } from './results.ts';

/** What a tool may use besides its arguments. */
export interface ToolCall {
  readonly signal: AbortSignal;
  /** Puts a call that needs approval to the client's person; absent where the client cannot ask. */
  readonly ask?: RunOptions['policy']['ask'];
}

/** One tool of the gateway: what clients are told of it, and what it does. */
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
    };
  };
  readonly run: (args: Readonly<Record<string, JsonValue>>, call: ToolCall) => Promise<ToolResult>;
}

/** A name as MCP clients take it: letters, digits, `_` and `-`. */
export function toolName(...parts: readonly string[]): string {
  return parts.map((part) => part.replaceAll(/[^A-Za-z0-9_-]+/g, '_')).join('__');
}

/** What clients are told of an operation, so that they can warn of one that changes something. */
export function annotationsOf(operation: Operation): GatewayTool['definition']['annotations'] {
  const reads = operation === 'read';
  return { readOnlyHint: reads, destructiveHint: !reads, openWorldHint: true };
}
