import { setMaxListeners } from 'node:events';
import { luaH_find, Table } from 'fengari/src/ltable.js';
import {
  LUA_TFUNCTION,
  type LuaState,
  lua_error,
  lua_gettop,
  lua_newtable,
  lua_pop,
  lua_rawlen,
  lua_rawseti,
  lua_setfield,
  lua_type,
} from 'fengari/src/lua.js';
import { KosmoError, withDetails } from '../../errors/index.ts';
import { raiseText } from '../engine/position.ts';
import { metamethod } from '../engine/resumable.ts';
import { errorText } from '../engine/script-errors.ts';
import type { TaskOptions, TaskOutcome } from '../engine/task.ts';
import { toJson } from '../values/from-lua.ts';
import { markTable, pushRaw, type RawValue, TAG, topValue } from '../values/raw-value.ts';
import { internBytes } from '../values/string.ts';
import { typeNameAt } from './json.ts';
import type { HostTableOptions, LibraryNamespace } from './library-entry.ts';
import { PARALLEL_LIMIT, PARALLEL_OPTIONS } from './signatures.ts';

/** Each level starts on the stack of the one around it. */
const MAX_NESTING = 20;

interface ParallelOptions {
  readonly limit: number;
  readonly settle: boolean;
}

interface Work {
  readonly fn: RawValue;
  readonly args: readonly RawValue[];
}

/** In the order of the work; undefined for what was cancelled. */
type Outcomes = readonly (TaskOutcome | undefined)[];

/**
 * `parallel.map(list, fn [, {limit = n, settle = true}])` and `parallel.all(functions [, options])`: run functions at the same time, and
 * keep the order of their results. The first error cancels the rest and is raised; with `settle` nothing is cancelled and each result is
 * `{ok = true, value = …}` or `{ok = false, error = …}`.
 */
export function parallelLibrary(options: HostTableOptions): LibraryNamespace {
  const groups = new Groups(options);
  const { nullValue } = options;
  return {
    kind: 'namespace',
    entries: () => ({
      all: {
        kind: 'lua',
        fn: (L) => {
          const functions = listArgument(L, 'parallel.all', 1);
          functions.forEach((fn, index) => {
            if (!isCallable(L, fn)) raiseText(L, `parallel.all: item ${index + 1} is not a function`);
          });
          const work = functions.map((fn) => ({ fn, args: [] }));
          return groups.run(L, work, readOptions(L, { who: 'parallel.all', index: 2, limit: PARALLEL_LIMIT.maximum }, nullValue));
        },
      },
      map: {
        kind: 'lua',
        fn: (L) => {
          const items = listArgument(L, 'parallel.map', 1);
          const fn = lua_gettop(L) < 2 ? undefined : { ...topValue(L, 1 - lua_gettop(L)) };
          if (fn === undefined || !isCallable(L, fn)) return raiseText(L, `parallel.map: expected function, got ${typeNameAt(L, 2)}`);
          const work = items.map((item, index) => ({ fn, args: [item, { type: TAG.integer, value: index + 1 }] }));
          return groups.run(L, work, readOptions(L, { who: 'parallel.map', index: 3, limit: PARALLEL_LIMIT.default }, nullValue));
        },
      },
    }),
  };
}

/** Runs groups of functions, each function as a task of its own. */
class Groups {
  readonly #options: HostTableOptions;
  /** How many groups are around a task, by the signal that it runs under. */
  readonly #depths = new WeakMap<AbortSignal, number>();

  constructor(options: HostTableOptions) {
    this.#options = options;
  }

