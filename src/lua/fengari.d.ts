// The slice of Fengari 0.1.5 (with the series in patches/) that this room uses. Fengari ships no types.

declare module 'fengari/src/lobject.js' {
  import type { TString } from 'fengari/src/lstring.js';
  export class TValue {
    constructor(type: number, value: unknown);
    type: number;
    value: unknown;
    setsvalue(value: TString): void;
    setfrom(value: TValue): void;
    ttisfunction(): boolean;
    ttisLclosure(): boolean;
  }
  export function pushobj2s(L: import('fengari/src/lua.js').LuaState, value: TValue): void;
}

declare module 'fengari/src/lstring.js' {
  import type { LuaState } from 'fengari/src/lua.js';
  export class TString {
    constructor(L: LuaState | null, bytes: Uint8Array);
    /** What tables hash the string by: `|` and one character a byte. Null until it is first asked for, see `luaS_hashlongstr`. */
    hash: string | null;
    getstr(): Uint8Array;
  }
  export function luaS_bless(L: LuaState, bytes: Uint8Array): TString;
  export function luaS_hashlongstr(string: TString): string;
}

declare module 'fengari/src/ltable.js' {
  import type { TValue } from 'fengari/src/lobject.js';
  import type { TString } from 'fengari/src/lstring.js';
  import type { LuaState } from 'fengari/src/lua.js';
  /** The value, with its key. */
  export interface TableEntry extends TValue {
    /** What `luaH_find` finds it by. */
    readonly hash: unknown;
    /** The key: its tag and what it stands for. */
    readonly ktype: number;
    readonly kvalue: unknown;
    p: TableEntry | undefined;
    n: TableEntry | undefined;
  }
  export class Table {
    /** How many entries there are. */
    size: number;
    /** The entries by hash, of a table with many. */
    readonly strong: Map<unknown, TableEntry> | undefined;
    /** First and last entry of the insertion-ordered list. */
    f: TableEntry | undefined;
    l: TableEntry | undefined;
    metatable: Table | null;
  }
  export function luaH_new(L: LuaState): Table;
  /** The entry of a key: a number, or the hash of a string. */
  export function luaH_find(table: Table, hash: unknown): TableEntry | undefined;
  /** Adds an entry that is not there, to a table that never lost one. */
  export function luaH_append(table: Table, hash: unknown, keyType: number, key: unknown, type: number, value: unknown): void;
  export function luaH_setint(table: Table, key: number, value: TValue): void;
  export function luaH_get(L: LuaState, table: Table, key: TValue): TValue;
  export function luaH_getint(table: Table, key: number): TValue;
  export function luaH_getstr(table: Table, key: TString): TValue;
}

declare module 'fengari/src/ldo.js' {
  import type { LuaState } from 'fengari/src/lua.js';
  export function luaD_inctop(L: LuaState): void;
}

declare module 'fengari/src/lvm.js' {
  import type { TValue } from 'fengari/src/lobject.js';
  import type { LuaState } from 'fengari/src/lua.js';
  export function luaV_lessthan(L: LuaState, a: TValue, b: TValue): 0 | 1;
}

declare module 'fengari/src/lua.js' {
  import type { TValue } from 'fengari/src/lobject.js';

  export interface GlobalState {
    onreserve: ((L: LuaState, bytes: number) => void) | null;
    /** Whether no `pcall` may catch errors any longer. */
    hasended: (() => boolean) | null;
  }
  export interface LuaState {
    readonly l_G: GlobalState;
    readonly ci: { readonly funcOff: number };
    readonly stack: (TValue | undefined)[];
    top: number;
    nny: number;
    readonly basehookcount: number;
    errfunc: number;
    status: number;
  }
  export type LuaFunction = (L: LuaState) => number;
  export type LuaContinuation<Context> = (L: LuaState, status: number, context: Context) => number;
  export class lua_Debug {
    currentline: number;
    linedefined: number;
    lastlinedefined: number;
    nups: number;
    nparams: number;
    isvararg: boolean | number;
    istailcall: boolean | number;
    name: Uint8Array | null;
    namewhat: Uint8Array | null;
    source: Uint8Array | null;
    what: Uint8Array | null;
    short_src: Uint8Array;
    /** The frame that `lua_getstack` found. */
    i_ci: { readonly func: TValue };
  }

