import type { WorkerOptions, Workers } from './worker/workers.ts';

export { hintForName } from './engine/hints.ts';
export type { LimitOptions } from './engine/limits.ts';
export type {
  HostArguments,
  HostEntry,
  HostFunctionEntry,
  HostNamespace,
  HostPorts,
  JournalledCall,
  SandboxJournal,
} from './host-call.ts';
export { patternProblem } from './lib/pcre-pattern.ts';
export { type ParameterSignature, scriptApi, type ValueKind } from './lib/signatures.ts';
export { type RunOutcome, Sandbox, type SandboxOptions } from './sandbox.ts';
export type { WorkerOptions, Workers } from './worker/workers.ts';

/** The pool of `worker/workers.ts`, which most programs do not need. */
export async function openWorkers(options: WorkerOptions): Promise<Workers> {
  return (await import('./worker/workers.ts')).openWorkers(options);
}
