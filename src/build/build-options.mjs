// What every build of the product shares.
import { readFile } from 'node:fs/promises';

/** Of node:assert undici uses one function; to load the rest takes longer than a call. */
const ASSERT = '((holds, message) => { if (!holds) throw new Error(message ?? "undici asserts something that does not hold"); })';

/**
 * What is needed only for os.execute, os.remove, os.tmpname and the like of Fengari, for commands of commander that are programs of their own, and in
 * undici for HTTP/2, for bodies that are no text, and for a parser of answers that is the same in newer instructions.
 */
const LEFT_OUT = [
  [/require\('(?:fs|tmp|child_process|node:child_process|node:http2?)'\)/g, '{ constants: {} }'],
  [/require\('(?:\.\/client-h2|\.\.\/web\/fetch\/body|\.\.\/llhttp\/llhttp_simd-wasm)\.js'\)/g, 'undefined'],
  [/require\('node:assert'\)/g, ASSERT],
];
const leaveOut = {
  name: 'leave-out',
  setup({ onLoad }) {
    onLoad(
      {
        filter:
          /[\\/](?:fengari[\\/]src[\\/]loslib|commander[\\/]lib[\\/]command|undici[\\/]lib[\\/](?:dispatcher[\\/]client(?:-h1)?|core[\\/](?:connect|request|util)))\.js$/,
      },
      async ({ path }) => ({
        contents: LEFT_OUT.reduce((source, [what, instead]) => source.replaceAll(what, instead), await readFile(path, 'utf8')),
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
      const bind = (_statement, names, from) => {
        const values = names.split(',').filter((name) => name.trim() !== '' && !name.trim().startsWith('type '));
        return `const {${values.join(',').replaceAll(' as ', ': ')}} = require(${from});`;
      };
      return { contents: source.replaceAll(/^import \{([^}]*)\} from ('fengari\/src\/[^']+');/gm, bind), loader: 'ts' };
    });
  },
};

const { version, devDependencies } = JSON.parse(await readFile('package.json', 'utf8'));

/** Options of esbuild. */
export const buildOptions = {
  outdir: 'dist',
  entryNames: '[dir]/[name]',
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  // Native code, which whoever wants it installs beside us.
  external: ['@napi-rs/keyring'],
  // Its other build asks for its parts in a way that cannot be bundled.
  alias: { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' },
  define: {
    KOSMO_VERSION: JSON.stringify(version),
    KOSMO_FENGARI_VERSION: JSON.stringify(devDependencies.fengari),
    // Floats with integral values print without '.0'.
    'process.env.FENGARICONF': JSON.stringify(JSON.stringify({ LUA_COMPAT_FLOATSTRING: true })),
  },
  plugins: [leaveOut, keepFengariOrder, bindFengariNames],
};