  export const LUA_MASKCOUNT: number;
  export const LUA_MULTRET: number;
  export const LUA_OK: number;
  export const LUA_OPEQ: number;
  export const LUA_YIELD: number;
  export const LUA_ERRRUN: number;
  export const LUA_ERRSYNTAX: number;
  export const LUA_TNIL: number;
  export const LUA_TBOOLEAN: number;
  export const LUA_TNUMBER: number;
  export const LUA_TSTRING: number;
  export const LUA_TTABLE: number;
  export const LUA_TFUNCTION: number;

  export function lua_atnativeerror(L: LuaState, handler: LuaFunction): unknown;
  export function lua_call(L: LuaState, args: number, results: number): void;
  export function lua_callk<Context>(L: LuaState, args: number, results: number, context: Context, k: LuaContinuation<Context>): void;
  export function lua_checkstack(L: LuaState, slots: number): boolean;
  export function lua_compare(L: LuaState, a: number, b: number, op: number): 0 | 1;
  export function lua_concat(L: LuaState, count: number): void;
  export function lua_error(L: LuaState): never;
  export function lua_getfield(L: LuaState, index: number, name: Uint8Array): number;
  export function lua_getglobal(L: LuaState, name: Uint8Array): number;
  export function lua_getinfo(L: LuaState, what: Uint8Array, ar: lua_Debug): number;
  /** The name of a parameter of the function on top, which it takes. */
  export function lua_getlocal(L: LuaState, ar: null, index: number): Uint8Array | null;
  export function lua_getupvalue(L: LuaState, index: number, n: number): Uint8Array | null;
  export function lua_iscfunction(L: LuaState, index: number): boolean;
  export function lua_getmetatable(L: LuaState, index: number): boolean;
  export function lua_getstack(L: LuaState, level: number, ar: lua_Debug): number;
  export function lua_gettable(L: LuaState, index: number): number;
  export function lua_gettop(L: LuaState): number;
  export function lua_insert(L: LuaState, index: number): void;
  export function lua_isstring(L: LuaState, index: number): boolean;
  export function lua_isyieldable(L: LuaState): boolean;
  export function lua_newtable(L: LuaState): void;
  export function lua_newthread(L: LuaState): LuaState;
  export function lua_newuserdata(L: LuaState, size: number): object;
  export function lua_pcallk<Context>(
    L: LuaState,
    args: number,
    results: number,
    handler: number,
    context: Context,
    k: LuaContinuation<Context>,
  ): number;
  export function lua_pop(L: LuaState, count: number): void;
  export function lua_pushboolean(L: LuaState, value: boolean): void;
  export function lua_pushcclosure(L: LuaState, fn: LuaFunction, upvalues: number): void;
  export function lua_pushcfunction(L: LuaState, fn: LuaFunction): void;
  export function lua_pushinteger(L: LuaState, value: number): void;
  export function lua_pushnil(L: LuaState): void;
  export function lua_pushnumber(L: LuaState, value: number): void;
  export function lua_pushstring(L: LuaState, bytes: Uint8Array): void;
  export function lua_pushthread(L: LuaState): boolean;
  export function lua_pushvalue(L: LuaState, index: number): void;
  export function lua_rawget(L: LuaState, index: number): number;
  export function lua_rawset(L: LuaState, index: number): void;
  export function lua_rawlen(L: LuaState, index: number): number;
  export function lua_rawseti(L: LuaState, index: number, key: number): void;
  export function lua_remove(L: LuaState, index: number): void;
  export function lua_replace(L: LuaState, index: number): void;
  export function lua_resume(L: LuaState, from: LuaState | null, args: number): number;
  export function lua_setfield(L: LuaState, index: number, name: Uint8Array): void;
  export function lua_setglobal(L: LuaState, name: Uint8Array): void;
  export function lua_sethook(L: LuaState, hook: (L: LuaState) => void, mask: number, count: number): void;
  export function lua_setmetatable(L: LuaState, index: number): boolean;
  export function lua_settable(L: LuaState, index: number): void;
  export function lua_settop(L: LuaState, index: number): void;
  export function lua_status(L: LuaState): number;
  export function lua_toboolean(L: LuaState, index: number): boolean;
  export function lua_tointegerx(L: LuaState, index: number): number | false;
  export function lua_tonumber(L: LuaState, index: number): number;
  export function lua_tolstring(L: LuaState, index: number): Uint8Array | null;
  export function lua_tothread(L: LuaState, index: number): LuaState | null;
  export function lua_touserdata(L: LuaState, index: number): unknown;
  export function lua_type(L: LuaState, index: number): number;
  export function lua_typename(L: LuaState, type: number): Uint8Array;
  export function lua_upvalueindex(i: number): number;
  export function lua_xmove(from: LuaState, to: LuaState, count: number): void;
  export function lua_yield(L: LuaState, results: number): number;
  export function lua_yieldk<Context>(L: LuaState, results: number, context: Context, k: LuaContinuation<Context>): number;
}

