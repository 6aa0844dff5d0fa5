import { TString } from 'fengari/src/lstring.js';
import type { LuaState } from 'fengari/src/lua.js';

/** Longer strings seldom occur twice. */
export const CACHED_BYTES_AT_MOST = 32;

/**
 * Lua strings by their bytes: what occurs again and again is made once. Bounded, because a string takes the place of the one that was
 * where its hash puts it.
 */
export class StringCache {
  private readonly slots: (TString | undefined)[];
  private readonly mask: number;

  /** `size`: how many strings it holds, a power of two. */
  constructor(size: number) {
    this.slots = new Array<TString | undefined>(size).fill(undefined);
    this.mask = size - 1;
  }

  /** The string of `bytes` from `start` to `end`, if it is here under `hash`. */
  find(hash: number, bytes: Uint8Array, start: number, end: number): TString | undefined {
    const string = this.slots[(hash ^ (hash >>> 15)) & this.mask];
    if (string === undefined) return undefined;
    const known = string.getstr();
    const length = end - start;
    if (known.length !== length) return undefined;
    for (let index = 0; index < length; index++) if (known[index] !== bytes[start + index]) return undefined;
    return string;
  }

  put(hash: number, string: TString): TString {
    this.slots[(hash ^ (hash >>> 15)) & this.mask] = string;
    return string;
  }
}

/** Keys occur in one text after the other, so they outlive it. */
const keys = new StringCache(1024);

/** The string for a table key. */
export function internKey(L: LuaState, bytes: Uint8Array, start: number, end: number): TString {
  if (end - start > CACHED_BYTES_AT_MOST) return newKeyString(L, bytes, start, end);
  let hash = 0;
  for (let index = start; index < end; index++) hash = (Math.imul(hash, 31) + (bytes[index] as number)) | 0;
  return internHashedKey(L, hash & 0x7fffffff, bytes, start, end);
}

/** `internKey` where the hash is known. */
export function internHashedKey(L: LuaState, hash: number, bytes: Uint8Array, start: number, end: number): TString {
  return keys.find(hash, bytes, start, end) ?? keys.put(hash, newKeyString(L, bytes, start, end));
}

// Its hash is made here: of one piece, which comparing is faster with than with a concatenation.
function newKeyString(L: LuaState, bytes: Uint8Array, start: number, end: number): TString {
  const hashed = Buffer.allocUnsafeSlow(end - start + 1);
  hashed[0] = 0x7c;
  for (let index = start; index < end; index++) hashed[index - start + 1] = bytes[index] as number;
  const string = new TString(L, new Uint8Array(hashed.buffer, 1));
  string.hash = hashed.toString('latin1');
  return string;
}
