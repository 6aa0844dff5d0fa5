import { setTimeout as delay } from 'node:timers/promises';
import { isKosmoError, KosmoError } from '../../src/errors/index.ts';
import type { JsonValue } from '../../src/json/index.ts';
import type { HostFunction } from '../../src/lua/host-call.ts';
import type { HostEntry, RunOutcome } from '../../src/lua/index.ts';
import { runLua } from '../../src/lua/sandbox.ts';

const passOn = (answer: (args: readonly JsonValue[]) => JsonValue | Promise<JsonValue>): HostFunction => {
  return (args, context) => {
    if (isKosmoError(args)) throw args;
    context.signal.throwIfAborted();
    return answer(args as readonly JsonValue[]);
  };
};

/** A small world for scripts: `host.echo(x)` gives its argument back after a turn of the event loop, `host.fail(x)` fails. */
export const testGlobals: Record<string, HostEntry> = {
  host: {
    kind: 'namespace',
    missing: (path) => new KosmoError('UNKNOWN_FUNCTION', `Unknown function: ${path}`),
    entries: () => ({
      echo: { kind: 'function', call: passOn(([value = null]) => delay(1, value)) },
      now: { kind: 'function', immediate: true, call: passOn(([value = null]) => value) },
      fail: {
        kind: 'function',
        call: passOn(async ([status = null]) => {
          await delay(1);
          throw new KosmoError('REMOTE_ERROR', 'the remote side said no', { hint: 'ask again', details: { status } });
        }),
      },
    }),
  },
};

type RunLuaOptions = NonNullable<Parameters<typeof runLua>[2]>;

export function run(code: string, options: RunLuaOptions = {}): Promise<RunOutcome> {
  return runLua(code, 'test', { globals: testGlobals, ...options });
}

/** The returned values of a script that must succeed. */
export async function valuesOf(code: string, options: RunLuaOptions = {}): Promise<readonly JsonValue[] | null> {
  const { result, error } = await run(code, options);
  if (error !== undefined) throw error;
  return result;
}

/** The output of a script that must succeed. */
export async function outputOf(code: string, options: RunLuaOptions = {}): Promise<string> {
  const { output, error } = await run(code, options);
  if (error !== undefined) throw error;
  return output;
}

/** The error of a script that must fail. */
export async function errorOf(code: string, options: RunLuaOptions = {}): Promise<KosmoError> {
  const { error } = await run(code, options);
  if (error === undefined) throw new Error(`the script succeeded: ${code}`);
  return error;
}
