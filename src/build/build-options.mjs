// What every build of the product shares.
import { readFile } from 'node:fs/promises';
import path from 'node:path';

/** Of node:assert undici uses one function; to load the rest takes longer than a call. */
const ASSERT = '((holds, message) => { if (!holds) throw new Error(message ?? "undici asserts something that does not hold"); })';

/**
 * Modules that kosmo does not need: those of os.execute, os.remove and os.tmpname of Fengari, of commands of commander that are programs,
 * and in undici HTTP/2, bodies that are not text, and a second parser of responses for newer instructions.
 */
const REPLACEMENTS = [
  ...['fs', 'tmp', 'child_process', 'node:child_process', 'node:http'].map((name) => [`require('${name}')`, '{ constants: {} }']),
  ...['./client-h2', '../web/fetch/body', '../llhttp/llhttp_simd-wasm'].map((name) => [`require('${name}.js')`, 'undefined']),
  [`require('node:assert')`, ASSERT],
];

/** The replacements that have not matched in any build of this process. */
const unmatched = new Set([...REPLACEMENTS.map(([text]) => text), 'an import from fengari/src/']);

function replace(source, pattern, replacement, name) {
  const result = source.replaceAll(pattern, replacement);
  if (result !== source) unmatched.delete(name);
  return result;
}

/** Throws if a replacement in the source of a package matched nothing: a new version of the package needs a new replacement. */
export function checkReplacements() {
  if (unmatched.size > 0) throw new Error(`src/build/build-options.mjs replaces ${[...unmatched].join(', ')}, which no source contains`);
}

const leaveOut = {
  name: 'leave-out',
  setup({ onLoad }) {
    onLoad(
      {
        filter:
          /[\\/](?:fengari[\\/]src[\\/]loslib|commander[\\/]lib[\\/]command|undici[\\/]lib[\\/](?:dispatcher[\\/]client(?:-h1)?|core[\\/](?:connect|request|util)))\.js$/,
      },
      async ({ path: file }) => ({
        contents: REPLACEMENTS.reduce(
          (source, [text, instead]) => replace(source, text, () => instead, text),
          await readFile(file, 'utf8'),
        ),
      }),
    );
  },
};

/** Fengari says that importing it has no side effects; entering its circle of modules at the right one has. */
const keepFengariOrder = {
  name: 'keep-fengari-order',
  setup({ onResolve, resolve }) {
    onResolve({ filter: /^fengari\/src\/lua\.js$/ }, async ({ path, pluginData, ...options }) => {
      if (pluginData === 'resolved') return undefined;
      return { ...(await resolve(path, { ...options, pluginData: 'resolved' })), sideEffects: true };
    });
  },
};

/**
 * A name imported from a CommonJS module becomes a look-up through a getter wherever it is used. Fengari's are used for every value that
 * passes between Lua and the host, so they are made constants of each module.
 */
const bindFengariNames = {
  name: 'bind-fengari-names',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]src[\\/]lua[\\/].*\.ts$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      const bind = (statement, names, from) => {
        const values = names.split(',').filter((name) => name.trim() !== '' && !name.trim().startsWith('type '));
        const bound = `const {${values.join(',').replaceAll(' as ', ': ')}} = require(${from});`;
        // Source maps count lines.
        return bound + '\n'.repeat(countLines(statement) - countLines(bound));
      };
      const contents = replace(source, /^import \{([^}]*)\} from ('fengari\/src\/[^']+');/gm, bind, 'an import from fengari/src/');
      return { contents, loader: 'ts' };
    });
  },
};

const countLines = (text) => text.split('\n').length;

const { version, devDependencies } = JSON.parse(await readFile('package.json', 'utf8'));

/** The sources import the manifest of this checkout; a build with further integrations has one of its own. */
const useManifest = (generated) => ({
  name: 'use-manifest',
  setup({ onResolve }) {
    onResolve({ filter: /integrations\/generated\/manifest\.ts$/ }, () => ({ path: path.resolve(generated, 'manifest.ts') }));
  },
});

/** Options of esbuild for a build into `outdir` with the manifest in the folder `generated`. */
export const createBuildOptions = (outdir, generated) => ({
  outdir,
  entryNames: '[dir]/[name]',
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  // Libraries would write to stdout and stderr; kosmo itself never uses the console.
  drop: ['console'],
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  // Without the text of the sources: a stack shows files and lines.
  sourcemap: 'linked',
  sourcesContent: false,
  // Native code. Users install it beside kosmo.
  external: ['@napi-rs/keyring'],
  // Its other build asks for its parts in a way that cannot be bundled.
  alias: { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' },
  define: {
    KOSMO_VERSION: JSON.stringify(version),
    KOSMO_FENGARI_VERSION: JSON.stringify(devDependencies.fengari),
    // Floats with integral values print without '.0'.
    'process.env.FENGARICONF': JSON.stringify(JSON.stringify({ LUA_COMPAT_FLOATSTRING: true })),
  },
  plugins: [leaveOut, keepFengariOrder, bindFengariNames, useManifest(generated)],
});