  run(L: LuaState, work: readonly Work[], options: ParallelOptions): number {
    const { settle } = options;
    return this.#options.scheduler.suspend(L, async (signal, id) => {
      const outcomes = await this.#runAll(work, options, { name: id, signal });
      return (state) => {
        const failed = settle ? -1 : outcomes.findIndex((outcome) => outcome !== undefined && 'error' in outcome);
        const failure = outcomes[failed];
        if (failure !== undefined && 'error' in failure) return this.#raiseAt(state, failure.error, failed + 1);
        pushResults(state, outcomes, settle);
        return 1;
      };
    });
  }

  async #runAll(work: readonly Work[], { limit, settle }: ParallelOptions, { name, signal }: TaskOptions): Promise<Outcomes> {
    const outcomes: (TaskOutcome | undefined)[] = work.map(() => undefined);
    const group = this.#open(signal);
    const forward = (): void => group.abort(signal.reason);
    signal.addEventListener('abort', forward, { once: true });
    let next = 0;
    let ending: { readonly thrown: unknown } | undefined;
    // Workers take the next piece of work until none is left, or until one has failed.
    const worker = async (): Promise<void> => {
      while (next < work.length && !group.signal.aborted) {
        const index = next++;
        const { fn, args } = work[index] as Work;
        const outcome = await this.#options.scheduler.runTask(fn, args, { name: `${name}:${index + 1}`, signal: group.signal });
        outcomes[index] = outcome;
        if (!settle && 'error' in outcome) group.abort(new KosmoError('INTERRUPTED', 'cancelled: another function of the group failed'));
      }
    };
    // A task rejects when it was cancelled, and when a limit or the end of the run stopped it: then the group ends with it.
    const supervised = (): Promise<void> =>
      worker().catch((thrown: unknown) => {
        if (group.signal.aborted) return;
        ending = { thrown };
        group.abort(thrown);
      });
    try {
      await Promise.all(Array.from({ length: Math.min(limit, work.length) }, supervised));
    } finally {
      signal.removeEventListener('abort', forward);
    }
    if (ending !== undefined) throw ending.thrown;
    signal.throwIfAborted();
    return outcomes;
  }

  #open(signal: AbortSignal): AbortController {
    const depth = (this.#depths.get(signal) ?? 0) + 1;
    if (depth > MAX_NESTING)
      throw new KosmoError('SCRIPT_ERROR', `parallel inside parallel is nested more than ${MAX_NESTING} levels deep`);
    const group = new AbortController();
    this.#depths.set(group.signal, depth);
    setMaxListeners(0, group.signal);
    const { scheduler } = this.#options;
    scheduler.allot(group.signal, scheduler.allotted(signal));
    return group;
  }

  // The error of a piece of work says which one it was. A table of the script's own is raised as it is: nothing is written into it.
  #raiseAt(L: LuaState, raw: RawValue, index: number): number {
    const { errors, nullValue, reserve } = this.#options;
    const raised = errors.kosmoErrorOf(raw);
    if (raised === undefined && raw.value instanceof Table) {
      pushRaw(L, raw);
      return lua_error(L);
    }
    const text = (): string => errorText(raw, nullValue, (bytes) => reserve(L, bytes));
    const error = raised ?? new KosmoError('SCRIPT_ERROR', text());
    const { subject } = error.details;
    const isNamed = typeof subject !== 'string' || error.message.includes(subject);
    return errors.raise(L, withDetails(error, { index }, isNamed ? error.message : `${error.message} (${subject})`));
  }
}

function pushResults(L: LuaState, outcomes: Outcomes, settle: boolean): void {
  lua_newtable(L);
  markTable(topValue(L, -1).value as Table, 'array');
  outcomes.forEach((outcome, index) => {
    if (outcome === undefined) return;
    if (settle) pushSettled(L, outcome);
    else pushRaw(L, 'value' in outcome ? outcome.value : outcome.error);
    lua_rawseti(L, -2, index + 1);
  });
}

function pushSettled(L: LuaState, outcome: TaskOutcome): void {
  lua_newtable(L);
  const ok = 'value' in outcome;
  pushRaw(L, { type: TAG.boolean, value: ok });
  lua_setfield(L, -2, internBytes('ok'));
  pushRaw(L, ok ? outcome.value : outcome.error);
  lua_setfield(L, -2, internBytes(ok ? 'value' : 'error'));
}

function listArgument(L: LuaState, who: string, index: number): RawValue[] {
  const value = lua_gettop(L) < index ? undefined : topValue(L, index - 1 - lua_gettop(L)).value;
  if (!(value instanceof Table)) return raiseText(L, `${who}: expected a list, got ${typeNameAt(L, index)}`);
  const items: RawValue[] = [];
  for (let position = 1; position <= lua_rawlen(L, index); position++) {
    const entry = luaH_find(value, position);
    if (entry === undefined) return raiseText(L, `${who}: the list has a hole at ${position}`);
    items.push({ type: entry.type, value: entry.value });
  }
  if (items.length === 0 && value.f !== undefined) return raiseText(L, `${who}: expected a list, got a table with named fields`);
  return items;
}

interface OptionsArgument {
  readonly who: string;
  readonly index: number;
  /** The limit without an option. */
  readonly limit: number;
}

function readOptions(L: LuaState, { who, index, limit: defaultLimit }: OptionsArgument, nullValue: object): ParallelOptions {
  if (lua_gettop(L) < index) return { limit: defaultLimit, settle: false };
  const options = toJson(topValue(L, index - 1 - lua_gettop(L)), `${who}: options`, nullValue, () => undefined) ?? {};
  if (typeof options !== 'object' || Array.isArray(options)) return raiseText(L, `${who}: the options must be a table`);
  const { limit = defaultLimit, settle = false, ...unknown } = options as Record<string, unknown>;
  const [name] = Object.keys(unknown);
  if (name !== undefined) return raiseText(L, `${who}: unknown option '${name}' (known: ${PARALLEL_OPTIONS.join(', ')})`);
  const { minimum, maximum } = PARALLEL_LIMIT;
  if (typeof limit !== 'number' || !Number.isInteger(limit) || limit < minimum || limit > maximum)
    return raiseText(L, `${who}: limit must be a whole number from ${minimum} to ${maximum}`);
  if (typeof settle !== 'boolean') return raiseText(L, `${who}: settle must be true or false`);
  return { limit, settle };
}

function isCallable(L: LuaState, raw: RawValue): boolean {
  pushRaw(L, raw);
  const isFunction = lua_type(L, -1) === LUA_TFUNCTION;
  lua_pop(L, 1);
  return isFunction || metamethod(raw, L, '__call') !== undefined;
}
