import { isUtf8 } from 'node:buffer';
import { TString } from 'fengari/src/lstring.js';
import { luaH_new, type Table } from 'fengari/src/ltable.js';
import type { LuaState } from 'fengari/src/lua.js';
import { isDigit, JsonReader, ZERO } from './json-reader.ts';
import { MAX_DEPTH, markTable, type RawValue, TAG } from './raw-value.ts';
import { toText } from './string.ts';
import { hashBytes, internHashedKey, internKey, MAX_CACHED_BYTES, StringBlocks, StringCache } from './string-cache.ts';
import { appendField, appendItem, ENTRY_BYTES, putField, removeField, STRING_BYTES, TABLE_BYTES } from './table-builder.ts';
import type { ToLuaOptions } from './to-lua.ts';
import { unescapeJson } from './unescape-json.ts';

/**
 * Reads JSON straight from the bytes of a Lua string into Lua tables, by the rules of `parseJsonExactly` and `pushJson`: `JSON.parse` and
 * a conversion take three times as long.
 */
export function decodeJson(L: LuaState, bytes: Uint8Array, options: ToLuaOptions): RawValue {
  if (!isUtf8(bytes)) toText(bytes, 'the text');
  return new JsonDecoder(L, bytes, options).read();
}

const { nil: NIL, boolean: BOOLEAN, table: TABLE, float: FLOAT, integer: INTEGER, string: STRING, userdata: USERDATA } = TAG;

const QUOTE = 0x22;
const COMMA = 0x2c;
const PLUS = 0x2b;
const MINUS = 0x2d;
const DOT = 0x2e;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const LETTER_E = 0x65;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** 1 for bytes that stand for themselves in a string. */
const PLAIN = new Uint8Array(256).map((_, byte) => (byte >= 0x20 && byte !== QUOTE && byte !== BACKSLASH ? 1 : 0));

/** Integers of so many digits are exact however they are added up; a safe one takes no more bytes than 2^53 - 1 and its sign. */
const EXACT_DIGITS = 15;
const SAFE_INTEGER_BYTES = 17;

const RESERVE_EVERY_BYTES = 128 * 1024;

class JsonDecoder extends JsonReader {
  private type = 0;
  private depth = 0;
  private unreserved = 0;
  private readonly blocks = new StringBlocks();
  private readonly values: StringCache;
  private readonly lastObjects: (Table | undefined)[] = [];

  constructor(
    private readonly L: LuaState,
    bytes: Uint8Array,
    private readonly options: ToLuaOptions,
  ) {
    super(bytes);
    this.values = new StringCache(bytes.length < 4096 ? 32 : 1024);
  }

  read(): RawValue {
    const value = this.value(this.next());
    const { type } = this;
    const more = this.next();
    if (this.position < this.end) throw this.unexpected(more, 'after the end of the value');
    this.options.reserve?.(this.unreserved);
    return { type, value };
  }

  // Gives the value and leaves its tag in `type`.
  private value(first: number): unknown {
    switch (first) {
      case QUOTE:
        return this.tagged(STRING, this.string());
      case OPEN_BRACE:
        return this.object();
      case OPEN_BRACKET:
        return this.array();
      case 0x74:
        this.word('true');
        return this.tagged(BOOLEAN, true);
      case 0x66:
        this.word('false');
        return this.tagged(BOOLEAN, false);
      case 0x6e:
        this.word('null');
        return this.options.nullValue === undefined ? this.tagged(NIL, null) : this.tagged(USERDATA, this.options.nullValue);
      default:
        if (first === MINUS || isDigit(first)) return this.number(first);
        throw this.unexpected(first, 'where a value should be');
    }
  }

  private object(): unknown {
    const table = this.open();
    // As long as the names are those of the last object at this depth, in their order, none comes twice.
    let like = this.lastObjects[this.depth]?.f;
    this.lastObjects[this.depth] = table;
    let byte = this.next();
    if (byte === CLOSE_BRACE) return this.close(table);
    for (;;) {
      if (byte !== QUOTE) throw this.unexpected(byte, 'where a field name in double quotes should be');
      const name = this.name();
      byte = this.next();
      if (byte !== COLON) throw this.unexpected(byte, "where ':' should be");
      this.position++;
      const value = this.value(this.next());
      like = like?.kvalue === name ? like : undefined;
      if (this.type === NIL) {
        removeField(table, name);
        like = undefined;
      } else if (like === undefined) {
        putField(table, name, this.type, value);
      } else {
        appendField(table, name, this.type, value);
        like = like.n;
      }
      this.spend(ENTRY_BYTES);
      byte = this.next();
      if (byte === CLOSE_BRACE) return this.close(table);
      if (byte !== COMMA) throw this.unexpected(byte, "where ',' or '}' should be");
      this.position++;
      byte = this.next();
    }
  }

  private array(): unknown {
    const table = this.open();
    markTable(table, 'array');
    let byte = this.next();
    if (byte === CLOSE_BRACKET) return this.close(table);
    for (let index = 1; ; index++) {
      const value = this.value(byte);
      if (this.type === NIL) appendItem(table, index, BOOLEAN, false);
      else appendItem(table, index, this.type, value);
      this.spend(ENTRY_BYTES);
      byte = this.next();
      if (byte === CLOSE_BRACKET) return this.close(table);
      if (byte !== COMMA) throw this.unexpected(byte, "where ',' or ']' should be");
      this.position++;
      byte = this.next();
    }
  }

