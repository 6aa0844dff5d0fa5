import { AsyncLocalStorage } from 'node:async_hooks';
import { emptyAccount } from '../../credentials/index.ts';
import { KosmoError, redactSecretFields } from '../../errors/index.ts';
import type { OpenResource } from '../../integration/index.ts';
import type { DurableRun, RunJournal } from '../../journal/index.ts';
import type { JsonValue } from '../../json/index.ts';
import type { RunOutcome, SandboxJournal } from '../../lua/index.ts';
import type { CallLogEntry } from '../calls/call-log-entry.ts';
import type { CallObserver, ObservedCall } from '../calls/observer.ts';
import { LazyProvider } from '../calls/provider.ts';
import type { CallJournal } from '../calls/stage.ts';
import type { AvailableIntegration } from '../integrations.ts';

/** What the record keeps of a call besides its answer. */
type Effect =
  | { readonly ended: CallLogEntry }
  | { readonly opened: OpenResource; readonly provider: string; readonly account: string | null }
  | { readonly closed: string; readonly provider: string; readonly account: string | null };

export interface ScriptJournal {
  readonly sandbox: SandboxJournal;
  /** Keeps what live calls do. Observes nothing of a repeated run, which makes none. */
  readonly observer: CallObserver;
  /** Keeps the writes of a durable run. */
  readonly calls: CallJournal | undefined;
}

/** Connects a journal with the sandbox and with the calls of a script. */
export function connectJournal(journal: RunJournal): ScriptJournal {
  const callIds = new AsyncLocalStorage<string>();
  const { durable } = journal;
  const keep = (effect: Effect): undefined => {
    const id = callIds.getStore();
    if (id !== undefined) journal.keep(id, effect as unknown as JsonValue);
    return undefined;
  };
  const target = ({ target: { provider, account } }: ObservedCall): { provider: string; account: string | null } => ({
    provider: provider.id,
    account: account?.name ?? null,
  });
  return {
    sandbox: {
      seed: journal.seed,
      value: (...asked) => journal.value(...asked),
      call: (id, call) => journal.call(id, { ...call, live: (left) => callIds.run(id, () => call.live(left)) }),
      turn: (...asked) => journal.turn(...asked),
      quiet: () => journal.quiet(),
      stopped: (error) => journal.stopped(error),
      isLeft: () => journal.isLeft?.() === true,
    },
    calls: durable && keepCalls(durable, callIds),
    observer: {
      // Times and ids of requests are others each time that the same run is recorded.
      ended: ({ request_id, ...entry }) =>
        keep({ ended: durable === undefined ? { ...entry, durationMs: 0 } : { ...entry, ...(request_id && { request_id }) } }),
      opened: (call, resource) => keep({ opened: resource, ...target(call) }),
      closed: (call, id) => keep({ closed: id, ...target(call) }),
    },
  };
}

function keepCalls(durable: DurableRun, callIds: AsyncLocalStorage<string>): CallJournal {
  return {
    resume(call) {
      const { tool, account, path } = call.target;
      const begun = tool.operation === 'read' ? undefined : durable.begun(callIds.getStore() ?? '');
      if (begun === undefined) return;
      const { afterCrash = 'unknown' } = tool;
      const isSameAccount = begun.acct === (account?.name ?? null);
      const isInTime = typeof afterCrash === 'string' || Date.now() - begun.t <= afterCrash.repeatWithinSeconds * 1000;
      if (afterCrash === 'unknown' || !isSameAccount || !isInTime) throw unknownOutcome(path);
      call.isRepeated = true;
    },
    commit(call) {
      const { tool, account } = call.target;
      const id = callIds.getStore();
      if (tool.operation === 'read' || id === undefined) return undefined;
      const args = redactSecretFields(call.args) as JsonValue;
      return durable.sending(id, { account: account?.name ?? null, args }).then(() => undefined);
    },
    inner(target, args, signal, live) {
      const outer = callIds.getStore();
      if (outer === undefined) return live();
      return durable.inner(outer, { name: target.path, args, signal, live: (id) => callIds.run(id, live) });
    },
  };
}

function unknownOutcome(path: string): KosmoError {
  return new KosmoError(
    'OUTCOME_UNKNOWN',
    `${path}: the process ended while the call was on its way, so its outcome is unknown. It was not sent again.`,
    {
      hint: 'query the remote side before you repeat the write',
    },
  );
}

/** Tells the observer what the calls of the recorded run did, in the moment in which their answers are repeated. */
export function repeatEffects(journal: RunJournal, observer: CallObserver, integrations: readonly AvailableIntegration[]): void {
  journal.onEffect = (kept) => {
    const effect = kept as unknown as Effect;
    if ('ended' in effect) return void observer.ended?.(journal.durable === undefined ? effect.ended : { ...effect.ended, replayed: true });
    const provider = integrations.find(({ id }) => id === effect.provider);
    const [tool] = provider?.tools ?? [];
    if (provider === undefined || tool === undefined) return;
    const account = provider.account(effect.account ?? undefined);
    const call: ObservedCall = { target: { provider, tool, account, path: provider.path }, facts: {}, warn: () => undefined };
    if ('opened' in effect) observer.opened?.(call, effect.opened);
    else observer.closed?.(call, effect.closed);
  };
}

/** The integrations with the accounts that the recorded run saw. */
export function withAccounts(
  integrations: readonly AvailableIntegration[],
  accounts: Readonly<Record<string, readonly string[]>>,
): readonly AvailableIntegration[] {
  return integrations.map(
    (integration) =>
      new LazyProvider(integration, integration.entry, () => ({
        accounts: (accounts[integration.id] ?? []).map((name) => emptyAccount(name, [])),
        disabled: undefined,
        otherAccount: (name) => emptyAccount(name, []),
      })),
  );
}

/** The outcome of a run with what its journal says at the end: that it differs, or cannot be kept. */
export async function finishJournal(journal: RunJournal, outcome: RunOutcome): Promise<RunOutcome> {
  const difference = journal.finish(outcome.error, outcome.result);
  const problem = await journal.durable?.settle();
  const error = difference ?? problem;
  return error === undefined ? outcome : { ...outcome, result: null, error };
}
