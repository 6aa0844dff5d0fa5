import { luaD_inctop } from 'fengari/src/ldo.js';
import { TString } from 'fengari/src/lstring.js';
import { luaH_new, type Table } from 'fengari/src/ltable.js';
import type { LuaState } from 'fengari/src/lua.js';
import { KosmoError } from '../../errors/index.ts';
import type { JsonValue } from '../../json/index.ts';
import { MAX_DEPTH, markTable, TAG } from './raw-value.ts';
import { toBytes } from './string.ts';
import { hashBytes, internKey, MAX_CACHED_BYTES, rememberKey, StringBlocks, StringCache } from './string-cache.ts';
import { appendItem, ENTRY_BYTES, putField, STRING_BYTES, TABLE_BYTES } from './table-builder.ts';

export interface ToLuaOptions {
  /** The value that stands for null; without it a null member is absent. A null element of an array always needs a place: it becomes this or `false`. */
  readonly nullValue?: object;
  /** Called with the bytes that tables and strings take, as they come, so that the memory limit holds. */
  readonly reserve?: (bytes: number) => void;
}

/** Pushes a JSON value as plain Lua data: arrays are marked, `null` members are absent unless `nullValue` is given. */
export function pushJson(L: LuaState, value: JsonValue, options: ToLuaOptions = {}): void {
  const converter = new Converter(L, options);
  const raw = converter.convert(value);
  const { type } = converter;
  luaD_inctop(L);
  const slot = L.stack[L.top - 1];
  if (slot !== undefined) {
    slot.type = type;
    slot.value = raw;
  }
}

const { nil: NIL, boolean: BOOLEAN, table: TABLE, float: FLOAT, integer: INTEGER, string: STRING, userdata: USERDATA } = TAG;

const RESERVE_EVERY_BYTES = 128 * 1024;

/** The cache of strings costs as much as so many of them. */
const FEW_STRINGS = 64;

/** Keys occur in one answer after the other, so they outlive it. */
const keyStrings = new Map<string, TString>();

/** Shared by all answers: they are small, and a block is not. */
const blocks = new StringBlocks();

const scratch = new Uint8Array(MAX_CACHED_BYTES);

class Converter {
  /** The tag of what `convert` gave. */
  type = NIL;
  private unreserved = 0;
  private depth = 0;
  private strings = 0;
  private values: StringCache | undefined;

  constructor(
    private readonly L: LuaState,
    private readonly options: ToLuaOptions,
  ) {}

  convert(value: JsonValue): unknown {
    switch (typeof value) {
      case 'string':
        return this.tagged(STRING, this.string(value));
      case 'number':
        return (value | 0) === value && !Object.is(value, -0) ? this.tagged(INTEGER, value | 0) : this.tagged(FLOAT, value);
      case 'boolean':
        return this.tagged(BOOLEAN, value);
      default:
        if (value === null)
          return this.options.nullValue === undefined ? this.tagged(NIL, null) : this.tagged(USERDATA, this.options.nullValue);
        this.spend(TABLE_BYTES);
        if (this.depth >= MAX_DEPTH) {
          throw new KosmoError('FUNCTION_FAILED', `the result is nested more than ${MAX_DEPTH} levels deep`);
        }
        return this.tagged(TABLE, Array.isArray(value) ? this.array(value) : this.object(value as { readonly [key: string]: JsonValue }));
    }
  }

  private array(items: readonly JsonValue[]): Table {
    const table = luaH_new(this.L);
    markTable(table, 'array');
    let index = 0;
    this.depth++;
    for (const item of items) {
      const value = this.convert(item);
      if (this.type === NIL) appendItem(table, ++index, BOOLEAN, false);
      else appendItem(table, ++index, this.type, value);
      this.spend(ENTRY_BYTES);
    }
    this.depth--;
    return table;
  }

  private object(fields: { readonly [key: string]: JsonValue }): Table {
    const table = luaH_new(this.L);
    this.depth++;
    for (const key of Object.keys(fields)) {
      const value = this.convert(fields[key] as JsonValue);
      if (this.type === NIL) continue;
      const { type } = this;
      putField(table, this.key(key), type, value);
      this.spend(ENTRY_BYTES);
    }
    this.depth--;
    return table;
  }

  private tagged(type: number, value: unknown): unknown {
    this.type = type;
    return value;
  }

  private key(key: string): TString {
    const known = keyStrings.get(key);
    if (known !== undefined) return known;
    const bytes = toBytes(key);
    const name = internKey(bytes, 0, bytes.length);
    return key.length > MAX_CACHED_BYTES ? name : rememberKey(keyStrings, key, name);
  }

  private string(text: string): TString {
    const { length } = text;
    this.spend(STRING_BYTES + length);
    if (length > MAX_CACHED_BYTES) return new TString(this.L, blocks.encode(text));
    for (let index = 0; index < length; index++) {
      const unit = text.charCodeAt(index);
      if (unit >= 0x80) return new TString(this.L, toBytes(text));
      scratch[index] = unit;
    }
    if (++this.strings <= FEW_STRINGS) return new TString(this.L, scratch.slice(0, length));
    const hash = hashBytes(scratch, 0, length);
    this.values ??= new StringCache(256);
    return this.values.find(hash, scratch, 0, length) ?? this.values.put(hash, new TString(this.L, scratch.slice(0, length)));
  }

  private spend(bytes: number): void {
    this.unreserved += bytes;
    if (this.unreserved < RESERVE_EVERY_BYTES) return;
    this.options.reserve?.(this.unreserved);
    this.unreserved = 0;
  }
}
