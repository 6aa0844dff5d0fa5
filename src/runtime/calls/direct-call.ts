import { type ErrorDetail, type KosmoError, toKosmoError } from '../../errors/index.ts';
import type { Elicit, Operation, Relay } from '../../integration/index.ts';
import type { JsonValue } from '../../json/index.ts';
import { monotonicNow } from '../../platform/clock.ts';
import { isBypassed, type PolicyOptions } from '../../policy/index.ts';
import { type Audit, auditObserver } from './audit-observer.ts';
import { createCalls } from './call.ts';
import { millisecondsSince } from './call-log.ts';
import type { ConnectionPool } from './connection-pool.ts';
import type { CallPreview } from './dry-run.ts';
import { type CallEvent, eventObserver } from './events.ts';
import { combineObservers } from './observer.ts';
import type { Target } from './target.ts';

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
  /** Report what would be sent, and send nothing. @default false */
  readonly dryRun?: boolean;
  /** Called for each event of the call, and of the calls that it is made of. @default undefined (not reported) */
  readonly onCall?: ((event: CallEvent) => void) | undefined;
  /** Answers questions of MCP servers to the user. @default undefined (the call fails with `ELICITATION_REQUIRED`) */
  readonly elicit?: Elicit | undefined;
  /** What the gateway forwards to an MCP server and back. @default undefined (nothing) */
  readonly relay?: Relay | undefined;
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

/** What the direct calls of a host share. */
export interface CallEnvironment {
  readonly connections: ConnectionPool;
  readonly audit: Audit | undefined;
}

/** Makes one call, or reports what it would be. Never rejects: every failure is in the report. */
export async function callDirectly(
  target: Target,
  args: Readonly<Record<string, JsonValue>>,
  { policy, signal, dryRun = false, onCall, elicit, relay }: DirectCallOptions,
  { connections, audit }: CallEnvironment,
): Promise<CallReport> {
  const started = monotonicNow();
  const { provider, tool, account, path } = target;
  let warnings: readonly string[] = [];
  const events = onCall && eventObserver(onCall);
  const observer = combineObservers([
    // A dry run calls nothing.
    audit === undefined || dryRun ? undefined : auditObserver(audit),
    // A dry run has no course that could be followed: both events come at its end.
    dryRun ? events && { ended: events.ended } : events,
    {
      ended(entry) {
        warnings = entry.warnings ?? [];
        return undefined;
      },
    },
  ]);
  let data: JsonValue = null;
  let error: KosmoError | undefined;
  let preview: CallPreview | undefined;
  if (dryRun) {
    const { previewCall } = await import('./dry-run.ts');
    preview = await previewCall(target, args, { policy, observer }, signal);
    error = preview.error;
    if (preview.request !== null && tool.usesTools !== undefined)
      warnings = [...warnings, 'The function makes further requests, which depend on the answer to this one.'];
  } else {
    try {
      data = await createCalls({ connections, policy, observer, elicit, relay })(target, [args], signal);
    } catch (thrown) {
      error = toKosmoError(thrown);
    }
  }
  return {
    function: path,
    success: error === undefined,
    data,
    error: error?.message ?? null,
    error_detail: error?.toJSON() ?? null,
    meta: {
      operation: tool.operation,
      account: account?.name ?? null,
      permission_bypassed: isBypassed(policy),
      emulator: provider.isEmulated,
      warnings,
      dry_run: dryRun,
      request: preview?.request ?? null,
      policy: preview?.policy ?? null,
    },
    duration_ms: millisecondsSince(started),
  };
}
