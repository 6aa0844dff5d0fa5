import { luaS_hashlongstr, type TString } from 'fengari/src/lstring.js';
import { Table } from 'fengari/src/ltable.js';
import {
  type LuaFunction,
  type LuaState,
  lua_gettop,
  lua_newtable,
  lua_pop,
  lua_pushboolean,
  lua_pushcfunction,
  lua_pushnil,
  lua_pushstring,
  lua_pushvalue,
  lua_setfield,
  lua_setmetatable,
} from 'fengari/src/lua.js';
import { isKosmoError, KosmoError, withDetails } from '../../errors/index.ts';
import type { JsonValue } from '../../json/index.ts';
import { NEVER_ABORTED } from '../../platform/abort-listeners.ts';
import { cutText } from '../../platform/cut-text.ts';
import type { Answer } from '../engine/pending-call.ts';
import { raiseText } from '../engine/position.ts';
import type { Scheduler } from '../engine/scheduler.ts';
import { withPosition } from '../engine/script-errors.ts';
import type { HostArguments, HostEntry, HostFunctionEntry, HostNamespace, SandboxJournal } from '../host-call.ts';
import type { ErrorValues } from '../values/error.ts';
import { toJson } from '../values/from-lua.ts';
import { hostPath, isString, isStringTag, markHostTable, pushRaw, type RawValue, TAG, topValue } from '../values/raw-value.ts';
import { internBytes, toBytes, toDisplayText } from '../values/string.ts';
import { pushJson } from '../values/to-lua.ts';

/** What this room itself puts into a read-only table, besides what the host gives. */
export type LibraryEntry =
  | HostEntry
  | { readonly kind: 'lua'; readonly fn: LuaFunction }
  | { readonly kind: 'value'; readonly raw: RawValue };

export interface LibraryNamespace extends Omit<HostNamespace, 'entries'> {
  readonly entries: () => Listed | Promise<Listed>;
}

type Listed = Readonly<Record<string, LibraryEntry>>;

export interface HostTables {
  /** Pushes an entry; `path` is how scripts reach it. */
  readonly push: (L: LuaState, path: string, entry: LibraryEntry | LibraryNamespace) => void;
  /** What is inside a read-only table made here, which to Lua is empty; undefined for any other table. */
  readonly members: (table: Table) => Members | undefined;
}

export interface Members {
  readonly names: () => readonly string[];
  readonly get: (L: LuaState, name: string) => RawValue | undefined;
}

export interface HostTableOptions {
  readonly scheduler: Scheduler;
  readonly errors: ErrorValues;
  readonly nullValue: object;
  readonly reserve: (L: LuaState, bytes: number) => void;
  readonly journal?: SandboxJournal | undefined;
}

/** Names are what a script makes up: longer ones are cut before anything keeps them, or passes them to another thread. */
const MAX_NAME = 200;
const MAX_PATH = 600;

/**
 * Read-only tables: an empty table whose metatable answers. Nothing of a namespace is made before a script looks inside, and what is
 * behind the functions never enters Lua.
 */