  private open(): Table {
    if (this.depth >= MAX_DEPTH) throw this.failure(`nested more than ${MAX_DEPTH} levels deep`);
    this.depth++;
    this.position++;
    this.spend(TABLE_BYTES);
    return luaH_new(this.L);
  }

  private close(table: Table): unknown {
    this.depth--;
    this.position++;
    return this.tagged(TABLE, table);
  }

  private tagNumber(value: number): number {
    const integer = value | 0;
    const isInteger = integer === value && (value !== 0 || Object.is(value, 0));
    this.type = isInteger ? INTEGER : FLOAT;
    return isInteger ? integer : value;
  }

  private tagged(type: number, value: unknown): unknown {
    this.type = type;
    return value;
  }

  private number(first: number): unknown {
    const { bytes, end } = this;
    const isNegative = first === MINUS;
    const digits = this.position + (isNegative ? 1 : 0);
    let position = digits;
    let value = 0;
    let byte = 0;
    while (position < end) {
      byte = bytes[position] as number;
      if (!isDigit(byte)) break;
      value = value * 10 + (byte - ZERO);
      position++;
    }
    const count = position - digits;
    if (count === 0 || (count > 1 && bytes[digits] === ZERO)) throw this.malformedNumber();
    if (position < end && (byte === DOT || (byte | 0x20) === LETTER_E)) return this.fraction(position);
    if (count > EXACT_DIGITS) return this.longInteger(position);
    this.position = position;
    return this.tagNumber(isNegative ? -value : value);
  }

  // A number with more than integral digits, which end at `position`.
  private fraction(digitsEnd: number): unknown {
    const { bytes } = this;
    let position = digitsEnd;
    if (bytes[position] === DOT) position = this.digits(position + 1);
    if (position < this.end && ((bytes[position] as number) | 0x20) === LETTER_E) {
      const sign = bytes[position + 1];
      position = this.digits(position + (sign === PLUS || sign === MINUS ? 2 : 1));
    }
    return this.longNumber(position);
  }

  private longNumber(end: number): unknown {
    const value = Number(this.text(this.position, end));
    this.position = end;
    return this.tagNumber(value);
  }

  // Integers that a number cannot hold exactly are strings of their digits.
  private longInteger(end: number): unknown {
    const start = this.position;
    if (end - start <= SAFE_INTEGER_BYTES && Number.isSafeInteger(Number(this.text(start, end)))) return this.longNumber(end);
    this.position = end;
    return this.tagged(STRING, new TString(this.L, this.copy(start, end)));
  }

  private string(): TString {
    const start = this.position + 1;
    const hash = this.scan(start);
    const end = this.position;
    if (hash < 0) return new TString(this.L, this.longString(start));
    this.position = end + 1;
    return this.values.find(hash, this.bytes, start, end) ?? this.values.put(hash, new TString(this.L, this.copy(start, end)));
  }

  private name(): TString {
    const start = this.position + 1;
    const hash = this.scan(start);
    const end = this.position;
    if (hash < 0) {
      const bytes = this.longString(start);
      return internKey(bytes, 0, bytes.length);
    }
    this.position = end + 1;
    return internHashedKey(hash, this.bytes, start, end);
  }

  // Moves to the closing quote and gives a hash of the bytes before it; -1 if they are many or hold an escape.
  private scan(start: number): number {
    const { bytes } = this;
    const end = Math.min(this.end, start + MAX_CACHED_BYTES + 1);
    let position = start;
    while (position < end && PLAIN[bytes[position] as number] === 1) position++;
    this.position = position;
    return position < end && bytes[position] === QUOTE ? hashBytes(bytes, start, position) : -1;
  }

  // Goes on behind `scan`: the bytes of a string that is long or has escapes.
  private longString(start: number): Uint8Array {
    const { bytes, end } = this;
    let position = this.position;
    let hasEscapes = false;
    while (position < end && bytes[position] !== QUOTE) {
      const byte = bytes[position] as number;
      if (byte === BACKSLASH) {
        hasEscapes = true;
        position++;
      } else if (byte < 0x20) {
        this.position = position;
        throw this.failure(`a control character (byte ${byte}) inside a string; it must be escaped`);
      }
      position++;
    }
    if (position >= end) {
      this.position = end;
      throw this.failure('the text ends inside a string');
    }
    this.position = position + 1;
    if (!hasEscapes) return this.copy(start, position);
    this.spend(STRING_BYTES + position - start);
    return unescapeJson(bytes, start, position, (at, reason = 'malformed escape') => {
      this.position = at;
      return this.failure(`${reason} '${this.text(at, Math.min(at + 6, position))}'`);
    });
  }

  private copy(start: number, end: number): Uint8Array {
    this.spend(STRING_BYTES + end - start);
    return this.blocks.copy(this.bytes, start, end);
  }

  private spend(bytes: number): void {
    this.unreserved += bytes;
    if (this.unreserved < RESERVE_EVERY_BYTES) return;
    this.options.reserve?.(this.unreserved);
    this.unreserved = 0;
  }
}
