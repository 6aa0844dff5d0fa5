import { ERROR_CODES, type ErrorCode, exitCodeOf, type Outcome } from './codes.ts';
import { redactText } from './redact.ts';

const BRAND = Symbol.for('kosmo.error');

export interface KosmoErrorOptions {
  /** A command that can be pasted, or one thing to do. */
  readonly hint?: string;
  /** Facts for machines: `status`, the remote side's own `code` and `reason`, a script `line`, a `traceback`. */
  readonly details?: Readonly<Record<string, unknown>>;
  /** Overrides the code's default outcome. */
  readonly outcome?: Outcome;
  /** Overrides the code's default. */
  readonly retryable?: boolean;
  readonly cause?: unknown;
}

/** The JSON form of an error: the `error_detail` of an envelope. */
export interface ErrorDetail {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint?: string;
  readonly outcome: Outcome;
  readonly retryable: boolean;
  readonly [detail: string]: unknown;
}

/**
 * The only error class. Codes, not classes, cross the borders to Lua, JSON and MCP; `isKosmoError` recognises it across realms.
 */
export class KosmoError extends Error {
  readonly [BRAND] = true;
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly details: Readonly<Record<string, unknown>>;
  readonly outcome: Outcome;
  readonly retryable: boolean;

  constructor(code: ErrorCode, message: string, options: KosmoErrorOptions = {}) {
    super(redactText(message), options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'KosmoError';
    this.code = code;
    this.hint = options.hint === undefined ? undefined : redactText(options.hint);
    this.details = options.details ?? {};
    this.outcome = options.outcome ?? ERROR_CODES[code].outcome;
    this.retryable = options.retryable ?? ERROR_CODES[code].retryable;
  }

  /** The process exit code of a run that ends with this error. */
  get exitCode(): number {
    return exitCodeOf({ ...this.details, code: this.code });
  }

  toJSON(): ErrorDetail {
    return {
      ...this.details,
      code: this.code,
      message: this.message,
      ...(this.hint === undefined ? {} : { hint: this.hint }),
      outcome: this.outcome,
      retryable: this.retryable,
      ...debugDetails(this),
    };
  }
}

export function isKosmoError(value: unknown): value is KosmoError {
  return typeof value === 'object' && value !== null && BRAND in value;
}

// JavaScript stack of an internal error, with `KOSMO_DEBUG` only.
function debugDetails({ code, cause }: KosmoError): { readonly stack?: string } {
  if (code !== 'INTERNAL_ERROR' || process.env.KOSMO_DEBUG === undefined) return {};
  let origin = cause;
  while (isKosmoError(origin)) origin = origin.cause;
  return origin instanceof Error ? { stack: redactText(String(origin.stack)) } : {};
}

const OUT_OF_FILES: readonly string[] = ['EMFILE', 'ENFILE'];

// Node needs files even to measure memory, so this can come from anywhere.
function tooManyFiles(cause: unknown): KosmoError {
  return new KosmoError('INVALID_CONFIGURATION', 'too many open files: this process may open no more.', {
    cause,
    hint: 'raise the limit before you start kosmo: ulimit -n 1024',
  });
}

/** Converts a thrown value to a `KosmoError`. Any other value becomes an `INTERNAL_ERROR` with the original as `cause`. */
export function toKosmoError(thrown: unknown): KosmoError {
  if (isKosmoError(thrown)) return thrown;
  if (OUT_OF_FILES.includes((thrown as NodeJS.ErrnoException | null)?.code ?? '')) return tooManyFiles(thrown);
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new KosmoError('INTERNAL_ERROR', `internal error: ${message}`, {
    cause: thrown,
    hint: 'run again with KOSMO_DEBUG=1 to see the stack, and report it',
  });
}

/** The error whose JSON form this is. */
export function restoreError({ code, message, hint, outcome, retryable, ...details }: ErrorDetail): KosmoError {
  return new KosmoError(code, message, { ...(hint === undefined ? {} : { hint }), details, outcome, retryable });
}

/** The same error with further details (and with another message, where given); details of the same name are replaced. */
export function withDetails(error: KosmoError, details: Readonly<Record<string, unknown>>, message = error.message): KosmoError {
  return new KosmoError(error.code, message, {
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    details: { ...error.details, ...details },
    outcome: error.outcome,
    retryable: error.retryable,
    cause: error,
  });
}
