import type { ErrorCode } from '../errors/index.ts';
import { describeNetworkFailure } from '../platform/network-failure.ts';
import { proxiesFor, withoutCredentials } from '../platform/proxy.ts';
import { MAX_RESPONSE_BYTES, TOO_LARGE } from './decode-body.ts';

/** A request that ended without a response. */
export interface TransportError {
  /** undici's or Node's error, or the reason of the abort. */
  readonly error: unknown;
  /** Whether the request was about to be written to a connected socket, or further. */
  readonly wasSent: boolean;
  /** Whether the timeout of the request ended it. */
  readonly timedOut: boolean;
}

/** What a message about a failed request names. */
export interface TransportFacts {
  /** The remote side: `Agora`. */
  readonly service: string;
  readonly origin: string;
  /** Milliseconds within which the response had to come. */
  readonly timeoutMs: number;
}

/** A failed request in kosmo's words. */
export interface TransportDiagnosis {
  readonly code: ErrorCode;
  readonly text: string;
  /** `none`: nothing was sent. `unknown`: the request may have had its effect. */
  readonly outcome: 'none' | 'unknown';
  /** How to fix the network of this machine, if the error says so. */
  readonly hint?: string;
}

/** Says why a request ended without a response: code, text and outcome. */
export function diagnoseTransportError(facts: TransportFacts, { error, wasSent, timedOut }: TransportError): TransportDiagnosis {
  const { service, origin, timeoutMs } = facts;
  const { code = '', message = '' } = error as { readonly code?: string; readonly message?: string };
  if (code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE' || code === TOO_LARGE)
    return {
      code: 'INVALID_RESPONSE',
      text: `the answer from ${service} is larger than ${MAX_RESPONSE_BYTES / 2 ** 20} MiB`,
      outcome: 'unknown',
    };
  const { reason = 'unknown failure', hint } = describeNetworkFailure({ code, message }, proxyName(origin));
  const text = timedOut
    ? `no answer from ${service} within ${Number((timeoutMs / 1000).toPrecision(2))} s`
    : wasSent
      ? `connection to ${service} API at ${origin} lost: ${reason}`
      : `Failed to connect to ${service} API at ${origin}: ${reason}`;
  if (wasSent) return { code: timedOut ? 'DEADLINE_EXCEEDED' : 'CONNECTION_LOST', text, outcome: 'unknown' };
  const failure = { code: timedOut ? 'DEADLINE_EXCEEDED' : 'CONNECTION_FAILED', text, outcome: 'none' } as const;
  return hint === undefined ? failure : { ...failure, hint };
}

function proxyName(origin: string): string | undefined {
  const proxies = proxiesFor(origin, process.env);
  return proxies === undefined ? undefined : withoutCredentials(proxies.httpsProxy || proxies.httpProxy);
}
