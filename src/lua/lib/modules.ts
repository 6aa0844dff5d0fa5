import { luaL_checklstring } from 'fengari/src/lauxlib.js';
import {
  LUA_OK,
  LUA_YIELD,
  type LuaFunction,
  type LuaState,
  lua_Debug,
  lua_error,
  lua_getglobal,
  lua_getinfo,
  lua_getstack,
  lua_newtable,
  lua_pcallk,
  lua_pushstring,
  lua_rawset,
  lua_setfield,
  lua_setglobal,
  lua_settop,
} from 'fengari/src/lua.js';
import { isKosmoError, KosmoError } from '../../errors/index.ts';
import { NEVER_ABORTED } from '../../platform/abort-listeners.ts';
import { cutText } from '../../platform/cut-text.ts';
import { COMPILED_BYTES, loadScript } from '../engine/load.ts';
import { cString } from '../engine/position.ts';
import type { Guard } from '../engine/resumable.ts';
import type { Scheduler } from '../engine/scheduler.ts';
import { withPosition } from '../engine/script-errors.ts';
import type { HostFunctionEntry } from '../host-call.ts';
import type { ErrorValues } from '../values/error.ts';
import { pushRaw, type RawValue, TAG, topValue } from '../values/raw-value.ts';
import { internBytes, toBytes, toDisplayText } from '../values/string.ts';

/** Characters of a name in a message. */
const MAX_NAME = 200;

/** Libraries that `require` returns as they are. */
const LIBRARIES = ['_G', 'string', 'table', 'math', 'utf8', 'os', 'coroutine', 'debug'];

const TRUE: RawValue = { type: TAG.boolean, value: true };

export interface ModulesOptions {
  readonly scheduler: Pick<Scheduler, 'currentTask'>;
  readonly errors: ErrorValues;
  readonly guarded: Guard;
  readonly reserve: (L: LuaState, bytes: number, inPieces?: boolean) => void;
  /** Finds the text of a module, a `ModuleSource`. Without it no module exists. */
  readonly find: HostFunctionEntry | undefined;
}

export interface Modules {
  /** `require(name)`: runs a module once, and returns what it returned. */
  readonly require: LuaFunction;
  /** The name of the module whose code calls the running function; undefined for the script itself. */
  readonly caller: (L: LuaState) => string | undefined;
}

/** What the host returns for a name: each byte of the source is one character. */
interface ModuleSource {
  readonly chunk: string;
  readonly source: string;
}

interface Loading {
  readonly name: string;
  readonly task: LuaState | undefined;
}

/** The modules of one state, in which the libraries are open. Makes the global `package`. */
export function createModules(state: LuaState, options: ModulesOptions): Modules {
  const modules = new LoadedModules(pushPackage(state), options);
  return { require: (L) => modules.require(L), caller: (L) => modules.caller(L) };
}

class LoadedModules {
  /** The table `package.loaded` of scripts. */
  readonly #visible: RawValue;
  readonly #options: ModulesOptions;
  readonly #load: LuaFunction;
  readonly #loaded = new Map<string, RawValue>();
  readonly #loading: Loading[] = [];
  /** The names of modules by their chunks. */
  readonly #names = new Map<string, string>();

  constructor(visible: RawValue, options: ModulesOptions) {
    this.#visible = visible;
    this.#options = options;
    this.#load = options.guarded((L) => this.#loadUnguarded(L));
  }

