import type { Connector } from 'undici/lib/core/connect.js';

/** Bytes of WebAssembly that run before V8 optimizes it, by the major version of Node. Node has no way to read the value. */
const TIER_UP_BUDGETS: Readonly<Record<string, number>> = { 20: 1_800_000, 22: 13_000_000, 24: 13_000_000 };
/** Enough for some hundred responses. */
const MAX_TIER_UP_BUDGET = 2 ** 31 - 1;

/**
 * Delays V8's optimization of undici's HTTP parser while `connect` makes a connection. Without it V8 optimizes the parser after two
 * responses, on a thread that works for 0.1 s or more, and Node cannot exit before it ends (`npm run bench -- queries`). undici compiles
 * the parser when its first connection exists. Other WebAssembly of this process keeps V8's own budget.
 */
export function delayWasmTierUp(connect: Connector): Connector {
  const usual = TIER_UP_BUDGETS[process.versions.node.split('.')[0] ?? ''];
  if (usual === undefined) return connect;
  const setBudget = (bytes: number): void => process.getBuiltinModule('node:v8').setFlagsFromString(`--wasm-tiering-budget=${bytes}`);
  return (options, connected) =>
    connect(options, (error, socket) => {
      setBudget(MAX_TIER_UP_BUDGET);
      try {
        connected(error, socket);
      } finally {
        setBudget(usual);
      }
    });
}
