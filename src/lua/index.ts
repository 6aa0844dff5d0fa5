export type { HostArguments, HostCallContext, HostEntry, HostFunction, HostFunctionEntry, HostNamespace } from './host-call.ts';
export type { LimitOptions } from './limits.ts';
export { type RunOutcome, runLua, type SandboxOptions } from './sandbox.ts';
