import { authorizeByOption, type PassedRule, type Policy } from '../../policy/index.ts';
import { createCalls } from '../calls/call.ts';
import type { ConnectionPool } from '../calls/connection-pool.ts';
import type { CallObserver } from '../calls/observer.ts';
import type { KnownResource } from '../calls/open-resources.ts';

/** Milliseconds for the stops at the end of a run, if an integration names no other time. */
const STOP_TIMEOUT_MS = 60_000;

export interface StopOptions {
  readonly connections: ConnectionPool;
  readonly rules: Policy;
  readonly observer: CallObserver;
}

/**
 * Stops the open resources of a run, as part of the run. The option `--stop-on-exit` approves the stops; returns the rules that they
 * passed. A stop that fails is in the call log, and its resource stays in the list of open ones.
 */
export async function stopOpenResources(
  resources: readonly KnownResource[],
  { connections, rules, observer }: StopOptions,
): Promise<readonly PassedRule[]> {
  const passed: PassedRule[] = [];
  const makeCall = createCalls({ connections, policy: { force: true }, authorize: authorizeByOption(rules, passed), observer });
  await Promise.all(
    resources.map(async ({ stop, provider, account }) => {
      const tool = provider.tools.find(({ name }) => name === stop?.tool);
      if (stop === undefined || tool === undefined) return;
      const signal = AbortSignal.timeout(provider.stopTimeoutMs ?? STOP_TIMEOUT_MS);
      const target = { provider, tool, account, path: `app.integrations.${provider.id}.${tool.name}` };
      await makeCall(target, [stop.args], signal).catch(() => undefined);
    }),
  );
  return passed;
}
