import { luaL_newstate } from 'fengari/src/lauxlib.js';
import type { Table } from 'fengari/src/ltable.js';
import {
  LUA_MASKCOUNT,
  type LuaState,
  lua_atnativeerror,
  lua_getglobal,
  lua_pop,
  lua_pushstring,
  lua_setglobal,
  lua_sethook,
  lua_touserdata,
} from 'fengari/src/lua.js';
import type { JsonValue } from '../json/index.ts';
import type { Limits } from './engine/limits.ts';
import type { Output } from './engine/output.ts';
import { locate } from './engine/position.ts';
import { Scheduler } from './engine/scheduler.ts';
import { toScriptError, withPosition } from './engine/script-errors.ts';
import type { HostEntry, HostPorts, SandboxJournal } from './host-call.ts';
import type { NameRoots } from './inspect-names.ts';
import { openBase, openResumableLibraries } from './lib/base.ts';
import { coroutineLibrary } from './lib/coroutine.ts';
import { createDeferred, type Deferred } from './lib/defer.ts';
import { createExit, type Exit } from './lib/exit.ts';
import { createHostTables, type HostTables } from './lib/host-tables.ts';
import { jsonLibrary } from './lib/json.ts';
import type { LibraryEntry, LibraryNamespace } from './lib/library-entry.ts';
import { addFields, setTable } from './lib/library-fields.ts';
import { logFunction } from './lib/log.ts';
import { createModules } from './lib/modules.ts';
import { journalMoments } from './lib/moments.ts';
import { parallelLibrary } from './lib/parallel.ts';
import { regexLibrary } from './lib/regex.ts';
import { sleepFunction } from './lib/sleep.ts';
import { workflowFunction } from './lib/workflow.ts';
import { createErrorValues, type ErrorValues } from './values/error.ts';
import { newNullValue, type RawValue, topValue } from './values/raw-value.ts';
import { internBytes, toBytes } from './values/string.ts';
import { pushJson } from './values/to-lua.ts';

/** Instructions between two checks of the limits: some 50 µs of Lua. */
const HOOK_EVERY = 1000;

/** The same while large strings make single instructions slow. */
const HOOK_EVERY_WHEN_HEAVY = 50;

export interface StateOptions {
  readonly limits: Limits;
  readonly output: Output;
  readonly breakOnSigint: boolean;
  readonly globals: Readonly<Record<string, HostEntry>>;
  readonly ports: HostPorts;
  readonly input: JsonValue;
  readonly journal?: SandboxJournal | undefined;
}

/** A Lua state with everything that scripts see, and the parts of the host that work on it. */
export interface State {
  readonly L: LuaState;
  readonly scheduler: Scheduler;
  readonly errors: ErrorValues;
  readonly deferred: Deferred;
  readonly exit: Exit;
  readonly tables: HostTables;
  /** The value of `json.null`. */
  readonly nullValue: object;
  /** Reserves memory before an allocation; throws the error of the limit. `inPieces`: many small blocks. */
  readonly reserve: (L: LuaState, bytes: number, inPieces?: boolean) => void;
  /** Functions and tables as they are before a script can replace them. */
  readonly print: RawValue;
  readonly tostring: RawValue;
  readonly nameRoots: NameRoots;
}

/** Opens a state. Nothing of it is shared with any other. */
export function openState({ limits, output, breakOnSigint, globals, ports, input, journal }: StateOptions): State {
  const L = luaL_newstate();
  const nullValue = newNullValue(L);
  const reserve: State['reserve'] = (state, bytes, inPieces = false) => {
    const wasHeavy = limits.hasLargeStrings();
    const exceeded = limits.reserve(bytes, () => locate(state), inPieces);
    if (exceeded !== undefined) throw exceeded;
    // The hook puts the script under the watchdog soon.
    if (!wasHeavy && limits.hasLargeStrings()) lua_sethook(state, hook, LUA_MASKCOUNT, 1);
  };
  openBase(L, { limits, output, nullValue, reserve });
  const nameRoots = { globals: takeGlobal(L, '_G').value as Table, stringMethods: takeGlobal(L, 'string').value as Table };
  const print = takeGlobal(L, 'print');
  const tostring = takeGlobal(L, 'tostring');
  const errors = createErrorValues(L);
  const scheduler = new Scheduler({ state: L, limits, errors, breakOnSigint, journal });
  const deferred = createDeferred(limits);
  const exit = createExit({ limits, errors, nullValue, reserve });
  const hook = limitHook(limits, scheduler, errors);
  const tables = pushLibraries({ L, scheduler, errors, deferred, exit, nullValue, reserve }, { globals, ports, journal });
  pushJson(L, input);
  lua_setglobal(L, internBytes('input'));
  raiseNativeErrors(L, errors);
  L.l_G.onreserve = reserve;
  L.l_G.hasended = () => limits.limitError() !== undefined;
  lua_sethook(L, hook, LUA_MASKCOUNT, HOOK_EVERY);
  return { L, scheduler, errors, deferred, exit, tables, nullValue, reserve, print, tostring, nameRoots };
}

