import type { KosmoError } from '../../errors/index.ts';

/** The server no longer knows the connection, and did nothing. Connect again, then repeat the request once. */
export class ConnectionStale extends Error {
  readonly reason: KosmoError;
  /** What was known of the server is out of date as well. */
  readonly isVerdictWrong: boolean;

  constructor(reason: KosmoError, isVerdictWrong: boolean) {
    super(reason.message);
    this.reason = reason;
    this.isVerdictWrong = isVerdictWrong;
  }
}
