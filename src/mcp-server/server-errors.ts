import { ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/server';
import { toKosmoError } from '../errors/index.ts';
import { isObject, type JsonValue } from '../json/index.ts';
import { replaceLoneSurrogates } from './replace-lone-surrogates.ts';

/** Errors that a client acts on itself: a capability is missing, or the user has to open a page first. */
const FOR_THE_CLIENT: readonly unknown[] = [-32_021, -32_042];

/** The JSON-RPC error of an MCP server that a client has to get from a tool as it is. Undefined if the tool's result is the error. */
export function toolProtocolError(thrown: unknown): ProtocolError | undefined {
  const { message, details } = toKosmoError(thrown);
  return FOR_THE_CLIENT.includes(details.rpc_code) ? ProtocolError.fromError(Number(details.rpc_code), message, details.data) : undefined;
}

/** The JSON-RPC error for a failed request of a resource or prompt: that of the MCP server, with the URI that the client knows. */
export function serverProtocolError(thrown: unknown, uri?: string): ProtocolError {
  if (thrown instanceof ProtocolError) return thrown;
  const error = toKosmoError(thrown);
  const { rpc_code: code, data } = error.details as Readonly<Record<string, JsonValue | undefined>>;
  if (typeof code !== 'number') return new ProtocolError(ProtocolErrorCode.InternalError, error.message, { error: error.toJSON() });
  const known = uri !== undefined && isObject(data) && data.uri !== undefined ? { ...data, uri } : data;
  return ProtocolError.fromError(code, error.message, known ?? { error: error.toJSON() });
}

/** The error for a prompt that no exposed server has. */
export function unknownPrompt(name: string): ProtocolError {
  return new ProtocolError(ProtocolErrorCode.InvalidParams, `Unknown prompt: ${replaceLoneSurrogates(name)}`);
}
