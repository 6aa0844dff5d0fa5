import { KosmoError } from '../../errors/index.ts';
import { type AllowedFunction, type CallSubject, covers } from '../../policy/index.ts';
import type { DeclaredCall } from '../workflow/declaration.ts';
import { policySubject, type Target } from './target.ts';

/** How often a function may be called in a run. */
export interface CallCap {
  /** An account of null means each account by itself. */
  readonly function: AllowedFunction;
  readonly max: number;
  /** What set it, for messages: `--max`, `calls of the workflow`, a key and its file. */
  readonly source: string;
}

/** Caps that the settings have for a call. */
export type ConfiguredCaps = (subject: CallSubject) => readonly Omit<CallCap, 'function'>[];

interface Counted {
  readonly max: number;
  readonly source: string;
  used: number;
}

/**
 * The calls that a run may make, and how often. Counting a call and checking its caps is one step, so caps also hold for calls that are
 * made at the same time.
 */
export class CallCaps {
  readonly #caps: readonly CallCap[];
  readonly #configured: ConfiguredCaps;
  #declared: readonly DeclaredCall[] | undefined;
  #declaredCaps: readonly CallCap[] = [];
  readonly #counted = new Map<string, readonly Counted[]>();

  constructor(caps: readonly CallCap[] = [], configured: ConfiguredCaps = () => []) {
    this.#caps = caps;
    this.#configured = configured;
  }

  /** Restricts the run to the calls that a workflow declares. */
  declare(calls: readonly DeclaredCall[]): void {
    this.#declared = calls;
    this.#declaredCaps = calls.flatMap(({ function: fn, max }) =>
      max === undefined ? [] : [{ function: fn, max, source: 'the workflow declares it' }],
    );
    this.#counted.clear();
  }

  /** The error of a call that the workflow does not declare. A composed function covers the calls that it makes. */
  refusal(target: Target): KosmoError | undefined {
    if (this.#declared === undefined) return undefined;
    const subject = policySubject(target);
    if (this.#declared.some((call) => covers(call.function, subject))) return undefined;
    const { provider, tool, path } = target;
    const name = `${provider.path}.${tool.name}`;
    return new KosmoError('POLICY_DENIED', `${path} is not declared by this workflow. Nothing was sent.`, {
      hint: `add "${name}" to calls of the workflow`,
      details: { function_name: path },
    });
  }

  /** Counts a call. Throws `CALL_LIMIT` if a cap is used up. Returns the function that takes the count back. */
  take(target: Target): (() => void) | undefined {
    const counted = this.#countersOf(target);
    if (counted.length === 0) return undefined;
    const [lowest] = counted.filter(({ max, used }) => used >= max).sort((a, b) => a.max - b.max);
    if (lowest !== undefined) throw limitError(target, lowest);
    for (const counter of counted) counter.used++;
    return () => {
      for (const counter of counted) counter.used--;
    };
  }

  #countersOf(target: Target): readonly Counted[] {
    const key = `${target.provider.path}\n${target.account?.name ?? ''}\n${target.tool.name}`;
    let counters = this.#counted.get(key);
    if (counters === undefined) {
      // A cap of a composed function counts its own calls, and not those that it makes.
      const { via: _, ...subject } = policySubject(target);
      const own = [...this.#caps, ...this.#declaredCaps].filter((cap) => covers(cap.function, subject));
      counters = [...own, ...this.#configured(subject)].map(({ max, source }) => ({ max, source, used: 0 }));
      this.#counted.set(key, counters);
    }
    return counters;
  }
}

function limitError({ path, account }: Target, { max, source }: Counted): KosmoError {
  const where = account === null ? '' : ` with account ${account.name}`;
  return new KosmoError(
    'CALL_LIMIT',
    `${path} may be called ${max === 1 ? 'once' : `${max} times`} in a run${where}, and was. Nothing was sent.`,
    {
      hint: `the cap: ${source}`,
      details: { function_name: path, max_per_run: max },
    },
  );
}
