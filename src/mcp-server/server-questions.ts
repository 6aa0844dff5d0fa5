import type { InputRequest } from '../integration/index.ts';
import type { JsonValue } from '../json/index.ts';
import type { InputRequests } from './client-questions.ts';

type Questions = Readonly<Record<string, InputRequest>>;

/** Questions of an MCP server for the client of the gateway. Those to the user begin with the name of the server that asks. */
export function markQuestions(questions: Questions, server: string): InputRequests {
  return Object.fromEntries(
    Object.entries(questions).map(([key, question]) => {
      const { method, params } = question;
      if (method !== 'elicitation/create') return [key, question];
      return [key, { method, params: { ...params, message: `${server}: ${params.message ?? ''}` } }];
    }),
  );
}

const CAPABILITIES: Readonly<Record<string, string>> = { 'sampling/createMessage': 'sampling', 'roots/list': 'roots' };

/** The capabilities that a client would need to answer the questions, and does not have. Undefined if it has all. */
export function missingCapabilities(
  questions: Questions,
  declared: Readonly<Record<string, JsonValue>>,
): Readonly<Record<string, JsonValue>> | undefined {
  const missing: Record<string, JsonValue> = {};
  for (const { method, params } of Object.values(questions)) {
    if (method === 'elicitation/create') {
      const mode = params.mode === 'url' ? 'url' : 'form';
      if (!canElicit(declared.elicitation, mode)) missing.elicitation = { ...(missing.elicitation as object), [mode]: {} };
      continue;
    }
    const capability = CAPABILITIES[method] ?? method;
    if (declared[capability] === undefined) missing[capability] = {};
  }
  return Object.keys(missing).length === 0 ? undefined : missing;
}

// A capability without modes is that of forms: older revisions know no other.
function canElicit(capability: JsonValue | undefined, mode: 'form' | 'url'): boolean {
  if (typeof capability !== 'object' || capability === null) return false;
  const { form, url } = capability as { readonly form?: JsonValue; readonly url?: JsonValue };
  return mode === 'url' ? url !== undefined : form !== undefined || url === undefined;
}
