import { luaL_loadbufferx } from 'fengari/src/lauxlib.js';
import { LUA_ERRSYNTAX, LUA_OK, type LuaState, lua_settop, lua_tolstring } from 'fengari/src/lua.js';
import { KosmoError } from '../../errors/index.ts';
import { internBytes, toBytes, toDisplayText } from '../values/string.ts';
import { hintForSyntax } from './hints.ts';

/**
 * Leaves the function of a script on the stack of `L`, or returns what is wrong with its text. As for `lua` itself, neither a byte order
 * mark nor a first line that begins with `#` is code.
 */
export function loadScript(L: LuaState, code: string | Uint8Array, chunk: string): KosmoError | undefined {
  const bytes = typeof code === 'string' ? toBytes(code) : code;
  const text = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
  return load(L, text[0] === 0x23 ? Buffer.concat([Buffer.from('--'), text]) : text, chunk);
}

/** The same for what is typed at a prompt, where an expression is enough: `1 + 1` is taken as `return 1 + 1`. */
export function loadLine(L: LuaState, code: Uint8Array, chunk: string): KosmoError | undefined {
  // A call of `dump` prints by itself; what it returns would be the same once more.
  if (/^\s*dump\b/.test(toDisplayText(code)) && load(L, code, chunk) === undefined) return undefined;
  lua_settop(L, 0);
  if (load(L, asReturn(code), chunk) === undefined) return undefined;
  lua_settop(L, 0);
  return load(L, code, chunk);
}

/** Whether `code`, typed at a prompt, is a beginning: it can only be understood with more lines. */
export function isIncomplete(L: LuaState, code: Uint8Array): boolean {
  const errors: KosmoError[] = [];
  for (const text of [asReturn(code), code]) {
    const error = load(L, text, 'line');
    if (error === undefined) return false;
    errors.push(error);
  }
  // As the prompt of Lua's own interpreter tells it (lua.c, `incomplete`), but for expressions as well.
  return errors.some(({ code, message }) => code === 'SYNTAX_ERROR' && message.endsWith('<eof>'));
}

// `=1 + 1` is how prompts of Lua were asked before 5.3, and still can be.
function asReturn(code: Uint8Array): Uint8Array {
  return Buffer.concat([toBytes('return '), code[0] === 0x3d ? code.subarray(1) : code]);
}

/** What compiling takes for each byte of a script, measured on calls and on lists of numbers; the compiler itself asks for nothing. */
export const COMPILED_BYTES = 64;

/** Bytes of a chunk's name in messages (LUA_IDSIZE); of a longer one they show the end. */
const MAX_CHUNK_NAME_BYTES = 59;

function load(L: LuaState, code: string | Uint8Array, chunk: string): KosmoError | undefined {
  const bytes = typeof code === 'string' ? toBytes(code) : code;
  const status = luaL_loadbufferx(L, bytes, bytes.length, toBytes(`@${chunk}`), internBytes('t'));
  if (status === LUA_OK) return undefined;
  const message = toDisplayText(lua_tolstring(L, -1) ?? new Uint8Array(0));
  const line = /:(\d+):/.exec(message.slice(Math.min(chunk.length, MAX_CHUNK_NAME_BYTES)))?.[1];
  const hint = line === undefined ? undefined : hintForSyntax(message, toDisplayText(bytes), Number(line));
  return new KosmoError(status === LUA_ERRSYNTAX ? 'SYNTAX_ERROR' : 'SCRIPT_ERROR', message, {
    ...(hint === undefined ? {} : { hint }),
    ...(line === undefined ? {} : { details: { line: Number(line) } }),
  });
}