  require(L: LuaState): number {
    const name = toDisplayText(luaL_checklstring(L, 1));
    const known = this.#loaded.get(name);
    if (known !== undefined) {
      pushRaw(L, known);
      return 1;
    }
    if (LIBRARIES.includes(name)) {
      lua_getglobal(L, internBytes(name));
      return 1;
    }
    const open = this.#loading.find((record) => record.name === name);
    if (open === undefined) return this.#load(L);
    if (open.task !== this.#options.scheduler.currentTask())
      return this.#raise(L, `require: another function of parallel is loading '${name}'.`, 'require the module at the top of the script');
    const circle = this.#loading.slice(this.#loading.indexOf(open)).filter(({ task }) => task === open.task);
    const path = [...circle.map((record) => record.name), name].join(' → ');
    return this.#raise(L, `require: modules load each other in a circle: ${path}.`, 'move what both need into a third module');
  }

  caller(L: LuaState): string | undefined {
    const ar = new lua_Debug();
    for (let level = 0; lua_getstack(L, level, ar); level++) {
      lua_getinfo(L, internBytes('Sl'), ar);
      if (ar.currentline > 0) return this.#names.get(toDisplayText(cString(ar.source ?? new Uint8Array(0))));
    }
    return undefined;
  }

  #loadUnguarded(L: LuaState): number {
    const { errors, reserve, scheduler } = this.#options;
    const name = toDisplayText(luaL_checklstring(L, 1));
    const { chunk, source } = this.#find(L, name);
    const bytes = Buffer.from(source, 'latin1');
    reserve(L, bytes.length);
    reserve(L, bytes.length * COMPILED_BYTES, true);
    lua_settop(L, 0);
    const problem = loadScript(L, bytes, chunk);
    if (problem !== undefined) return errors.raise(L, problem);
    this.#names.set(`@${chunk}`, name);
    lua_pushstring(L, toBytes(name));
    lua_pushstring(L, toBytes(chunk));
    const record: Loading = { name, task: scheduler.currentTask() };
    this.#loading.push(record);
    const end = (thread: LuaState, status: number): number => this.#finish(thread, status, record);
    return end(L, lua_pcallk(L, 2, 1, 0, undefined, end));
  }

  #find(L: LuaState, name: string): ModuleSource {
    const { find } = this.#options;
    if (find === undefined)
      return this.#raise(L, `require: there is no module '${cutText(name, MAX_NAME)}' here.`, 'put the code into the script');
    try {
      return find.call([cutText(name, MAX_NAME)], { signal: NEVER_ABORTED }) as unknown as ModuleSource;
    } catch (thrown) {
      if (!isKosmoError(thrown)) throw thrown;
      return this.#raise(L, `require: ${thrown.message}`, thrown.hint ?? '');
    }
  }

  #finish(L: LuaState, status: number, record: Loading): number {
    this.#loading.splice(this.#loading.indexOf(record), 1);
    if (status !== LUA_OK && status !== LUA_YIELD) return lua_error(L);
    const { type, value } = topValue(L, -1);
    const result = type === TAG.nil ? TRUE : { type, value };
    this.#loaded.set(record.name, result);
    // Without metamethods: they are the script's.
    pushRaw(L, this.#visible);
    lua_pushstring(L, toBytes(record.name));
    pushRaw(L, result);
    lua_rawset(L, -3);
    pushRaw(L, result);
    return 1;
  }

  #raise(L: LuaState, message: string, hint: string): never {
    return this.#options.errors.raise(L, new KosmoError('MODULE_ERROR', withPosition(L, message), { hint }));
  }
}

/** Makes the global `package`, for libraries that look into it; changing it has no effect. Returns its table `loaded`. */
function pushPackage(L: LuaState): RawValue {
  lua_newtable(L);
  lua_newtable(L);
  const { type, value } = topValue(L, -1);
  for (const name of LIBRARIES) {
    lua_getglobal(L, internBytes(name));
    lua_setfield(L, -2, internBytes(name));
  }
  lua_setfield(L, -2, internBytes('loaded'));
  for (const [name, text] of PACKAGE_TEXTS) {
    lua_pushstring(L, toBytes(text));
    lua_setfield(L, -2, internBytes(name));
  }
  lua_setglobal(L, internBytes('package'));
  return { type, value };
}

const PACKAGE_TEXTS = [
  ['path', './?.lua'],
  ['cpath', ''],
  ['config', '/\n;\n?\n!\n-\n'],
] as const;