declare module 'fengari/src/lauxlib.js' {
  import type { LuaFunction, LuaState } from 'fengari/src/lua.js';
  export class luaL_Buffer {
    private readonly n: number;
  }
  export function luaL_buffinit(L: LuaState, buffer: luaL_Buffer): void;
  export function luaL_addchar(buffer: luaL_Buffer, byte: number): void;
  export function luaL_addlstring(buffer: luaL_Buffer, bytes: Uint8Array, length: number): void;
  export function luaL_addvalue(buffer: luaL_Buffer): void;
  export function luaL_pushresult(buffer: luaL_Buffer): void;
  export function luaL_newstate(): LuaState;
  export function luaL_requiref(L: LuaState, name: Uint8Array, open: LuaFunction, global: number): void;
  export function luaL_loadbufferx(L: LuaState, bytes: Uint8Array, size: number, name: Uint8Array, mode: Uint8Array): number;
  export function luaL_tolstring(L: LuaState, index: number): Uint8Array;
  export function luaL_getmetafield(L: LuaState, index: number, name: Uint8Array): number;
  export function luaL_traceback(L: LuaState, L1: LuaState, message: Uint8Array | null, level: number): void;
  export function luaL_where(L: LuaState, level: number): void;
  export function luaL_checkany(L: LuaState, index: number): void;
  export function luaL_checkinteger(L: LuaState, index: number): number;
  export function luaL_optinteger(L: LuaState, index: number, otherwise: number): number;
  export function luaL_checklstring(L: LuaState, index: number): Uint8Array;
  export function luaL_optlstring(L: LuaState, index: number, otherwise: Uint8Array): Uint8Array;
  export function luaL_len(L: LuaState, index: number): number;
  export function luaL_checktype(L: LuaState, index: number, type: number): void;
  export function luaL_argerror(L: LuaState, index: number, message: Uint8Array): never;
}

declare module 'fengari/src/lbaselib.js' {
  export const luaopen_base: import('fengari/src/lua.js').LuaFunction;
}
declare module 'fengari/src/lmathlib.js' {
  export const luaopen_math: import('fengari/src/lua.js').LuaFunction;
}
declare module 'fengari/src/loslib.js' {
  export const luaopen_os: import('fengari/src/lua.js').LuaFunction;
}
declare module 'fengari/src/lstrlib.js' {
  import type { LuaFunction, LuaState } from 'fengari/src/lua.js';
  export const luaopen_string: LuaFunction;
  export class MatchState {
    constructor(L: LuaState);
    private readonly level: number;
  }
  export function prepstate(
    state: MatchState,
    L: LuaState,
    subject: Uint8Array,
    length: number,
    pattern: Uint8Array,
    patternLength: number,
  ): void;
  export function reprepstate(state: MatchState): void;
  export function match(state: MatchState, at: number, patternAt: number): number | null;
  export function push_captures(state: MatchState, start: number, end: number): number;
  export function push_onecapture(state: MatchState, index: number, start: number, end: number): void;
}
declare module 'fengari/src/ltablib.js' {
  export const luaopen_table: import('fengari/src/lua.js').LuaFunction;
}
declare module 'fengari/src/lutf8lib.js' {
  export const luaopen_utf8: import('fengari/src/lua.js').LuaFunction;
}
declare module 'fengari/src/defs.js' {
  export const constant_types: {
    readonly LUA_TNIL: number;
    readonly LUA_TBOOLEAN: number;
    readonly LUA_TTABLE: number;
    readonly LUA_TNUMFLT: number;
    readonly LUA_TNUMINT: number;
    readonly LUA_TLNGSTR: number;
    readonly LUA_TSHRSTR: number;
    readonly LUA_TUSERDATA: number;
  };
}
