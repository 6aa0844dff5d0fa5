export type { HostArguments, HostEntry, HostFunction, HostFunctionEntry, HostNamespace } from './host-call.ts';
export type { LimitOptions } from './limits.ts';
export { createSandbox, type RunOutcome, runLua, type Sandbox } from './sandbox.ts';
