import { type KosmoError, redactSecretFields, redactText, toKosmoError } from '../../errors/index.ts';
import type { RequestPreview } from '../../integration/index.ts';
import type { JsonValue } from '../../json/index.ts';
import { authorize } from '../../policy/index.ts';
import { createCalls } from './call.ts';
import { ConnectionPool } from './connection-pool.ts';
import type { RunState } from './stage.ts';
import type { Target } from './target.ts';

/** The requests that a call would send, and whether it is allowed. */
export interface CallPreview {
  /** The first request, with secrets replaced; null when the call would not come that far. */
  readonly request: RequestPreview | null;
  /** `ask`: a person at the terminal would be asked, and was not. */
  readonly policy: 'allow' | 'ask' | 'refuse' | null;
  /** The reason for which the call would be refused. */
  readonly error?: KosmoError;
}

/** Does all of a call but sending it: nothing leaves, nothing is asked, nothing is kept. Never rejects. */
export async function previewCall(
  target: Target,
  args: Readonly<Record<string, JsonValue>>,
  { policy, observer }: Pick<RunState, 'policy' | 'observer'>,
  signal: AbortSignal,
): Promise<CallPreview> {
  let request: RequestPreview | null = null;
  let verdict: CallPreview['policy'] = null;
  let error: KosmoError | undefined;
  const connections = new ConnectionPool({
    preview(sent) {
      request = withoutSecrets(sent);
      throw new Error('a dry run ends here');
    },
  });
  const ask = policy.ask && {
    ask: async () => {
      verdict = 'ask';
      return true;
    },
  };
  const makeCall = createCalls({
    connections,
    policy,
    observer,
    // Previews denied calls as well: the preview connection never sends.
    async authorize(call, options, aborted) {
      verdict = 'allow';
      await authorize(call, { ...options, ...ask }, aborted).catch((refusal: unknown) => {
        verdict = 'refuse';
        error = toKosmoError(refusal);
      });
      return authorize(call, { ...options, force: true }, aborted);
    },
  });
  try {
    await makeCall(target, [args], signal);
  } catch (thrown) {
    if (request === null) error = toKosmoError(thrown);
  } finally {
    await connections.close();
  }
  return { request, policy: verdict, ...(error === undefined ? {} : { error }) };
}

function withoutSecrets({ method, url, headers, body }: RequestPreview): RequestPreview {
  return {
    method,
    url: redactText(url),
    headers: redactSecretFields(headers) as RequestPreview['headers'],
    body: redactSecretFields(body) as JsonValue,
  };
}
