import type { AccountState } from '../../credentials/index.ts';
import type { ErrorDetail } from '../../errors/index.ts';
import type { ListedRule } from '../../policy/index.ts';

/** A reason why calls would fail, and how to fix it. */
export interface DiagnosedProblem extends ErrorDetail {
  readonly account: string | null;
}

/** A call that tried the credentials of an account. */
export interface ProbeResult {
  readonly account: string;
  readonly function: string;
  readonly success: boolean;
  readonly error: string | null;
  readonly error_detail: ErrorDetail | null;
  /** Fields that the call does not test: it succeeds with any value of them. */
  readonly unproven: readonly string[];
}

/** State of an integration: whether kosmo would send its calls, and what to do next. */
export interface Diagnosis {
  readonly provider: string;
  readonly title: string;
  readonly enabled: boolean;
  /** Whether the account in question has all required fields. */
  readonly configured: boolean;
  readonly active: boolean;
  readonly auth_strategy: string;
  readonly missing_credentials: readonly string[];
  readonly accounts: readonly string[];
  readonly account_states: readonly AccountState[];
  readonly permissions: { readonly read: string; readonly write: string };
  /** The rules of the files that are about the integration. */
  readonly rules: readonly ListedRule[];
  readonly function_count: number;
  readonly example_functions: readonly string[];
  readonly problems: readonly DiagnosedProblem[];
  readonly next_commands: readonly string[];
  /** Null if no call was made. */
  readonly live: readonly ProbeResult[] | null;
}
