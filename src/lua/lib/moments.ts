import { type LuaFunction, type LuaState, lua_call, lua_getfield, lua_getglobal, lua_pop, lua_pushinteger } from 'fengari/src/lua.js';
import type { Scheduler } from '../engine/scheduler.ts';
import type { SandboxJournal } from '../host-call.ts';
import { toJson } from '../values/from-lua.ts';
import { topValue } from '../values/raw-value.ts';
import { internBytes } from '../values/string.ts';
import { pushJson } from '../values/to-lua.ts';
import { replaceFields } from './library-fields.ts';

/** The functions whose answer is another at another moment, by the table that they are in. */
const MOMENTS: Readonly<Record<string, readonly string[]>> = { os: ['time', 'date', 'clock'], _G: ['collectgarbage'] };

export interface MomentOptions {
  readonly scheduler: Scheduler;
  readonly journal: SandboxJournal;
  readonly nullValue: object;
}

/** Lets the journal decide about the time and the memory in use, and begins `math.random` with its seed. Call once the libraries are open. */
export function journalMoments(L: LuaState, options: MomentOptions): void {
  for (const [table, names] of Object.entries(MOMENTS)) {
    const prefix = table === '_G' ? '' : `${table}.`;
    replaceFields(L, table, (stock) => Object.fromEntries(names.map((name) => [name, journalled(stock(name), prefix + name, options)])));
  }
  lua_getglobal(L, internBytes('math'));
  lua_getfield(L, -1, internBytes('randomseed'));
  // A seed is a Lua integer, which has 32 bits with a sign.
  lua_pushinteger(L, options.journal.seed | 0);
  lua_call(L, 1, 0);
  lua_pop(L, 1);
}

function journalled(stock: LuaFunction, path: string, { scheduler, journal, nullValue }: MomentOptions): LuaFunction {
  return (L) => {
    const answer = journal.value(scheduler.nextId(), path, () => {
      stock(L);
      return toJson(topValue(L, -1), path, nullValue, () => undefined);
    });
    pushJson(L, answer);
    return 1;
  };
}
