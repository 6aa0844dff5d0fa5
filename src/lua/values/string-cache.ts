import { TString } from 'fengari/src/lstring.js';
import { toBytes } from './string.ts';

/** Longer strings seldom occur twice. */
export const MAX_CACHED_BYTES = 32;

/** A hash for the cache, not negative: of the length, the first bytes and the last ones, where names that are alike differ. */
export function hashBytes(bytes: Uint8Array, start: number, end: number): number {
  let hash = end - start;
  const head = Math.min(end, start + 4);
  for (let index = start; index < head; index++) hash = Math.imul(hash, 31) + (bytes[index] as number);
  for (let index = Math.max(head, end - 4); index < end; index++) hash = Math.imul(hash, 31) + (bytes[index] as number);
  return hash & 0x7fffffff;
}

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

/** Short strings are cut from common blocks: a buffer for each takes twice the time. Small, for one that is kept keeps its block. */
const BLOCK_BYTES = 8192;
const MAX_SHARED_BLOCK_BYTES = 512;

/** Gives strings their bytes. */
export class StringBlocks {
  private block = Buffer.allocUnsafeSlow(0);
  private cut = 0;

  /** The UTF-8 bytes of a text; lone surrogates become U+FFFD. */
  encode(text: string): Uint8Array {
    if (text.length > MAX_SHARED_BLOCK_BYTES) return toBytes(text);
    if (text.length * 3 > this.block.length - this.cut) this.begin(BLOCK_BYTES);
    const start = this.cut;
    const length = this.block.write(text, start, 'utf8');
    this.cut = start + length;
    return new Uint8Array(this.block.buffer, start, length);
  }

  copy(bytes: Uint8Array, start: number, end: number): Uint8Array {
    const length = end - start;
    if (length > MAX_SHARED_BLOCK_BYTES) return bytes.slice(start, end);
    if (length > this.block.length - this.cut) this.begin(Math.max(length, Math.min(BLOCK_BYTES, bytes.length - start)));
    const { block, cut } = this;
    for (let index = 0; index < length; index++) block[cut + index] = bytes[start + index] as number;
    this.cut = cut + length;
    return new Uint8Array(block.buffer, cut, length);
  }

  private begin(size: number): void {
    // Of its own: Node's pool would be shared with others.
    this.block = Buffer.allocUnsafeSlow(size);
    this.cut = 0;
  }
}

const MAX_KEYS = 1024;

/** Keys occur in one text after the other, so they outlive it. */
const keys = new StringCache(MAX_KEYS);

/** Keeps what a key was converted to for the next time, beside not too many others. */
export function rememberKey<Value>(known: Map<string, Value>, key: string, value: Value): Value {
  if (known.size >= MAX_KEYS) known.clear();
  known.set(key, value);
  return value;
}

/** The string for a table key. */
export function internKey(bytes: Uint8Array, start: number, end: number): TString {
  return end - start > MAX_CACHED_BYTES
    ? newKeyString(bytes, start, end)
    : internHashedKey(hashBytes(bytes, start, end), bytes, start, end);
}

/** `internKey` where the hash is known. */
export function internHashedKey(hash: number, bytes: Uint8Array, start: number, end: number): TString {
  return keys.find(hash, bytes, start, end) ?? keys.put(hash, newKeyString(bytes, start, end));
}

// Its hash is made here: of one piece, which comparing is faster with than with a concatenation.
function newKeyString(bytes: Uint8Array, start: number, end: number): TString {
  const hashed = Buffer.allocUnsafeSlow(end - start + 1);
  hashed[0] = 0x7c;
  for (let index = start; index < end; index++) hashed[index - start + 1] = bytes[index] as number;
  // A string belongs to no state: Fengari does not use the argument.
  const string = new TString(null, new Uint8Array(hashed.buffer, 1));
  string.hash = hashed.toString('latin1');
  return string;
}
