export type { HostArguments, HostCallContext, HostEntry, HostFunction, HostFunctionEntry, HostNamespace } from './host-call.ts';
export type { LimitOptions } from './limits.ts';
export { createSandbox, type RunOutcome, runLua, type Sandbox, type SandboxOptions } from './sandbox.ts';
