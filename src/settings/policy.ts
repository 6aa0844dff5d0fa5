import type { Operation } from '../catalog/index.ts';
import { KosmoError, redactJson } from '../errors/index.ts';
import type { JsonValue } from '../json/index.ts';

type PolicyLevel = 'allow' | 'ask';

/** What applies where no setting says otherwise. */
const DEFAULT_POLICY: Readonly<Record<Operation, PolicyLevel>> = { read: 'allow', write: 'ask' };

/** A call as the policy sees it. */
export interface CallRequest {
  readonly source: 'integrations' | 'mcp';
  readonly integration: string;
  /** `query_recording` */
  readonly name: string;
  readonly operation: Operation;
  readonly account: string;
  readonly args: Readonly<Record<string, JsonValue>>;
}

export interface PolicyOptions {
  /** Why a function is out of reach here, whatever its arguments and the rules say; undefined when it is not. @default nothing is */
  readonly restrict?: (subject: Pick<CallRequest, 'source' | 'integration' | 'name' | 'operation'>) => KosmoError | undefined;
  /** Turns `ask` into `allow` for this run. */
  readonly force: boolean;
  /** Asks the person at the terminal; absent when there is none. Arguments are redacted. */
  readonly ask?: (request: CallRequest, signal: AbortSignal) => Promise<boolean>;
}

declare const authorized: unique symbol;

/** Proof that the policy let a call through. Only `authorize` makes one, and nothing is dispatched without it. */
export interface Authorization {
  readonly [authorized]: true;
  readonly request: CallRequest;
}

/** Decides one call. Throws `APPROVAL_REQUIRED` with the way to allow it. */
export async function authorize(request: CallRequest, { force, ask }: PolicyOptions, signal: AbortSignal): Promise<Authorization> {
  const level = force ? 'allow' : DEFAULT_POLICY[request.operation];
  if (level === 'allow') return { request } as Authorization;
  const { integration, name, operation, account } = request;
  if (ask === undefined) {
    throw new KosmoError('APPROVAL_REQUIRED', `Integration '${integration}' ${operation} requires approval. Nothing was sent.`, {
      hint: 'run with --force to allow the writes of this run, or run it in a terminal to be asked',
    });
  }
  if (await ask({ ...request, args: redactJson(request.args) as CallRequest['args'] }, signal)) return { request } as Authorization;
  throw new KosmoError('APPROVAL_REQUIRED', `You declined ${integration}.${name} (account ${account}). Nothing was sent.`, {
    hint: 'answer yes when asked, or run with --force',
  });
}
