import { luaS_hashlongstr, type TString } from 'fengari/src/lstring.js';
import {
  type LuaFunction,
  type LuaState,
  lua_gettop,
  lua_newtable,
  lua_pushboolean,
  lua_pushcfunction,
  lua_pushnil,
  lua_pushstring,
  lua_pushvalue,
  lua_setfield,
  lua_setmetatable,
} from 'fengari/src/lua.js';
import type { KosmoError } from '../../errors/index.ts';
import { cutText } from '../../platform/cut-text.ts';
import { raiseText } from '../engine/position.ts';
import type { ErrorValues } from '../values/error.ts';
import { isString, isStringTag, pushRaw, type RawValue, topValue } from '../values/raw-value.ts';
import { internBytes, toBytes, toDisplayText } from '../values/string.ts';
import type { HostTableOptions, LibraryEntry, LibraryNamespace, ListedEntries } from './library-entry.ts';

export interface NamespaceOptions extends Pick<HostTableOptions, 'scheduler' | 'errors' | 'journal'> {
  /** Pushes an entry of the namespace; `path` is how scripts reach it. */
  readonly pushEntry: (L: LuaState, path: string, entry: LibraryEntry) => void;
}

/** Names are what a script makes up: longer ones are cut before anything keeps them, or passes them to another thread. */
const MAX_NAME = 200;
const MAX_PATH = 600;

/** A namespace as a read-only table. Each entry is made when a script first asks for it. */
export class NamespaceTable {
  readonly #path: string;
  readonly #namespace: LibraryNamespace;
  readonly #options: NamespaceOptions;
  #entries: ReadonlyMap<string, LibraryEntry> | undefined;
  #aliases: ReadonlyMap<string, string> | undefined;
  readonly #pushed = new Map<string, RawValue>();
  /** The same by the hash of the name's string, which is there already. */
  readonly #pushedByHash = new Map<string, RawValue>();

  constructor(path: string, namespace: LibraryNamespace, options: NamespaceOptions) {
    this.#path = path;
    this.#namespace = namespace;
    this.#options = options;
  }

  push(L: LuaState): void {
    pushReadOnlyTable(L, this.#path, {
      __index: (state) => this.#index(state),
      __pairs: (state) => this.#pairs(state),
      __tostring: (state) => {
        const names = this.#namespace.find === undefined ? `: ${this.names().join(', ')}` : '';
        lua_pushstring(state, toBytes(this.#path + names));
        return 1;
      },
      __call: (state) => raiseText(state, `${this.#path} is a table of functions, not a function`),
    });
  }

  names(): readonly string[] {
    return [...this.#listed().keys()];
  }

  /** Pushes what has this name; false if nothing has. */
  pushMember(L: LuaState, name: string): boolean {
    const entry = this.#lookUp(name);
    if (entry !== undefined) this.#pushEntry(L, name, entry);
    return entry !== undefined;
  }

  #listed(): ReadonlyMap<string, LibraryEntry> {
    const namespace = this.#namespace;
    this.#entries ??= new Map(Object.entries(namespace.find === undefined ? (namespace.entries() as ListedEntries) : {}));
    return this.#entries;
  }

  #names(): ReadonlyMap<string, string> {
    this.#aliases ??= new Map(
      [...this.#listed()].flatMap(([name, entry]) => ('alias' in entry && entry.alias ? [[entry.alias, name]] : [])),
    );
    return this.#aliases;
  }

  #lookUp(name: string): LibraryEntry | undefined {
    const { find } = this.#namespace;
    if (find !== undefined) return find(name);
    const listed = this.#listed();
    return listed.get(name) ?? listed.get(this.#names().get(name) ?? '');
  }

  #pushEntry(L: LuaState, name: string, entry: LibraryEntry): void {
    const existing = this.#pushed.get(name);
    if (existing !== undefined) {
      pushRaw(L, existing);
      return;
    }
    this.#options.pushEntry(L, `${this.#path}.${this.#names().get(name) ?? name}`, entry);
    const { type, value } = topValue(L, -1);
    this.#pushed.set(name, { type, value });
  }

  #index(L: LuaState): number {
    const { type, value: key } = topValue(L, 1 - lua_gettop(L));
    const hash = isStringTag(type) ? luaS_hashlongstr(key as TString) : undefined;
    const existing = hash === undefined ? undefined : this.#pushedByHash.get(hash);
    if (existing !== undefined) {
      pushRaw(L, existing);
      return 1;
    }
    const { find, missing } = this.#namespace;
    const name = nameArgument(L);
    if (name !== undefined && this.pushMember(L, name)) {
      if (find === undefined && hash !== undefined) this.#pushedByHash.set(hash, this.#pushed.get(name) as RawValue);
    } else if (name !== undefined && missing !== undefined)
      pushMissing(L, `${this.#path}.${name}`, { missing, errors: this.#options.errors });
    else lua_pushnil(L);
    return 1;
  }

  #pairs(L: LuaState): number {
    const { find } = this.#namespace;
    if (find === undefined) return this.#pushPairs(L, this.#listed());
    const { scheduler, journal } = this.#options;
    return scheduler.suspend(L, async (signal, id) => {
      const live = async (): Promise<string[]> => Object.keys(await this.#namespace.entries());
      const asked = { name: `pairs(${this.#path})`, args: [], line: undefined, signal, live };
      const names = journal === undefined ? await live() : ((await journal.call(id, asked)) as readonly string[]);
      const found = names.flatMap((name) => {
        const entry = find(name);
        return entry === undefined ? [] : [[name, entry] as const];
      });
      return (state) => this.#pushPairs(state, new Map(found));
    });
  }

  #pushPairs(L: LuaState, listed: ReadonlyMap<string, LibraryEntry>): number {
    const left = listed.entries();
    lua_pushcfunction(L, (state) => {
      const { value: next } = left.next();
      if (next === undefined) {
        lua_pushnil(state);
        return 1;
      }
      lua_pushstring(state, internBytes(next[0]));
      this.#pushEntry(state, ...next);
      return 2;
    });
    lua_pushvalue(L, 1);
    lua_pushnil(L);
    return 3;
  }
}

interface MissingOptions {
  readonly missing: (path: string) => KosmoError;
  readonly errors: ErrorValues;
}

// A name that does not exist: any use of it but a look further inside raises the error of calling it.
function pushMissing(L: LuaState, path: string, { missing, errors }: MissingOptions): void {
  const raise: LuaFunction = (state) => errors.raise(state, missing(path));
  pushReadOnlyTable(L, path, {
    __index: (state) => {
      pushMissing(state, cutText(`${path}.${nameArgument(state) ?? '?'}`, MAX_PATH), { missing, errors });
      return 1;
    },
    __call: raise,
    __pairs: raise,
    __len: raise,
    __concat: raise,
    __tostring: raise,
  });
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
  const raw = topValue(L, 1 - lua_gettop(L));
  return isString(raw) ? cutText(toDisplayText((raw.value as TString).getstr()), MAX_NAME) : undefined;
}
