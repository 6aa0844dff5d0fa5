export type { HostArguments, HostEntry, HostFunction, HostFunctionEntry, HostNamespace } from './host-call.ts';
export type { LimitOptions } from './limits.ts';
export { type RunOutcome, runLua } from './sandbox.ts';
