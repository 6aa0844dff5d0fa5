import { type LuaFunction, type LuaState, lua_gettop } from 'fengari/src/lua.js';
import { isKosmoError, withDetails } from '../../errors/index.ts';
import type { JsonValue } from '../../json/index.ts';
import { NEVER_ABORTED } from '../../platform/abort-listeners.ts';
import type { Answer } from '../engine/pending-call.ts';
import { withPosition } from '../engine/script-errors.ts';
import type { HostArguments, HostFunctionEntry } from '../host-call.ts';
import { toJson } from '../values/from-lua.ts';
import { TAG, topValue } from '../values/raw-value.ts';
import { pushJson } from '../values/to-lua.ts';
import type { HostTableOptions } from './library-entry.ts';

/** A function of the host for scripts, which reach it as `path`. */
export function hostFunction(path: string, entry: HostFunctionEntry, options: HostTableOptions): LuaFunction {
  const fn = new HostFunction(path, entry, options);
  return (L) => fn.call(L);
}

class HostFunction {
  readonly #path: string;
  readonly #entry: HostFunctionEntry;
  readonly #options: HostTableOptions;

  constructor(path: string, entry: HostFunctionEntry, options: HostTableOptions) {
    this.#path = path;
    this.#entry = entry;
    this.#options = options;
  }

  call(L: LuaState): number {
    const { scheduler, journal } = this.#options;
    const args = this.#readArguments(L);
    if (this.#entry.immediate === true && (journal === undefined || !scheduler.canSuspend(L))) return this.#callAtOnce(L, args);
    const line = journal === undefined ? undefined : scheduler.position(L)?.line;
    return scheduler.suspend(L, async (signal, id) => {
      const live = async (): Promise<JsonValue> => this.#entry.call(args, { signal });
      try {
        return this.#answer(await (journal === undefined ? live() : journal.call(id, { name: this.#path, args, line, signal, live })));
      } catch (thrown) {
        return this.#refusal(args, thrown);
      }
    });
  }

  #callAtOnce(L: LuaState, args: HostArguments): number {
    let answer: JsonValue | Promise<JsonValue>;
    try {
      answer = this.#entry.call(args, { signal: NEVER_ABORTED });
    } catch (thrown) {
      return this.#refusal(args, thrown)(L);
    }
    if (!(answer instanceof Promise)) return this.#push(L, answer);
    // If the script cannot wait, the answer has no receiver.
    answer.catch(() => undefined);
    return this.#options.scheduler.suspend(L, async () => this.#answer(await answer));
  }

  #answer(value: JsonValue): Answer {
    return (L) => this.#push(L, value);
  }

  #push(L: LuaState, value: JsonValue): number {
    pushJson(L, value, { reserve: (bytes) => this.#options.reserve(L, bytes) });
    return 1;
  }

  // Throws every other error than that of arguments which name their line.
  #refusal(args: HostArguments, thrown: unknown): Answer {
    const isOwn = this.#entry.namesLine === true && isKosmoError(thrown) && thrown.code === 'INVALID_ARGUMENTS';
    // A call of a tool may also be refused for its arguments: that is the tool's own error.
    if (!isOwn || !(isKosmoError(args) || thrown.message.startsWith(`${this.#path}: `))) throw thrown;
    return (L) => this.#options.errors.raise(L, withDetails(thrown, {}, withPosition(L, thrown.message)));
  }

  #readArguments(L: LuaState): HostArguments {
    const { nullValue, reserve } = this.#options;
    const count = lua_gettop(L);
    try {
      const args: JsonValue[] = [];
      for (let index = 1; index <= count; index++) {
        const raw = topValue(L, index - 1 - count);
        // Fields of the table of named arguments are called by their own names.
        const path = index === 1 && raw.type === TAG.table ? '' : `argument ${index}`;
        args.push(toJson(raw, path, nullValue, (bytes) => reserve(L, bytes)));
      }
      return args;
    } catch (thrown) {
      if (isKosmoError(thrown)) return thrown;
      throw thrown;
    }
  }
}
