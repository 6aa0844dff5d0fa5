import { luaL_tolstring } from 'fengari/src/lauxlib.js';
import type { Table } from 'fengari/src/ltable.js';
import {
  LUA_MULTRET,
  LUA_TTABLE,
  type LuaState,
  lua_callk,
  lua_concat,
  lua_error,
  lua_getglobal,
  lua_gettable,
  lua_gettop,
  lua_insert,
  lua_newtable,
  lua_pop,
  lua_pushboolean,
  lua_pushcclosure,
  lua_pushcfunction,
  lua_pushstring,
  lua_pushvalue,
  lua_rawget,
  lua_remove,
  lua_replace,
  lua_setfield,
  lua_tolstring,
  lua_type,
  lua_upvalueindex,
} from 'fengari/src/lua.js';
import { type ErrorDetail, type KosmoError, redactSecretFields } from '../../errors/index.ts';
import type { JsonValue } from '../../json/index.ts';
import { pushTostring, resumable } from '../engine/resumable.ts';
import { type RawValue, topValue } from './raw-value.ts';
import { internBytes, toBytes } from './string.ts';
import { pushJson } from './to-lua.ts';

/** Makes and recognises the error values that scripts see: tables that behave like their message where a string is wanted. */
export interface ErrorValues {
  /** Raises the error in `L`. */
  readonly raise: (L: LuaState, error: KosmoError) => never;
  /** Pushes the error value without raising it. */
  readonly push: (L: LuaState, error: KosmoError) => void;
  /** The error behind a value, if it is one of ours. */
  readonly kosmoErrorOf: (raw: RawValue) => KosmoError | undefined;
}

/** Call once for each state, with the string library open: methods of strings work on error values through it. */
export function createErrorValues(L: LuaState): ErrorValues {
  const errors = new WeakMap<Table, KosmoError>();
  const metatable = createMetatable(L);

  const push = (state: LuaState, error: KosmoError): void => {
    pushJson(state, scriptFields(error.toJSON()));
    const table = topValue(state, -1).value as Table;
    table.metatable = metatable;
    errors.set(table, error);
  };

  return {
    push,
    raise(state, error) {
      push(state, error);
      return lua_error(state);
    },
    kosmoErrorOf: ({ value }) => (typeof value === 'object' && value !== null ? errors.get(value as Table) : undefined),
  };
}

// What a script sees of an error: the same facts as the envelope, without tracebacks and stacks, which are for people.
function scriptFields(detail: ErrorDetail): JsonValue {
  const { traceback: _traceback, stack: _stack, ...fields } = detail;
  return redactSecretFields(fields) as JsonValue;
}

function createMetatable(L: LuaState): Table {
  lua_newtable(L);
  const metatable = topValue(L, -1).value as Table;
  setFunction(L, '__tostring', (state) => {
    pushMessage(state, 1);
    return 1;
  });
  const concat = resumable(function* (state) {
    for (const index of [1, 2]) if (!(yield* pushTostring(state, index))) luaL_tolstring(state, index);
    lua_concat(state, 2);
    return 1;
  });
  setFunction(L, '__concat', concat);
  // `err:match(…)`: a string method on the message. A field that is not there is nil.
  lua_getglobal(L, internBytes('string'));
  lua_pushcclosure(
    L,
    (state) => {
      lua_pushvalue(state, 2);
      lua_gettable(state, lua_upvalueindex(1));
      if (topValue(state, -1).value === null) return 1;
      lua_pushcclosure(state, callOnMessage, 1);
      return 1;
    },
    1,
  );
  lua_setfield(L, -2, internBytes('__index'));
  lua_pushboolean(L, false);
  lua_setfield(L, -2, internBytes('__metatable'));
  lua_pop(L, 1);
  return metatable;
}

// A string method whose subject is an error value: upvalue 1 is the method.
function callOnMessage(state: LuaState): number {
  pushMessage(state, 1);
  lua_replace(state, 1);
  lua_pushvalue(state, lua_upvalueindex(1));
  lua_insert(state, 1);
  lua_callk(state, lua_gettop(state) - 1, LUA_MULTRET, undefined, lua_gettop);
  return lua_gettop(state);
}

// A script can get hold of the metamethods and call them with anything.
function pushMessage(state: LuaState, index: number): void {
  if (lua_type(state, index) !== LUA_TTABLE) {
    lua_pushstring(state, toBytes('error'));
    return;
  }
  lua_pushvalue(state, index);
  lua_pushstring(state, internBytes('message'));
  lua_rawget(state, -2);
  lua_remove(state, -2);
  if (lua_tolstring(state, -1) === null) {
    lua_pop(state, 1);
    lua_pushstring(state, toBytes('error'));
  }
}

function setFunction(L: LuaState, name: string, fn: (state: LuaState) => number): void {
  lua_pushcfunction(L, fn);
  lua_setfield(L, -2, internBytes(name));
}
