import { closeSync, constants, fstatSync, lstatSync, openSync, readFileSync, realpathSync, type Stats } from 'node:fs';
import path from 'node:path';
import { KosmoError } from '../../errors/index.ts';
import type { KeptModules } from '../../journal/index.ts';
import type { HostFunctionEntry } from '../../lua/index.ts';
import { cutText } from '../../platform/cut-text.ts';
import { suggest } from '../../schema/index.ts';

const MAX_MODULE_BYTES = 1024 ** 2;
const MAX_MODULES = 64;

/** The text of a module, and how messages call it: its path below the folder. */
export interface ModuleText {
  readonly chunk: string;
  readonly text: Buffer;
}

/** Modules that an embedding program has: texts by name, or a function that returns the text of a name. */
export type GivenModules = Readonly<Record<string, string>> | ((name: string) => string | undefined);

/** Where the modules of a script are: below a folder, in a program, or nowhere. */
export type ModuleSource = { readonly folder: string } | { readonly given: GivenModules } | undefined;

/** The modules of one script. Each text is read once: what was hashed is what runs. */
export class ModuleReader {
  readonly #source: ModuleSource;
  readonly #kept: KeptModules | undefined;
  readonly #read = new Map<string, ModuleText>();

  constructor(source: ModuleSource, kept?: KeptModules) {
    this.#source = source;
    this.#kept = kept;
  }

  /** The same modules for a run that goes on with the texts that it loaded before. */
  keptBy(kept: KeptModules): ModuleReader {
    return new ModuleReader(this.#source, kept);
  }

  /** The modules that were read, by name. */
  get texts(): ReadonlyMap<string, ModuleText> {
    return this.#read;
  }

  /** Reads a module. Throws `MODULE_ERROR`. */
  find(name: string): ModuleText {
    const known = this.#read.get(name);
    if (known !== undefined) return known;
    const kept = this.#kept?.find(name);
    if (kept !== undefined) {
      this.#read.set(name, kept);
      return kept;
    }
    if (this.#source === undefined)
      throw moduleError(
        `there is no folder for the module '${cutText(name, MAX_NAME)}': code that is not in a file has none.`,
        'name the folder with --module-path <folder>',
      );
    if (this.#read.size >= MAX_MODULES) throw moduleError(`a script can load at most ${MAX_MODULES} modules.`, 'put several into one file');
    const found = 'folder' in this.#source ? readBelow(this.#source.folder, name) : readGiven(this.#source.given, name);
    if (found.text.includes(0)) throw moduleError(`${found.chunk} is not a text.`, 'compiled code cannot be loaded');
    this.#read.set(name, found);
    this.#kept?.keep(name, found.chunk, found.text);
    return found;
  }

  /** What `require` asks. */
  readonly port: HostFunctionEntry = {
    kind: 'function',
    immediate: true,
    call: (args) => {
      const { chunk, text } = this.find(String((args as readonly unknown[])[0]));
      return { chunk, source: text.toString('latin1') };
    },
  };
}

const MAX_NAME = 200;

function moduleError(message: string, hint: string): KosmoError {
  return new KosmoError('MODULE_ERROR', message, { hint });
}

function readGiven(given: GivenModules, name: string): ModuleText {
  const text = typeof given === 'function' ? given(name) : Object.hasOwn(given, name) ? given[name] : undefined;
  if (typeof text !== 'string') {
    const [close] = typeof given === 'function' ? [] : suggest(name, Object.keys(given), 1);
    throw moduleError(
      `there is no module '${cutText(name, MAX_NAME)}'.`,
      close === undefined ? 'the program gives the modules' : `did you mean ${close}?`,
    );
  }
  const bytes = Buffer.from(text);
  if (bytes.length > MAX_MODULE_BYTES) throw tooLong(name);
  return { chunk: `${name.replaceAll('.', '/')}.lua`, text: bytes };
}

function tooLong(chunk: string): KosmoError {
  return moduleError(`${chunk} is longer than 1 MiB.`, 'pass data with --input');
}

// The file is opened without following a link, and what was opened must stand at its real path below the folder.
function readBelow(folder: string, name: string): ModuleText {
  const parts = name.split('.');
  if (!parts.every((part) => /^[A-Za-z0-9_-]+$/.test(part)))
    throw moduleError(
      `'${cutText(name, MAX_NAME)}' is not the name of a module: letters, digits, _ and -, with dots between folders.`,
      'require "lib.report" loads lib/report.lua beside the script',
    );
  const chunk = `${parts.join('/')}.lua`;
  const file = path.join(folder, ...parts.slice(0, -1), `${parts.at(-1)}.lua`);
  let descriptor: number | undefined;
  try {
    const root = realpathSync(folder);
    const expected = path.join(root, ...parts.slice(0, -1), `${parts.at(-1)}.lua`);
    assertPlain(lstatSync(file), chunk);
    if (realpathSync(file) !== expected) throw linked(chunk);
    descriptor = openSync(expected, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
    const opened = fstatSync(descriptor);
    assertPlain(opened, chunk);
    if (opened.size > MAX_MODULE_BYTES) throw tooLong(chunk);
    const text = readFileSync(descriptor);
    if (text.length > MAX_MODULE_BYTES) throw tooLong(chunk);
    return { chunk, text };
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code === 'ELOOP') throw linked(chunk);
    if (code === 'ENOENT' || code === 'ENOTDIR')
      throw moduleError(`there is no module '${name}': ${chunk} does not exist beside the script.`, `write ${file}`);
    if (thrown instanceof KosmoError) throw thrown;
    throw moduleError(`${chunk} cannot be read (${code ?? 'unknown error'}).`, 'look at the permissions of the file');
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

function assertPlain(facts: Stats, chunk: string): void {
  if (facts.isSymbolicLink()) throw linked(chunk);
  if (!facts.isFile()) throw moduleError(`${chunk} is not a regular file.`, 'modules are text files below the folder of the script');
}

function linked(chunk: string): KosmoError {
  return moduleError(`${chunk} is, or is behind, a link.`, 'modules are text files below the folder of the script; copy the file');
}
