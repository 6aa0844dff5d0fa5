import type { TString } from 'fengari/src/lstring.js';
import { luaH_find, Table } from 'fengari/src/ltable.js';
import { type LuaFunction, type LuaState, lua_gettop, lua_pushvalue, lua_setglobal } from 'fengari/src/lua.js';
import { KosmoError } from '../../errors/index.ts';
import type { JsonValue } from '../../json/index.ts';
import { NEVER_ABORTED } from '../../platform/abort-listeners.ts';
import type { Scheduler } from '../engine/scheduler.ts';
import { withPosition } from '../engine/script-errors.ts';
import type { HostFunctionEntry } from '../host-call.ts';
import type { ErrorValues } from '../values/error.ts';
import { toJson } from '../values/from-lua.ts';
import { isString, type RawValue, TAG, topValue } from '../values/raw-value.ts';
import { internBytes, toDisplayText } from '../values/string.ts';
import { pushJson } from '../values/to-lua.ts';
import type { Modules } from './modules.ts';

export interface WorkflowOptions {
  readonly scheduler: Scheduler;
  readonly errors: ErrorValues;
  readonly nullValue: object;
  readonly reserve: (L: LuaState, bytes: number) => void;
  readonly modules: Pick<Modules, 'caller'>;
  /** Takes the declaration and returns the finished input. */
  readonly declare: HostFunctionEntry;
}

/** `workflow { … }`: declares input and calls of the script, and returns the finished input, which is the global `input` from then on. */
export function workflowFunction({ scheduler, errors, nullValue, reserve, modules, declare }: WorkflowOptions): LuaFunction {
  const refuse = (L: LuaState, message: string): never => errors.raise(L, new KosmoError('INVALID_ARGUMENTS', withPosition(L, message)));

  const pushInput = (L: LuaState, input: JsonValue): number => {
    pushJson(L, input, { reserve: (bytes) => reserve(L, bytes) });
    lua_pushvalue(L, -1);
    lua_setglobal(L, internBytes('input'));
    return 1;
  };

  return (L) => {
    const module = modules.caller(L);
    if (module !== undefined)
      return refuse(L, `workflow: a declaration belongs at the top of the script, not into the module '${module}'.`);
    const raw = lua_gettop(L) === 0 ? undefined : topValue(L, -lua_gettop(L));
    if (!(raw?.value instanceof Table))
      return refuse(L, 'workflow: the argument must be a table: workflow { description = …, input = …, calls = … }.');
    const answer = declare.call([readDeclaration(raw.value, nullValue, (bytes) => reserve(L, bytes))], { signal: NEVER_ABORTED });
    if (!(answer instanceof Promise)) return pushInput(L, answer);
    answer.catch(() => undefined);
    return scheduler.suspend(L, async () => {
      const input = await answer;
      return (state) => pushInput(state, input);
    });
  };
}

// `calls` mixes a list with named caps, which JSON cannot hold: it becomes an object with null for a call without a cap.
function readDeclaration(table: Table, nullValue: object, reserve: (bytes: number) => void): JsonValue {
  const fields: [string, JsonValue][] = [];
  for (let entry = table.f; entry !== undefined; entry = entry.n) {
    const name = isString({ type: entry.ktype, value: entry.kvalue })
      ? toDisplayText((entry.kvalue as TString).getstr())
      : String(entry.kvalue);
    const isCalls = name === 'calls' && entry.value instanceof Table;
    fields.push([
      name,
      isCalls ? readCalls(entry.value as Table, nullValue, reserve) : toJson(entry, `workflow: ${name}`, nullValue, reserve),
    ]);
  }
  return Object.fromEntries(fields);
}

function readCalls(table: Table, nullValue: object, reserve: (bytes: number) => void): JsonValue {
  const listed: RawValue[] = [];
  for (let index = 1, entry = luaH_find(table, index); entry !== undefined; entry = luaH_find(table, ++index)) listed.push(entry);
  const names = listed.map((raw, index) => toJson(raw, `workflow: calls[${index + 1}]`, nullValue, reserve));
  const caps: [string, JsonValue][] = [];
  for (let entry = table.f; entry !== undefined; entry = entry.n) {
    if (entry.ktype === TAG.integer) continue;
    const isNamed = isString({ type: entry.ktype, value: entry.kvalue });
    const name = isNamed ? toDisplayText((entry.kvalue as TString).getstr()) : String(entry.kvalue);
    caps.push([name, toJson(entry, `workflow: calls["${name}"]`, nullValue, reserve)]);
  }
  return { names, caps: Object.fromEntries(caps) };
}
