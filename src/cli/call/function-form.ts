import { isUnsafeDigits, type JsonValue } from '../../json/index.ts';
import { parameterNames } from '../../schema/index.ts';
import { usage } from '../options/parse-values.ts';
import type { CalledTool, FlagArgument } from './flags.ts';

/** `echo(message: "hi")` as two words, `echo` and `(message: "hi")`. Other words stay as they are. */
export function splitFunctionForm(word: string): readonly string[] {
  const [, name, values] = /^([^\s(){}"']+)(\(.*\))\s*$/s.exec(word) ?? [];
  return name === undefined || values === undefined ? [word] : [name, values];
}

/** Whether a word is the second part of a function form. */
export function isFunctionForm(word: string): boolean {
  return word.startsWith('(') && word.trimEnd().endsWith(')');
}

/** Reads `(message: "hi", 5)`: values by name, and by position in the order of the schema. Throws `USAGE`. */
export function readFunctionForm(word: string, tool: CalledTool): readonly FlagArgument[] {
  const names = parameterNames(tool.input);
  const reader = new LiteralReader(word.trim().slice(1, -1));
  return reader.readAll(names).map(([name, value]) => {
    const known = [name, name.replaceAll('-', '_')].find((candidate) => names.includes(candidate));
    if (known === undefined) throw usage(`there is no parameter '${name}'`, `there are ${names.join(', ')}`);
    return { flag: known, path: [known], value };
  });
}

const SPACE = /\s*/y;
const NAME = /([A-Za-z_][\w-]*|"[^"]*"|'[^']*')\s*[:=]\s*/y;
const TEXT = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/sy;
const PLAIN = /[^\s,()[\]{}"']+/y;

class LiteralReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  readAll(names: readonly string[]): readonly (readonly [string, JsonValue])[] {
    const read: [string, JsonValue][] = [];
    while (!this.#isAtEnd()) {
      const name = this.#readName() ?? names[read.length];
      if (name === undefined) throw usage('there are more values than parameters', `there are ${names.join(', ') || 'none'}`);
      read.push([name, this.#readValue()]);
      if (!this.#take(',') && !this.#isAtEnd()) throw this.#problem();
    }
    return read;
  }

  #readValue(): JsonValue {
    if (this.#take('[')) return this.#readUntil(']', () => this.#readValue());
    if (this.#take('{')) {
      const fields = this.#readUntil('}', (): [string, JsonValue] => {
        const name = this.#readName();
        if (name === undefined) throw this.#problem();
        return [name, this.#readValue()];
      });
      return Object.fromEntries(fields);
    }
    const text = this.#match(TEXT);
    if (text !== undefined) return this.#unquote(text);
    const plain = this.#match(PLAIN);
    if (plain === undefined) throw this.#problem();
    if (plain === 'true' || plain === 'false') return plain === 'true';
    if (plain === 'null') return null;
    return /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/.test(plain) && !isUnsafeDigits(plain) ? Number(plain) : plain;
  }

  #readUntil<Item>(end: string, readItem: () => Item): Item[] {
    const items: Item[] = [];
    while (!this.#take(end)) {
      items.push(readItem());
      if (!this.#take(',') && this.#text[this.#at] !== end) throw this.#problem();
    }
    return items;
  }

  #unquote(text: string): string {
    if (text.startsWith('"')) {
      try {
        return JSON.parse(text) as string;
      } catch {
        throw this.#problem();
      }
    }
    return text.slice(1, -1).replaceAll(/\\(.)/gs, '$1');
  }

  #readName(): string | undefined {
    this.#match(SPACE);
    NAME.lastIndex = this.#at;
    const [all = '', name] = NAME.exec(this.#text) ?? [];
    this.#at += all.length;
    return name?.replaceAll(/^["']|["']$/g, '');
  }

  #take(character: string): boolean {
    this.#match(SPACE);
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    this.#match(SPACE);
    return true;
  }

  #isAtEnd(): boolean {
    this.#match(SPACE);
    return this.#at >= this.#text.length;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const text = pattern.exec(this.#text)?.[0];
    this.#at += text?.length ?? 0;
    return text;
  }

  #problem(): Error {
    return usage(`the values in parentheses are not valid at character ${this.#at + 1}`, 'write them as (message: "hi", limit: 5)');
  }
}
