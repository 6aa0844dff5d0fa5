import {
  InsufficientScopeError,
  ProtocolError,
  SdkError,
  SdkErrorCode,
  SdkHttpError,
  SseError,
  UnauthorizedError,
} from '@modelcontextprotocol/client';
import { type ErrorCode, isKosmoError, KosmoError } from '../../errors/index.ts';
import type { JsonValue } from '../../json/index.ts';
import { describeNetworkFailure, type NetworkFailure } from '../../platform/network-failure.ts';
import { proxiesFor, withoutCredentials } from '../../platform/proxy.ts';
import { boundedData, brief, readReason } from './http-reason.ts';

/** How the process of a server behaved. */
export interface ProcessInfo {
  /** The end of its stderr. */
  readonly stderr: string;
  /** Why the process ended; undefined while it runs. */
  readonly ended: string | undefined;
  /** The first lines of stdout that are not messages. */
  readonly noise: readonly string[];
}

/** What was being done when it failed. */
export interface RequestInfo {
  readonly what: string;
  /** Whether it had reached the server, or may have. */
  readonly sent: boolean;
  readonly writes: boolean;
}

export const INITIALIZE: RequestInfo = { what: 'initialize', sent: false, writes: false };

/** What set a deadline: the call, the configuration of the server, or kosmo's own limit of a start. */
export type Deadline = 'call' | 'server' | 'start';

const DEADLINE_HINTS: Readonly<Record<Deadline, string>> = {
  call: 'the call set this deadline: options.timeout in a script, --timeout on the command line',
  server: 'its timeout can be set in its configuration, in seconds',
  start: 'a server has at most this long to start; run its command by hand to see what it waits for',
};

export interface FailureFacts {
  readonly server: string;
  readonly deed: RequestInfo;
  readonly timeoutMs: number;
  /** Where the deadline is from. @default 'server' (its configuration) */
  readonly deadline?: Deadline;
  /** The address of a server over HTTP. */
  readonly url?: string | undefined;
  /** What a child process did. */
  readonly story?: ProcessInfo;
  /** Why the answer to `initialize` cannot be used. */
  readonly problem?: string | undefined;
  /** Seconds or a date after which the server wants to be asked again. */
  readonly retryAfter?: string | undefined;
}

/** What a failed request means, whatever the SDK threw: which server, what happened, what it wrote to stderr, what to do. */
export function describeFailure(thrown: unknown, facts: FailureFacts): KosmoError {
  const { server, deed, timeoutMs, story, deadline = 'server' } = facts;
  const outcome = deed.sent ? (deed.writes ? 'unknown' : 'none') : 'none';
  const name = `MCP server '${server}'`;
  const fail = (code: ConstructorParameters<typeof KosmoError>[0], text: string, hint?: string): KosmoError =>
    new KosmoError(code, `${name} ${text}${stderrSuffix(story)}`, {
      outcome,
      cause: thrown,
      details: { server },
      ...(hint === undefined ? {} : { hint }),
    });

  if (isKosmoError(thrown)) return outcome === 'unknown' && !RENEWAL_ERRORS.includes(thrown.code) ? withOutcome(thrown) : thrown;
  if (thrown instanceof InsufficientScopeError) return scopeMissing(thrown, server);
  if (facts.problem !== undefined)
    return fail('INVALID_RESPONSE', `${facts.problem}.`, 'this is an error of the server; a newer version of it may help');
  if (thrown instanceof ProtocolError) return answeredWithError(thrown, facts);
  const http = httpStatus(thrown);
  if (thrown instanceof UnauthorizedError || http === 401) return unauthorized(thrown, facts);
  if (http !== undefined) return httpFailure(thrown, http, facts);
  const { code, message } = thrown as { readonly code?: string; readonly message?: string };
  if (code === SdkErrorCode.RequestTimeout)
    return fail(
      'DEADLINE_EXCEEDED',
      `timed out after ${Number((timeoutMs / 1000).toPrecision(3))}s${deed === INITIALIZE ? ' while it started' : ''}.`,
      DEADLINE_HINTS[deadline],
    );
  if (code === 'ENOENT' || code === 'EACCES')
    return new KosmoError('INVALID_CONFIGURATION', `Failed to start MCP server '${server}': ${message}.`, {
      details: { server },
      cause: thrown,
      hint: 'its command, or its working directory, does not exist or may not be run; kosmo mcp:list shows it',
    });
  if (story?.ended !== undefined) return fail(deed.sent ? 'CONNECTION_LOST' : 'CONNECTION_FAILED', exitText(story.ended));
  if (code === SdkErrorCode.ConnectionClosed || code === SdkErrorCode.NotConnected || code === SdkErrorCode.SendFailed)
    return fail(deed.sent ? 'CONNECTION_LOST' : 'CONNECTION_FAILED', 'closed the connection before it answered.');
  if (thrown instanceof SdkError && !(thrown.cause instanceof TypeError))
    return fail('INVALID_RESPONSE', `answered ${deed.what} with something that is not MCP: ${brief(message)}`);
  const { reason, hint = 'check its url and the network' } =
    thrown instanceof SseError ? { reason: thrown.message } : networkFailure(thrown, facts.url);
  if (reason !== undefined) return fail(deed.sent ? 'CONNECTION_LOST' : 'CONNECTION_FAILED', `cannot be reached: ${reason}.`, hint);
  return fail('INVALID_RESPONSE', `failed at ${deed.what}: ${brief(message ?? String(thrown))}`);
}