function pushLibraries(
  { L, scheduler, errors, deferred, exit, nullValue, reserve }: Omit<State, 'tables' | 'print' | 'tostring' | 'nameRoots'>,
  { globals: hostGlobals, ports, journal }: Pick<StateOptions, 'globals' | 'ports' | 'journal'>,
): HostTables {
  const { guards } = scheduler;
  openResumableLibraries(L, guards, { nullValue, reserve });
  setTable(L, 'coroutine', coroutineLibrary(scheduler));
  const tables = createHostTables({ scheduler, errors, nullValue, reserve, journal });
  const modules = createModules(L, { scheduler, errors, guarded: guards.guarded, reserve, find: ports.findModule });
  const globals: Readonly<Record<string, LibraryEntry | LibraryNamespace>> = {
    defer: { kind: 'lua', fn: deferred.defer },
    parallel: parallelLibrary({ scheduler, errors, nullValue, reserve }),
    json: jsonLibrary(nullValue, reserve),
    regex: regexLibrary(reserve, (fn) => guards.guardedRestartable(guards.repeatable(fn))),
    sleep: { kind: 'lua', fn: sleepFunction(scheduler, errors, { journal, port: ports.sleep }) },
    exit: { kind: 'lua', fn: exit.exit },
    require: { kind: 'lua', fn: modules.require },
    ...(ports.log === undefined ? {} : { log: { kind: 'lua', fn: logFunction(ports.log, nullValue, reserve) } }),
    ...(ports.declare === undefined
      ? {}
      : { workflow: { kind: 'lua', fn: workflowFunction({ scheduler, errors, nullValue, reserve, modules, declare: ports.declare }) } }),
    ...hostGlobals,
  };
  if (journal !== undefined) journalMoments(L, { scheduler, journal, nullValue });
  for (const [name, entry] of Object.entries(globals)) {
    tables.push(L, name, entry);
    lua_setglobal(L, internBytes(name));
  }
  addFields(L, 'os', { exit: exit.exit });
  return tables;
}

// JavaScript errors inside Lua become Lua errors: a script never sees a value that has a prototype.
function raiseNativeErrors(L: LuaState, errors: ErrorValues): void {
  lua_atnativeerror(L, (state) => {
    const thrown = lua_touserdata(state, 1);
    const error = toScriptError(thrown);
    if (typeof error === 'string') lua_pushstring(state, toBytes(withPosition(state, error)));
    else errors.push(state, error);
    return 1;
  });
}

function limitHook(limits: Limits, scheduler: Scheduler, errors: ErrorValues): (L: LuaState) => void {
  const hook = (L: LuaState): void => {
    const exceeded = limits.check(() => scheduler.position(L));
    if (exceeded === undefined) {
      const every = limits.hasLargeStrings() ? HOOK_EVERY_WHEN_HEAVY : HOOK_EVERY;
      if (L.basehookcount !== every) lua_sethook(L, hook, LUA_MASKCOUNT, every);
      scheduler.pauseLongSlice(L);
      return;
    }
    // From now on before every instruction: no loop of pcalls outlives a limit.
    lua_sethook(L, hook, LUA_MASKCOUNT, 1);
    // A message handler of xpcall would run inside the hook, where no hook can stop it.
    L.errfunc = 0;
    errors.raise(L, exceeded);
  };
  return hook;
}

function takeGlobal(L: LuaState, name: string): RawValue {
  lua_getglobal(L, internBytes(name));
  const raw = { ...topValue(L, -1) };
  lua_pop(L, 1);
  return raw;
}
