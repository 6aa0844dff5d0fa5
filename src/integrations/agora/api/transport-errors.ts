import type { KosmoError } from '../../../errors/index.ts';
import { TOO_LARGE } from '../../../http/index.ts';
import { describeNetworkFailure } from '../../../platform/network-failure.ts';
import { proxiesFor, withoutCredentials } from '../../../platform/proxy.ts';
import { callError, type RequestFacts } from './response.ts';

/** How a call ended without an answer. */
export interface TransportError {
  readonly error: unknown;
  /** Whether the request was about to be written to a connected socket, or further. */
  readonly sent: boolean;
  readonly timedOut: boolean;
}

const CHECK_NETWORK =
  'check url of the account (AGORA_URL, or AGORA_<ACCOUNT>_URL) and the network; against an emulator, check that kosmo agora:emulator still runs';

/** What a call means that ended without an answer. */
export function describeTransportFailure(facts: RequestFacts, { error, sent, timedOut }: TransportError): KosmoError {
  const { code = '', message = '' } = error as { readonly code?: string; readonly message?: string };
  const proxies = proxiesFor(facts.origin, process.env);
  const proxy = proxies === undefined ? undefined : withoutCredentials(proxies.httpsProxy || proxies.httpProxy);
  const { reason = 'unknown failure', hint = CHECK_NETWORK } = describeNetworkFailure({ code, message }, proxy);
  const beforeSending = { hint, outcome: 'none', cause: error } as const;
  if (timedOut) {
    const text = `no answer from Agora within ${Number((facts.timeoutMs / 1000).toPrecision(2))} s`;
    return callError(facts, 'DEADLINE_EXCEEDED', text, sent ? { cause: error } : beforeSending);
  }
  if (code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE' || code === TOO_LARGE) {
    return callError(facts, 'INVALID_RESPONSE', 'the answer from Agora is larger than 8 MiB', { cause: error });
  }
  return sent
    ? callError(facts, 'CONNECTION_LOST', `connection to Agora API at ${facts.origin} lost: ${reason}`, { cause: error })
    : callError(facts, 'CONNECTION_FAILED', `Failed to connect to Agora API at ${facts.origin}: ${reason}`, beforeSending);
}