/** Errors of a renewal. It begins when the server has refused the request, so nothing was done. */
const RENEWAL_ERRORS: readonly ErrorCode[] = [
  'CREDENTIALS_REJECTED',
  'REMOTE_UNAVAILABLE',
  'CONNECTION_FAILED',
  'SETTINGS_UNAVAILABLE',
  'SECRET_UNREADABLE',
];

/** Whether a server that was spoken to in Streamable HTTP seems to know only the older way. */
export function isWrongTransport(thrown: unknown): boolean {
  const status = httpStatus(thrown);
  return status === 400 || status === 404 || status === 405 || status === 406 || status === 415;
}

function exitText(ended: string): string {
  return ended.startsWith('sent a message') ? `${ended}.` : `exited before responding (it ${ended}).`;
}

// The run that waited for it was cut off. It may have happened all the same.
function withOutcome(error: KosmoError): KosmoError {
  return new KosmoError(error.code, error.message, {
    details: error.details,
    outcome: 'unknown',
    retryable: error.retryable,
    cause: error,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
  });
}

function answeredWithError(error: ProtocolError, { server, deed }: FailureFacts): KosmoError {
  return new KosmoError('REMOTE_ERROR', `MCP server '${server}' refused ${deed.what}: ${brief(error.message)}`, {
    details: { server, rpc_code: error.code, ...boundedData(error.data as JsonValue | undefined) },
    cause: error,
  });
}

function scopeMissing(thrown: InsufficientScopeError, server: string): KosmoError {
  const scopes = (thrown.requiredScope ?? '').split(/\s+/).filter((scope) => scope !== '');
  const needed = scopes.length === 0 ? 'more scopes than your login has' : `the scopes ${scopes.join(', ')}`;
  return new KosmoError('CREDENTIALS_REJECTED', `MCP server '${server}' demands ${needed}. Nothing was done.`, {
    details: { server, scopes },
    cause: thrown,
    hint: `run kosmo mcp:login ${server} on a terminal, which asks for them, or check its headers`,
  });
}

/** mcp:login makes these requests itself, so it finds out that a login is needed. */
const ASKED_BY_LOGIN = ['initialize', 'server/discover', 'tools/list'];

function unauthorized(thrown: unknown, { server, deed }: FailureFacts): KosmoError {
  const always = ASKED_BY_LOGIN.includes(deed.what) ? '' : ' --always';
  return new KosmoError(
    'CREDENTIALS_REJECTED',
    `MCP server '${server}' wants you to log in, or does not accept the credentials it was given.`,
    {
      details: { server },
      cause: thrown,
      hint: `run kosmo mcp:login ${server}${always} on a terminal, or check its headers`,
    },
  );
}

