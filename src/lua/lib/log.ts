import { type LuaFunction, type LuaState, lua_gettop, lua_replace } from 'fengari/src/lua.js';
import { NEVER_ABORTED } from '../../platform/abort-listeners.ts';
import { cutText } from '../../platform/cut-text.ts';
import { pushTostring, resumable, valueAt } from '../engine/resumable.ts';
import type { HostFunctionEntry } from '../host-call.ts';
import { formatValue } from '../values/format.ts';

/** Characters of one line. */
const MAX_LINE_LENGTH = 8000;

/** `log(...)`: passes a line to people at once, written as `print` writes it. */
export function logFunction(port: HostFunctionEntry, nullValue: object, reserve: (L: LuaState, bytes: number) => void): LuaFunction {
  return resumable(function* (L) {
    const texts: string[] = [];
    for (let index = 1, count = lua_gettop(L); index <= count; index++) {
      if (yield* pushTostring(L, index)) lua_replace(L, index);
      texts.push(formatValue(valueAt(L, index), nullValue, (bytes) => reserve(L, bytes)));
    }
    const line = Buffer.from(texts.join('\t').slice(0, 4 * MAX_LINE_LENGTH), 'latin1').toString('utf8');
    port.call([cutText(line, MAX_LINE_LENGTH)], { signal: NEVER_ABORTED });
    return 0;
  });
}
