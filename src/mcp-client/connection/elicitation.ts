import { ProtocolError } from '@modelcontextprotocol/client';
import { KosmoError, type Outcome } from '../../errors/index.ts';
import type { Elicit, InputRequest } from '../../integration/index.ts';
import { isObject, type JsonObject, type JsonValue } from '../../json/index.ts';
import { brief } from './http-reason.ts';

/** Error of a call whose server asks the user a question that this run cannot answer. */
export function elicitationRequired(
  server: string,
  questions: Readonly<Record<string, InputRequest>>,
  outcome: Outcome = 'none',
): KosmoError {
  const [first] = Object.values(questions);
  const { message, url } = first?.params ?? {};
  const said = typeof message === 'string' && message !== '' ? `: ${brief(message)}` : '.';
  return new KosmoError('ELICITATION_REQUIRED', `MCP server '${server}' asks the user a question, which this run cannot answer${said}`, {
    outcome,
    details: { server, ...(typeof url === 'string' ? { url } : {}) },
    hint: typeof url === 'string' ? 'open the url in a browser, then call again' : 'call the tool with kosmo mcp:call on a terminal',
  });
}

/** A server may ask so often during one call. */
export const MAX_ROUNDS = 10;

/** Answers to the questions, or the error of a run that has none to give. */
export async function answerQuestions(
  server: string,
  questions: Readonly<Record<string, InputRequest>>,
  { elicit, signal }: { readonly elicit: Elicit | undefined; readonly signal: AbortSignal },
): Promise<Readonly<Record<string, JsonValue>>> {
  if (elicit === undefined) throw elicitationRequired(server, questions);
  return elicit(questions, { server, signal });
}

/** The questions in a result of revision 2026-07-28 that asks for input; undefined for other results. */
export function questionsIn(result: JsonValue | undefined): Readonly<Record<string, InputRequest>> | undefined {
  if (!isObject(result) || result.resultType !== 'input_required') return undefined;
  const entries = Object.entries(isObject(result.inputRequests) ? result.inputRequests : {});
  return Object.fromEntries(
    entries.flatMap(([key, request]) =>
      isObject(request) && typeof request.method === 'string' ? [[key, { method: request.method, params: paramsOf(request.params) }]] : [],
    ),
  );
}

/**
 * The questions in an error: `-32042` of revision 2025-11-25 names pages to open before the call is repeated. Of `-32021`, which names a
 * missing capability, the list is empty. Undefined for other errors.
 */
export function questionsInError(thrown: unknown): Readonly<Record<string, InputRequest>> | undefined {
  if (!(thrown instanceof ProtocolError)) return undefined;
  const data = (isObject(thrown.data as JsonValue) ? thrown.data : {}) as JsonObject;
  if (thrown.code === -32021 && isObject(data.requiredCapabilities) && 'elicitation' in data.requiredCapabilities) return {};
  if (thrown.code !== -32042 || !Array.isArray(data.elicitations)) return undefined;
  const pages = (data.elicitations as readonly JsonValue[]).filter(isObject);
  return Object.fromEntries(
    pages.map((params, i) => [`page-${i + 1}`, { method: 'elicitation/create', params: { mode: 'url', ...params } }]),
  );
}

function paramsOf(value: JsonValue | undefined): JsonObject {
  return isObject(value) ? value : {};
}
