import { emptyAccount } from '../../credentials/index.ts';
import { type ErrorDetail, type KosmoError, toKosmoError } from '../../errors/index.ts';
import type { Operation } from '../../integration/index.ts';
import type { JsonValue } from '../../json/index.ts';
import { monotonicNow } from '../../platform/clock.ts';
import { isBypassed, type PolicyOptions } from '../../policy/index.ts';
import type { AvailableIntegration } from '../scripts/app-namespace.ts';
import { type Audit, createPipeline } from './call.ts';
import { type CallLogEntry, millisecondsSince } from './call-log.ts';
import type { Connections } from './connection-pool.ts';
import type { CallPreview } from './dry-run.ts';
import { type CallEvent, callEvents } from './events.ts';

/** One call from outside a script. */
export interface DirectCall {
  readonly integration: string;
  readonly name: string;
  readonly account: string;
  readonly args: Readonly<Record<string, JsonValue>>;
}

export interface DirectCallOptions {
  readonly policy: PolicyOptions;
  readonly signal: AbortSignal;
  /** Tell what would be sent, and send nothing. @default false */
  readonly dryRun?: boolean;
  /** Told of the call, and of those that it is made of, while they are under way. @default nobody is */
  readonly onCall?: ((event: CallEvent) => void) | undefined;
}

/** The envelope of a direct call. */
export interface CallReport {
  /** `agora.query_recording`; null when the command line named none. */
  readonly function: string | null;
  readonly success: boolean;
  readonly data: JsonValue;
  readonly error: string | null;
  readonly error_detail: ErrorDetail | null;
  readonly meta: {
    readonly operation: Operation | null;
    readonly account: string | null;
    readonly permission_bypassed: boolean;
    readonly emulator: boolean;
    readonly warnings: readonly string[];
    readonly dry_run: boolean;
    /** Of a dry run; else null. */
    readonly request: CallPreview['request'];
    readonly policy: CallPreview['policy'];
  };
  readonly duration_ms: number;
}

interface CallEnvironment extends DirectCallOptions {
  readonly integrations: readonly AvailableIntegration[];
  readonly connections: Connections;
  readonly emulate: boolean;
  readonly audit: Audit | undefined;
}

/** Makes one call, or tells what it would be. Rejects for a function that does not exist; every other failure is in the report. */
export async function callDirectly(
  { integration, name, account, args }: DirectCall,
  { policy, signal, dryRun = false, onCall, integrations, connections, emulate, audit }: CallEnvironment,
): Promise<CallReport> {
  const started = monotonicNow();
  const available = integrations.find(({ entry }) => entry.id === integration);
  const tool = available?.entry.tools.find((candidate) => candidate.name === name);
  if (available === undefined || tool === undefined) throw new Error(`no function ${integration}.${name}`);
  const { provider, entry, accounts, disabled } = available;
  const used = accounts.find((candidate) => candidate.name === account) ?? emptyAccount(account, entry.credentials);
  const target = { provider, entry, tool, account: used, accounts, disabled, path: `${integration}.${name}` };
  let warnings: readonly string[] = [];
  const events = onCall && callEvents(onCall);
  const record = (line: CallLogEntry, id?: number): void => {
    warnings = line.warnings ?? [];
    events?.ended(line, id);
  };
  let data: JsonValue = null;
  let error: KosmoError | undefined;
  let preview: CallPreview | undefined;
  if (dryRun) {
    const { previewCall } = await import('./dry-run.ts');
    preview = await previewCall(target, args, { policy, emulate, record }, signal);
    error = preview.error;
    if (preview.request !== null && tool.usesTools !== undefined)
      warnings = [...warnings, 'The function makes further requests, which depend on the answer to this one.'];
  } else {
    try {
      data = await createPipeline({ connections, policy, emulate, record, watch: events?.watch, audit })(target, [args], signal);
    } catch (thrown) {
      error = toKosmoError(thrown);
    }
  }
  return {
    function: target.path,
    success: error === undefined,
    data,
    error: error?.message ?? null,
    error_detail: error?.toJSON() ?? null,
    meta: {
      operation: tool.operation,
      account: provider.hasAccounts ? account : null,
      permission_bypassed: isBypassed(policy),
      emulator: emulate,
      warnings,
      dry_run: dryRun,
      request: preview?.request ?? null,
      policy: preview?.policy ?? null,
    },
    duration_ms: millisecondsSince(started),
  };
}
