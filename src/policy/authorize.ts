import { KosmoError, redactSecretFields } from '../errors/index.ts';
import type { JsonValue } from '../json/index.ts';
import { type AllowedFunction, allowName, covers } from './allow-list.ts';
import type { CallSubject, Decision, Rule } from './decide.ts';
import { changesToAllow, functionName } from './explain.ts';
import { createPolicy, type Policy } from './policy.ts';

/** A call, as the policy needs it. */
export interface CallRequest extends CallSubject {
  readonly args: Readonly<Record<string, JsonValue>>;
  /** The function that makes the call: `record`. */
  readonly via?: string;
}

export interface PolicyOptions {
  /** The rules of the configuration files. @default the built-in rules */
  readonly rules?: Policy;
  /** Returns an error for a function that this run does not offer, or undefined. @default every function is offered */
  readonly restrict?: (subject: Pick<CallSubject, 'provider' | 'name' | 'operation'>) => KosmoError | undefined;
  /** Turns `ask` and `deny` into `allow` for this run. */
  readonly force: boolean;
  /** The same for some functions. @default [] */
  readonly allow?: readonly AllowedFunction[];
  /** An approval of the script that makes the calls. @default undefined (no approval) */
  readonly approval?: ScriptApproval;
  /** Asks the user for approval; absent without a terminal. Arguments are redacted. */
  readonly ask?: (request: CallRequest, signal: AbortSignal) => Promise<boolean>;
}

/** The approval of a script by its exact text. It allows calls that a rule asks about, and none that a rule denies. */
export interface ScriptApproval {
  readonly covers: (request: CallRequest) => boolean;
  /** Why an approval of this script does not hold, with the way to approve it again. @default undefined (none was given) */
  readonly ended?: (request: CallRequest) => EndedApproval | undefined;
  /** The command that approves a script without an approval. @default undefined (the script cannot be approved) */
  readonly command?: string | undefined;
}

/** Why an approval does not cover a call, and how to approve it. */
export interface EndedApproval {
  readonly reason: string;
  readonly hint: string;
}

declare const authorized: unique symbol;

/** Proof that the policy allowed a call. Only `authorize` makes one, and `dispatch` needs it. */
export interface Authorization {
  readonly [authorized]: true;
  readonly request: CallRequest;
  /** Source of the permission: a rule, `--force` or `--allow`, the user at a prompt, or an approval of the script. */
  readonly by: 'policy' | 'flag' | 'person' | 'approval';
}

const BUILT_IN = createPolicy([], []);

/** Whether an option can allow a call that the rules do not. */
export function isBypassed({ force, allow = [] }: PolicyOptions): boolean {
  return force || allow.length > 0;
}

/** A rule other than `allow` that an option bypassed. */
export interface PassedRule extends Pick<Rule, 'key' | 'file' | 'level'> {
  readonly function: string;
  readonly account: string | null;
}

/** An `authorize` for calls of an option such as `--stop-on-exit`: bypasses every rule, and adds those that it bypassed to `passed`. */
export function authorizeByOption(rules: Policy, passed: PassedRule[]): typeof authorize {
  return async (request) => {
    const { level, rule } = rules.decide(request);
    if (level !== 'allow')
      passed.push({ function: functionName(request), account: request.account, level, key: rule.key, file: rule.file });
    return { request, by: level === 'allow' ? 'policy' : 'flag' } as Authorization;
  };
}

/**
 * Decides about one call. Throws `APPROVAL_REQUIRED` or `POLICY_DENIED` with the way to allow it, and `INVALID_CONFIGURATION` for invalid
 * rules, even with `--force`.
 */
export async function authorize(
  request: CallRequest,
  { rules = BUILT_IN, force, allow = [], approval, ask }: PolicyOptions,
  signal: AbortSignal,
): Promise<Authorization> {
  const decision = rules.decide(request);
  const pass = (by: Authorization['by']): Authorization => ({ request, by }) as Authorization;
  if (decision.level === 'allow') return pass('policy');
  if (force || allow.some((fn) => covers(fn, request))) return pass('flag');
  if (decision.level === 'deny') throw denied(request, decision);
  if (approval?.covers(request) === true) return pass('approval');
  if (ask === undefined) throw approvalRequired(request, decision, approval);
  if (await ask({ ...request, args: redactSecretFields(request.args) as CallRequest['args'] }, signal)) return pass('person');
  throw new KosmoError('APPROVAL_REQUIRED', `You declined ${described(request)}. Nothing was sent.`, {
    hint: `answer yes when asked, or run with --allow ${allowName(request)}`,
  });
}

function approvalRequired(request: CallRequest, decision: Decision, approval: ScriptApproval | undefined): KosmoError {
  const ended = approval?.ended?.(request);
  if (ended !== undefined)
    return new KosmoError('APPROVAL_REQUIRED', `${subject(request)} requires approval: ${ended.reason}. Nothing was sent.`, {
      hint: ended.hint,
      details: facts(decision),
    });
  return new KosmoError('APPROVAL_REQUIRED', `${subject(request)} requires approval. Nothing was sent.`, {
    hint: [
      `run with --allow ${allowName(request)} (or --force for every call), or run it in a terminal to be asked`,
      ...(approval?.command === undefined ? [] : [`for all calls of the workflow: ${approval.command}`]),
      `permanently: ${changesToAllow(request, decision).join('; ')}`,
    ].join('; '),
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

// Details for programs.
function facts({ level, rule: { file, key } }: Decision): Readonly<Record<string, unknown>> {
  return { policy: { level, file, key } };
}

function subject({ provider, operation }: CallRequest): string {
  return `${provider.label} ${operation}`;
}

function described(request: CallRequest): string {
  return request.account === null ? functionName(request) : `${functionName(request)} (account ${request.account})`;
}
