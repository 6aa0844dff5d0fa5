// Bundles the product into dist/: an entry that loads next to nothing, and chunks that are loaded when they are needed.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';
import { generateManifest } from './src/integrations/generate-manifest.mjs';
import { bundleCli } from './src/launch/bundle-cli.mjs';

/** What only os.execute, os.remove, os.tmpname and the like of Fengari need, and only commands of commander that are programs of their own. */
const leaveOut = {
  name: 'leave-out',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/](?:fengari[\\/]src[\\/]loslib|commander[\\/]lib[\\/]command)\.js$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      return { contents: source.replaceAll(/require\('(?:fs|tmp|child_process|node:child_process)'\)/g, '{}') };
    });
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

await generateManifest();
await rm('dist', { recursive: true, force: true });
const options = {
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
await build({
  ...options,
  entryPoints: {
    index: 'src/index.ts',
    // Threads for scripts; the pool looks for its own half beside the chunk that it is in.
    'chunks/lua-worker': 'src/lua/worker/entry.ts',
    'chunks/entry/worker': 'node_modules/tinypool/dist/entry/worker.js',
  },
  banner: { js: "import{createRequire as kosmoCreateRequire}from'node:module';const require=kosmoCreateRequire(import.meta.url);" },
});
await bundleCli(options);
await cp('src/cli/schemas', 'dist/schemas', { recursive: true });
for (const { name } of await readdir('src/integrations', { withFileTypes: true })) {
  const schemas = path.join('src/integrations', name, 'schemas');
  if (existsSync(schemas)) await cp(schemas, 'dist/schemas', { recursive: true });
}
await writeTypes();

// Declarations for programs that embed the package. TypeScript leaves our `.ts` imports in them, which only exist as `.d.ts` there.
async function writeTypes() {
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '--project', 'tsconfig.types.json'], { stdio: 'inherit' });
  for (const file of await readdir('dist/types', { recursive: true })) {
    if (!file.endsWith('.d.ts')) continue;
    const target = path.join('dist/types', file);
    const text = (await readFile(target, 'utf8')).replaceAll(/(from '\.[^']*|import\('\.[^']*)\.ts'/g, "$1.js'");
    // An import without names declares nothing, and what it names is not in the package.
    await writeFile(target, text.replaceAll(/^import '.*';\n/gm, ''));
  }
}
