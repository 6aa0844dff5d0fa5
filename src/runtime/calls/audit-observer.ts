import { functionName } from '../../policy/index.ts';
import type { AuditTrail, createAuditLog } from './audit-log.ts';
import type { CallObserver, ObservedCall } from './observer.ts';

/** Loads the code of the audit log, once. Most runs need none of it. */
export type Audit = () => Promise<ReturnType<typeof createAuditLog>>;

/** Writes calls to the audit log; `script` is the script that makes them. */
export function auditObserver(audit: Audit, script?: string): CallObserver {
  const trails = new WeakMap<ObservedCall, AuditTrail>();
  return {
    async started(call) {
      const { provider, tool, account, via } = call.target;
      const log = await audit();
      trails.set(
        call,
        log.begin({
          function: functionName({ provider, name: tool.name }),
          account: account?.name ?? null,
          operation: tool.operation,
          ...(via === undefined ? {} : { via }),
          ...(script === undefined ? {} : { script }),
        }),
      );
    },
    allowed: (call, authorization) => trails.get(call)?.allowed(authorization),
    ended: (entry, call) => (call === undefined ? undefined : trails.get(call)?.ended(entry)),
  };
}
