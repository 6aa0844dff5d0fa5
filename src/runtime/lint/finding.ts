/** What kind of mistake a finding is. */
export type FindingRule =
  | 'syntax'
  | 'unknown-function'
  | 'unknown-account'
  | 'unknown-global'
  | 'unknown-member'
  | 'invalid-arguments'
  | 'method-call'
  | 'workflow'
  | 'undeclared-call'
  | 'module'
  | 'not-checked';

/** Something wrong with a script, found without running it. */
export interface Finding {
  /** From 1. */
  readonly line: number;
  /** From 1, in characters. */
  readonly column: number;
  /** A call that is reached cannot succeed, or it may be meant so. */
  readonly severity: 'error' | 'warning';
  readonly rule: FindingRule;
  readonly message: string;
  /** The line of the script, or its first thousand bytes, with the values of secret fields masked. */
  readonly source: string;
  /** The path of the module that it is in, below the folder of modules. @default undefined (the script) */
  readonly module?: string;
}
