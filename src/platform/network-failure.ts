/** What people call the ways in which a connection fails, by the code of Node's or undici's error. */
const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  ENOTFOUND: 'host name not found',
  EAI_AGAIN: 'host name not resolved',
  EHOSTUNREACH: 'host unreachable',
  ENETUNREACH: 'network unreachable',
  ETIMEDOUT: 'timed out',
  EMFILE: 'too many open files (raise ulimit -n)',
  ENFILE: 'the machine has too many open files',
  UND_ERR_CONNECT_TIMEOUT: 'timed out',
  UND_ERR_SOCKET: 'connection closed',
};

/** Certificates that Node does not trust, by the code of OpenSSL, whose messages are words. */
const UNTRUSTED: readonly string[] = [
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
];

/** Why a connection failed, in words, and what to do about it if that is not for the caller to say. */
export interface NetworkFailure {
  readonly reason: string | undefined;
  readonly hint?: string;
}

/** What an error of the network means. `proxy` is the proxy that the request may have gone through, without its password. */
export function describeNetworkFailure({ code = '', message }: { code?: string; message?: string }, proxy?: string): NetworkFailure {
  const tunnel = /^Proxy response \((\d+)\)/.exec(message ?? '')?.[1];
  if (tunnel !== undefined) {
    const hint = tunnel === '407' ? 'put user and password into the address of the proxy' : 'ask whether the proxy lets this host through';
    return { reason: `the proxy answered ${tunnel}`, hint: `${hint}; HTTPS_PROXY and NO_PROXY decide what goes through a proxy` };
  }
  if (UNTRUSTED.includes(code))
    return {
      reason: message,
      hint: 'if the certificate is of your own authority: NODE_EXTRA_CA_CERTS=<file with its certificate in PEM>, set before kosmo starts',
    };
  const reason = REASONS[code] ?? message;
  return proxy === undefined
    ? { reason }
    : { reason, hint: `HTTPS_PROXY or HTTP_PROXY names the proxy ${proxy}; check it, NO_PROXY, and the address` };
}
