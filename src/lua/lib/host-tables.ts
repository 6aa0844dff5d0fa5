import { Table } from 'fengari/src/ltable.js';
import { type LuaFunction, type LuaState, lua_gettop, lua_pop, lua_pushcfunction } from 'fengari/src/lua.js';
import { KosmoError } from '../../errors/index.ts';
import { withPosition } from '../engine/script-errors.ts';
import type { ErrorValues } from '../values/error.ts';
import { hostPath, markHostTable, pushRaw, type RawValue, topValue } from '../values/raw-value.ts';
import { hostFunction } from './host-function.ts';
import type { HostTableOptions, LibraryEntry, LibraryNamespace } from './library-entry.ts';
import { NamespaceTable } from './namespace-table.ts';

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

/**
 * Read-only tables: an empty table whose metatable answers. Nothing of a namespace is made before a script looks inside, and what is
 * behind the functions never enters Lua.
 */
export function createHostTables(options: HostTableOptions): HostTables {
  const membersOf = new WeakMap<Table, Members>();
  const push: HostTables['push'] = (L, path, entry) => {
    if (entry.kind === 'value') pushRaw(L, entry.raw);
    else if (entry.kind !== 'namespace')
      lua_pushcfunction(L, refuseColon(path, entry.kind === 'lua' ? entry.fn : hostFunction(path, entry, options), options.errors));
    else {
      const namespace = new NamespaceTable(path, entry, { ...options, pushEntry: push });
      namespace.push(L);
      const table = topValue(L, -1).value as Table;
      markHostTable(table, path);
      membersOf.set(table, {
        names: () => namespace.names(),
        get(state, name) {
          if (!namespace.pushMember(state, name)) return undefined;
          const { type, value } = topValue(state, -1);
          lua_pop(state, 1);
          return { type, value };
        },
      });
    }
  };
  return { push, members: (table) => membersOf.get(table) };
}

// `json:encode(x)` passes the table itself on as the first argument, which no function here takes.
function refuseColon(path: string, fn: LuaFunction, errors: ErrorValues): LuaFunction {
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
}
