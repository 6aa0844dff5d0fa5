import { closeSync, fstatSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Script } from 'node:vm';
import type { CodeCache } from './code-cache.ts';
import { readIntoSharedBuffer } from './read-into-shared-buffer.ts';

interface Module {
  exports: unknown;
  /** What `import.meta.url` is in the source. */
  readonly url: string;
}

type Require = (name: string) => unknown;
/** What a bundle holds: its modules by name. */
type Factories = Readonly<Record<string, (exports: unknown, require: Require, module: Module) => void>>;

interface Bundle {
  readonly file: string;
  readonly script: Script;
  readonly factories: Factories;
  /** The modules, of any bundle, that had run in the processes that made the cached code. */
  readonly cached: ReadonlySet<string>;
}

export interface Bundles {
  /** The exports of a module; it runs the first time. */
  readonly load: Require;
  /** Keeps what was compiled in this process, where that is more than the cache had. */
  readonly save: () => void;
}

/**
 * Loads modules out of bundles as Node's `require` would, with the code that V8 compiled in earlier processes. `bundleOf` tells the bundle
 * of each module; `requireOther` loads what is in none.
 */
export function openBundles(folder: string, bundleOf: Readonly<Record<string, string>>, cache: CodeCache, requireOther: Require): Bundles {
  const bundles = new Map<string, Bundle>();
  const modules = new Map<string, Module>();

  const open = (name: string): Bundle => {
    const file = join(folder, `${name}.js`);
    const source = readText(file);
    const { data, cached } = unpack(cache.read(name));
    const script = new Script(source, { filename: file, ...(data === undefined ? {} : { cachedData: data }) });
    const accepted = data !== undefined && script.cachedDataRejected === false;
    const bundle = { file, script, factories: script.runInThisContext(), cached: new Set(accepted ? cached : []) };
    bundles.set(name, bundle);
    return bundle;
  };

  const load: Require = (path) => {
    const name = path.startsWith('./') ? path.slice(2) : path;
    const bundleName = bundleOf[name];
    if (bundleName === undefined) return requireOther(path);
    const loaded = modules.get(name);
    if (loaded !== undefined) return loaded.exports;
    const { file, factories } = bundles.get(bundleName) ?? open(bundleName);
    const module: Module = {
      exports: {},
      get url() {
        return pathToFileURL(file).href;
      },
    };
    modules.set(name, module);
    factories[name]?.(module.exports, load, module);
    return module.exports;
  };

  return {
    load,
    save() {
      // A module that runs for the first time calls functions of others, too, which were not compiled before. What came from the cache is
      // in the new one again, so that commands that take turns do not undo each other's.
      for (const [name, { script, cached }] of bundles) {
        const run = [...modules.keys()].filter((module) => !cached.has(module));
        if (run.length > 0) cache.write(name, pack(script.createCachedData(), [...cached, ...run]));
      }
    },
  };
}

function readText(file: string): string {
  const descriptor = openSync(file, 'r');
  try {
    const bytes = readIntoSharedBuffer(descriptor, fstatSync(descriptor).size);
    if (bytes === undefined) throw new Error(`${file} changed while it was read`);
    // All of it is ASCII.
    return bytes.toString('latin1');
  } finally {
    closeSync(descriptor);
  }
}

// The names follow the code, which V8 wants to begin where the buffer does.
function pack(data: Buffer, modules: readonly string[]): Buffer {
  const names = Buffer.from(JSON.stringify(modules));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(names.length);
  return Buffer.concat([data, names, length]);
}

function unpack(packed: Buffer | undefined): { data?: Buffer; cached?: readonly string[] } {
  if (packed === undefined || packed.length < 4) return {};
  const end = packed.length - 4;
  const start = end - packed.readUInt32LE(end);
  if (start < 0) return {};
  try {
    return { data: packed.subarray(0, start), cached: JSON.parse(packed.toString('utf8', start, end)) };
  } catch {
    return {};
  }
}
