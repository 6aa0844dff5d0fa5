import { KosmoError, redactSecretFields } from '../errors/index.ts';
import type { JsonValue } from '../json/index.ts';
import { type AllowedFunction, allowName, isAllowed } from './allow-list.ts';
import type { CallSubject, Decision, Rule } from './decide.ts';
import { changesToAllow, functionName } from './explain.ts';
import { createPolicy, type Policy } from './policy.ts';

/** A call as the policy sees it. */
export interface CallRequest extends CallSubject {
  readonly args: Readonly<Record<string, JsonValue>>;
  /** The composed function that makes the call: `record`. */
  readonly via?: string;
}

export interface PolicyOptions {
  /** What the settings files say. @default what holds without any */
  readonly rules?: Policy;
  /** Why a function is out of reach here, whatever its arguments and the rules say; undefined when it is not. @default nothing is */
  readonly restrict?: (subject: Pick<CallSubject, 'provider' | 'name' | 'operation'>) => KosmoError | undefined;
  /** Turns `ask` and `deny` into `allow` for this run. */
  readonly force: boolean;
  /** The same for some functions. @default [] */
  readonly allow?: readonly AllowedFunction[];
  /** Asks the person at the terminal; absent when there is none. Arguments are redacted. */
  readonly ask?: (request: CallRequest, signal: AbortSignal) => Promise<boolean>;
}

declare const authorized: unique symbol;

/** Proof that the policy let a call through. Only `authorize` makes one, and nothing is dispatched without it. */
export interface Authorization {
  readonly [authorized]: true;
  readonly request: CallRequest;
  /** What let it through: a rule, `--force` or `--allow`, or a person's yes. */
  readonly by: 'policy' | 'flag' | 'person';
}

const BUILT_IN = createPolicy([], []);

/** Whether the rules do not decide everything in a run. */
export function isBypassed({ force, allow = [] }: PolicyOptions): boolean {
  return force || allow.length > 0;
}

/** A rule other than `allow` that a call passed because an option said so. */
export interface PassedRule extends Pick<Rule, 'key' | 'file' | 'level'> {
  readonly function: string;
  readonly account: string | null;
}

/** An `authorize` for calls that an option of the run asked for, such as `--stop-on-exit`: passes every rule, and keeps those it passed. */
export function authorizeByOption(rules: Policy, passed: PassedRule[]): typeof authorize {
  return async (request) => {
    const { level, rule } = rules.decide(request);
    if (level !== 'allow')
      passed.push({ function: functionName(request), account: request.account, level, key: rule.key, file: rule.file });
    return { request, by: level === 'allow' ? 'policy' : 'flag' } as Authorization;
  };
}

/**
 * Decides one call. Throws `APPROVAL_REQUIRED` or `POLICY_DENIED` with the way to allow it, `INVALID_CONFIGURATION` for rules that cannot
 * be what was meant, whatever is forced.
 */
export async function authorize(
  request: CallRequest,
  { rules = BUILT_IN, force, allow = [], ask }: PolicyOptions,
  signal: AbortSignal,
): Promise<Authorization> {
  const decision = rules.decide(request);
  const pass = (by: Authorization['by']): Authorization => ({ request, by }) as Authorization;
  if (decision.level === 'allow') return pass('policy');
  if (force || isAllowed(allow, request)) return pass('flag');
  if (decision.level === 'deny') throw denied(request, decision);
  if (ask === undefined) throw approvalRequired(request, decision);
  if (await ask({ ...request, args: redactSecretFields(request.args) as CallRequest['args'] }, signal)) return pass('person');
  throw new KosmoError('APPROVAL_REQUIRED', `You declined ${described(request)}. Nothing was sent.`, {
    hint: `answer yes when asked, or run with --allow ${allowName(request)}`,
  });
}

function approvalRequired(request: CallRequest, decision: Decision): KosmoError {
  return new KosmoError('APPROVAL_REQUIRED', `${subject(request)} requires approval. Nothing was sent.`, {
    hint: `run with --allow ${allowName(request)} (or --force for every call), or run it in a terminal to be asked; for good: ${changesToAllow(request, decision).join('; ')}`,
    details: facts(decision),
  });
}

function denied(request: CallRequest, decision: Decision): KosmoError {
  const { key, file } = decision.rule;
  return new KosmoError('POLICY_DENIED', `${subject(request)} access denied by ${key} in ${file}. Nothing was sent.`, {
    hint: `${changesToAllow(request, decision).join('; ')}; for one run: --allow ${allowName(request)}`,
    details: facts(decision),
  });
}

// What a program needs to tell why.
function facts({ level, rule: { file, key } }: Decision): Readonly<Record<string, unknown>> {
  return { policy: { level, file, key } };
}

function subject({ provider, operation }: CallRequest): string {
  return `${provider.label} ${operation}`;
}

function described(request: CallRequest): string {
  return request.account === null ? functionName(request) : `${functionName(request)} (account ${request.account})`;
}
