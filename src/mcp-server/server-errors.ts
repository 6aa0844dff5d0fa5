import { ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/server';
import { toKosmoError } from '../errors/index.ts';
import { isObject, type JsonValue } from '../json/index.ts';
import { replaceLoneSurrogates } from './replace-lone-surrogates.ts';

/** The user has to open a page first. */
const URL_ELICITATION_REQUIRED = -32_042;
/** A capability of the client is missing. Clients before the revision 2026-07-28 do not know it. */
const MISSING_CAPABILITY = -32_021;

/** The JSON-RPC error of an MCP server that a client has to get from a tool as it is. Undefined if the tool's result is the error. */
export function toolProtocolError(thrown: unknown, isModern: boolean): ProtocolError | undefined {
  const { message, details } = toKosmoError(thrown);
  const code = details.rpc_code;
  const isForClient = code === URL_ELICITATION_REQUIRED || (isModern && code === MISSING_CAPABILITY);
  return isForClient ? ProtocolError.fromError(Number(code), message, details.data) : undefined;
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
