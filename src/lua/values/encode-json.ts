import { isUtf8 } from 'node:buffer';
import type { TString } from 'fengari/src/lstring.js';
import { luaH_find, Table } from 'fengari/src/ltable.js';
import { JsonWriter } from './json-writer.ts';
import { PathTracker } from './path-tracker.ts';
import { isArray, isStringTag, type RawValue, TAG } from './raw-value.ts';
import { toText } from './string.ts';

export interface EncodeOptions {
  /** How messages call the value. */
  readonly root: string;
  readonly nullValue: object;
  /** Two spaces a level, as `JSON.stringify(value, null, 2)` does. */
  readonly pretty: boolean;
  /** Called with the bytes of the text as it grows, so that the limits hold. */
  readonly reserve: (bytes: number) => void;
}

/** A Lua value as the bytes of its JSON text: by the rules of `toJson`, and without the JavaScript values in between. */
export function encodeJson(raw: RawValue, options: EncodeOptions): Uint8Array {
  const encoder = new JsonEncoder(options);
  encoder.value(raw);
  return encoder.text.take();
}

const { nil: NIL, boolean: BOOLEAN, float: FLOAT, integer: INTEGER, string: STRING, shortString: SHORT_STRING } = TAG;

const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** Reserved for a table besides its text: encoding a large one takes time even where it gives little text. */
const TABLE_BYTES = 16;

class JsonEncoder {
  readonly text: JsonWriter;
  private readonly trail: PathTracker;
  private readonly nullValue: object;
  private readonly pretty: boolean;
  private readonly reserve: (bytes: number) => void;

  constructor({ root, nullValue, pretty, reserve }: EncodeOptions) {
    this.text = new JsonWriter(reserve);
    this.trail = new PathTracker(root);
    this.nullValue = nullValue;
    this.pretty = pretty;
    this.reserve = reserve;
  }

  value(raw: RawValue): void {
    const { type, value } = raw;
    this.text.poll();
    switch (type) {
      case STRING:
      case SHORT_STRING: {
        const bytes = (value as TString).getstr();
        if (this.text.string(bytes) && !isUtf8(bytes)) toText(bytes, this.trail.path());
        return;
      }
      case INTEGER:
      case FLOAT:
        if (!Number.isFinite(value)) throw this.trail.numberError(value as number);
        this.text.number(value as number);
        return;
      case BOOLEAN:
        this.text.ascii(value === true ? 'true' : 'false');
        return;
      case NIL:
        this.text.ascii('null');
        return;
      default:
        if (value instanceof Table) this.table(value);
        else if (value === this.nullValue) this.text.ascii('null');
        else throw this.trail.typeError(raw);
    }
  }

  private table(table: Table): void {
    this.trail.enter(table);
    this.reserve(TABLE_BYTES);
    if (isArray(table)) this.array(table);
    else this.object(table);
    this.trail.leave();
  }

  private array(table: Table): void {
    const { text, trail } = this;
    const { size } = table;
    let entry = table.f;
    text.byte(OPEN_BRACKET);
    for (let index = 1; index <= size; index++) {
      // Items mostly lie in the order of their indexes.
      if (entry?.kvalue !== index) entry = luaH_find(table, index);
      if (entry === undefined) throw trail.keysError(table);
      if (index > 1) text.byte(COMMA);
      if (this.pretty) this.startLine(trail.depth);
      trail.at(index);
      this.value(entry);
      entry = entry.n;
    }
    if (this.pretty && size > 0) this.startLine(trail.depth - 1);
    text.byte(CLOSE_BRACKET);
  }

  private object(table: Table): void {
    const { text, trail } = this;
    text.byte(OPEN_BRACE);
    for (let entry = table.f; entry !== undefined; entry = entry.n) {
      if (!isStringTag(entry.ktype)) throw trail.keysError(table);
      if (entry !== table.f) text.byte(COMMA);
      if (this.pretty) this.startLine(trail.depth);
      const name = entry.kvalue as TString;
      if (text.string(name.getstr())) this.checkName(name);
      text.byte(COLON);
      if (this.pretty) text.byte(0x20);
      trail.at(name);
      this.value(entry);
    }
    if (this.pretty && table.f !== undefined) this.startLine(trail.depth - 1);
    text.byte(CLOSE_BRACE);
  }

  private checkName(name: TString): void {
    const bytes = name.getstr();
    if (isUtf8(bytes)) return;
    this.trail.at(undefined);
    toText(bytes, `a key of ${this.trail.path()}`);
  }

  private startLine(depth: number): void {
    this.text.ascii(`\n${'  '.repeat(depth)}`);
  }
}