function httpFailure(thrown: unknown, status: number, { server, deed, retryAfter }: FailureFacts): KosmoError {
  const reason = readReason((thrown as { readonly data?: { readonly text?: unknown } }).data?.text);
  const said =
    reason === undefined ? `answered ${deed.what} with HTTP status ${status}.` : `refused ${deed.what}: ${reason.text} (HTTP ${status})`;
  const details = {
    server,
    status,
    ...(reason?.rpc === undefined
      ? {}
      : { rpc_code: reason.rpc.code, ...(reason.rpc.data === undefined ? {} : { data: reason.rpc.data }) }),
    ...(retryAfter === undefined ? {} : { retry_after: retryAfter }),
  };
  const isBusy = status === 429 || status === 503;
  // A JSON-RPC error is an answer, whatever status it came with.
  if (reason?.rpc !== undefined)
    return new KosmoError('REMOTE_ERROR', `MCP server '${server}' ${said}`, {
      details,
      cause: thrown,
      ...(isBusy ? { retryable: true } : {}),
    });
  const code =
    status === 403 ? 'CREDENTIALS_REJECTED' : status === 429 ? 'RATE_LIMITED' : status >= 500 ? 'REMOTE_UNAVAILABLE' : 'REMOTE_ERROR';
  return new KosmoError(code, `MCP server '${server}' ${said}`, {
    details,
    cause: thrown,
    ...(deed.sent && deed.writes && status >= 500 ? { outcome: 'unknown' } : {}),
  });
}

export function httpStatus(thrown: unknown): number | undefined {
  if (thrown instanceof SdkHttpError) return thrown.status;
  if (thrown instanceof SseError) return thrown.code;
  return undefined;
}

// Node's fetch hides the reason one level down, and the negotiation of a revision one more.
function networkFailure(thrown: unknown, url: string | undefined): NetworkFailure {
  const fetched = thrown instanceof SdkError ? thrown.cause : thrown;
  const { cause } = (fetched ?? {}) as { readonly cause?: { readonly code?: string; readonly message?: string } };
  if (!(fetched instanceof TypeError) || cause === undefined) return { reason: undefined };
  const proxies = url === undefined ? undefined : proxiesFor(url, process.env);
  return describeNetworkFailure(cause, proxies && withoutCredentials(proxies.httpsProxy || proxies.httpProxy));
}

function stderrSuffix(story: ProcessInfo | undefined): string {
  if (story === undefined) return '';
  const { stderr, noise: unparsedLines } = story;
  const said = stderr === '' ? '' : ` Stderr: ${stderr}`;
  return unparsedLines.length === 0 ? said : ` On stdout it wrote what is no message: ${unparsedLines.join(' | ')}.${said}`;
}

/** Whether a failure of a request with a session means that the server forgot it: 404, or what many say with 400 or in the error. */
export function isSessionLost(thrown: unknown): boolean {
  const status = httpStatus(thrown);
  const { message = '', data } = thrown as { readonly message?: string; readonly data?: { readonly text?: string } };
  const said = `${message} ${data?.text ?? ''}`;
  const isUnknown = /session/i.test(said) && /not found|not exist|unknown|invalid|expired|terminated|no valid/i.test(said);
  return status === 404 || (status === 400 && isUnknown) || (thrown instanceof ProtocolError && thrown.code === -32001 && isUnknown);
}

/** Whether a server refuses each request of revision 2026-07-28. */
export function isRevisionRefused(thrown: unknown): boolean {
  const status = httpStatus(thrown);
  if (status !== undefined) return status === 400 || status === 404 || status === 405 || status === 406 || status === 415;
  return thrown instanceof ProtocolError && (thrown.code === -32601 || thrown.code === -32600 || thrown.code === -32022);
}