export function createHostTables({ scheduler, errors, nullValue, reserve, journal }: HostTableOptions): HostTables {
  const membersOf = new WeakMap<Table, Members>();

  const push: HostTables['push'] = (L, path, entry) => {
    if (entry.kind === 'namespace') pushNamespace(L, path, entry);
    else if (entry.kind === 'value') pushRaw(L, entry.raw);
    else lua_pushcfunction(L, refuseColon(path, entry.kind === 'lua' ? entry.fn : hostFunction(path, entry)));
  };

  // `json:encode(x)` passes the table itself on as the first argument, which no function here takes.
  const refuseColon = (path: string, fn: LuaFunction): LuaFunction => {
    const end = path.lastIndexOf('.');
    if (end === -1) return fn;
    const namespace = path.slice(0, end);
    return (L) => {
      const count = lua_gettop(L);
      const first = count === 0 ? undefined : topValue(L, -count).value;
      if (!(first instanceof Table) || hostPath(first) !== namespace) return fn(L);
      const message = `${namespace}:${path.slice(end + 1)} is called with ':'; write '.': ${path}(…)`;
      return errors.raise(L, new KosmoError('INVALID_ARGUMENTS', withPosition(L, message)));
    };
  };

  const pushNamespace = (L: LuaState, path: string, namespace: LibraryNamespace): void => {
    let entries: ReadonlyMap<string, LibraryEntry> | undefined;
    let names: ReadonlyMap<string, string> | undefined;
    const pushed = new Map<string, RawValue>();
    /** The same by the hash of the name's string, which is there already. */
    const pushedByHash = new Map<string, RawValue>();
    const { find } = namespace;
    const known = (): ReadonlyMap<string, LibraryEntry> => {
      entries ??= new Map(Object.entries(find === undefined ? (namespace.entries() as Listed) : {}));
      return entries;
    };
    const lookUp = (name: string): LibraryEntry | undefined => {
      if (find !== undefined) return find(name);
      const listed = known();
      return listed.get(name) ?? listed.get(aliases().get(name) ?? '');
    };
    const aliases = (): ReadonlyMap<string, string> => {
      names ??= new Map([...known()].flatMap(([name, entry]) => ('alias' in entry && entry.alias ? [[entry.alias, name]] : [])));
      return names;
    };

    const pushEntry = (state: LuaState, name: string, entry: LibraryEntry): void => {
      const existing = pushed.get(name);
      if (existing !== undefined) {
        pushRaw(state, existing);
        return;
      }
      push(state, `${path}.${aliases().get(name) ?? name}`, entry);
      const { type, value } = topValue(state, -1);
      pushed.set(name, { type, value });
    };

    const pushPairs = (state: LuaState, listed: ReadonlyMap<string, LibraryEntry>): number => {
      const left = [...listed].values();
      lua_pushcfunction(state, (iterator) => {
        const { value: next } = left.next();
        if (next === undefined) {
          lua_pushnil(iterator);
          return 1;
        }
        lua_pushstring(iterator, internBytes(next[0]));
        pushEntry(iterator, ...next);
        return 2;
      });
      lua_pushvalue(state, 1);
      lua_pushnil(state);
      return 3;
    };

    pushReadOnlyTable(L, path, {
      __index: (state) => {
        const { type, value: key } = topValue(state, 1 - lua_gettop(state));
        const hash = isStringTag(type) ? luaS_hashlongstr(key as TString) : undefined;
        const existing = hash === undefined ? undefined : pushedByHash.get(hash);
        if (existing !== undefined) {
          pushRaw(state, existing);
          return 1;
        }
        const name = nameArgument(state);
        const entry = name === undefined ? undefined : lookUp(name);
        if (entry !== undefined && name !== undefined) {
          pushEntry(state, name, entry);
          if (find === undefined && hash !== undefined) pushedByHash.set(hash, pushed.get(name) as RawValue);
        } else if (name !== undefined && namespace.missing !== undefined) pushMissing(state, `${path}.${name}`, namespace.missing);
        else lua_pushnil(state);
        return 1;
      },
      __pairs: (state) =>
        find === undefined
          ? pushPairs(state, known())
          : scheduler.suspend(state, async (signal, id) => {
              const names = async (): Promise<string[]> => Object.keys(await namespace.entries());
              const listed = await (journal === undefined
                ? names()
                : (journal.call(id, { name: `pairs(${path})`, args: [], line: undefined, signal, live: names }) as Promise<string[]>));
              const entries = listed.flatMap((name) => {
                const entry = find(name);
                return entry === undefined ? [] : [[name, entry] as const];
              });
              return (resumed) => pushPairs(resumed, new Map(entries));
            }),
      __tostring: (state) => {
        const names = find === undefined ? `: ${[...known().keys()].join(', ')}` : '';
        lua_pushstring(state, toBytes(path + names));
        return 1;
      },
      __call: (state) => raiseText(state, `${path} is a table of functions, not a function`),
    });
    const table = topValue(L, -1).value as Table;
    markHostTable(table, path);
    membersOf.set(table, {
      names: () => [...known().keys()],
      get(state, name) {
        const entry = lookUp(name);
        if (entry === undefined) return undefined;
        pushEntry(state, name, entry);
        lua_pop(state, 1);
        return pushed.get(name);
      },
    });
  };

  // A name that does not exist: any use of it but a look further inside raises the error of calling it.
  const pushMissing = (L: LuaState, path: string, missing: (path: string) => KosmoError): void => {
    const raise: LuaFunction = (state) => errors.raise(state, missing(path));
    pushReadOnlyTable(L, path, {
      __index: (state) => {
        pushMissing(state, cutText(`${path}.${nameArgument(state) ?? '?'}`, MAX_PATH), missing);
        return 1;
      },
      __call: raise,
      __pairs: raise,
      __len: raise,
      __concat: raise,
      __tostring: raise,
    });
  };

  const hostFunction =
    (path: string, { call, immediate, namesLine }: HostFunctionEntry): LuaFunction =>
    (L) => {
      const args = readArguments(L);
      const refused = (thrown: unknown): Answer => {
        const isOwn = namesLine === true && isKosmoError(thrown) && thrown.code === 'INVALID_ARGUMENTS';
        // A call of a tool may be refused for its arguments, too: that is the tool's own error.
        if (!isOwn || !(isKosmoError(args) || thrown.message.startsWith(`${path}: `))) throw thrown;
        return (state) => errors.raise(state, withDetails(thrown, {}, withPosition(state, thrown.message)));
      };
      const answered =
        (value: JsonValue): Answer =>
        (state) =>
          pushAnswer(state, value);
      if (immediate === true && (journal === undefined || !scheduler.canSuspend(L))) {
        let answer: JsonValue | Promise<JsonValue>;
        try {
          answer = call(args, { signal: NEVER_ABORTED });
        } catch (thrown) {
          return refused(thrown)(L);
        }
        if (!(answer instanceof Promise)) return pushAnswer(L, answer);
        // If the script cannot wait, the answer has no receiver.
        answer.catch(() => undefined);
        return scheduler.suspend(L, async () => answered(await answer));
      }
      const line = journal === undefined ? undefined : scheduler.position(L)?.line;
      return scheduler.suspend(L, async (signal, id) => {
        const live = async (): Promise<JsonValue> => call(args, { signal });
        try {
          return answered(await (journal === undefined ? live() : journal.call(id, { name: path, args, line, signal, live })));
        } catch (thrown) {
          return refused(thrown);
        }
      });
    };

  const pushAnswer = (L: LuaState, value: JsonValue): number => {
    pushJson(L, value, { reserve: (bytes) => reserve(L, bytes) });
    return 1;
  };

  const readArguments = (L: LuaState): HostArguments => {
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
  };

  return { push, members: (table) => membersOf.get(table) };
}

function pushReadOnlyTable(L: LuaState, path: string, metamethods: Readonly<Record<string, LuaFunction>>): void {
  lua_newtable(L);
  lua_newtable(L);
  for (const [name, fn] of Object.entries(metamethods)) {
    lua_pushcfunction(L, fn);
    lua_setfield(L, -2, internBytes(name));
  }
  lua_pushcfunction(L, (state) => raiseText(state, `${path} is read-only`));
  lua_setfield(L, -2, internBytes('__newindex'));
  lua_pushboolean(L, false);
  lua_setfield(L, -2, internBytes('__metatable'));
  lua_setmetatable(L, -2);
}

function nameArgument(L: LuaState): string | undefined {
  const name = stringArgument(L, 2);
  return name === undefined ? undefined : cutText(name, MAX_NAME);
}

function stringArgument(L: LuaState, index: number): string | undefined {
  const raw = topValue(L, index - 1 - lua_gettop(L));
  return isString(raw) ? toDisplayText((raw.value as TString).getstr()) : undefined;
}
