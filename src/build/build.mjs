// Bundles the product into dist/: an entry that loads next to nothing, and chunks that are loaded when they are needed.
//   --manifest   writes src/integrations/generated/ only
//   --watch      builds, and builds again on every change of src/
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, watch } from 'node:fs';
import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';
import { buildOptions } from './build-options.mjs';
import { bundleCli } from './bundle-cli.mjs';
import { generateManifest } from './generate-manifest.mjs';

if (process.argv.includes('--watch')) buildOnChanges();
else if (process.argv.includes('--manifest')) await generateManifest();
else await buildAll();

async function buildAll() {
  await generateManifest();
  await rm('dist', { recursive: true, force: true });
  await build({
    ...buildOptions,
    entryPoints: {
      index: 'src/index.ts',
      // Threads for scripts; the pool looks for its own half beside the chunk that it is in.
      'chunks/lua-worker': 'src/lua/worker/entry.ts',
      'chunks/entry/worker': 'node_modules/tinypool/dist/entry/worker.js',
    },
    banner: { js: "import{createRequire as kosmoCreateRequire}from'node:module';const require=kosmoCreateRequire(import.meta.url);" },
  });
  await bundleCli(buildOptions);
  await cp('src/integrations/generated/integrations', 'dist/chunks/integrations', { recursive: true });
  await cp('src/cli/schemas', 'dist/schemas', { recursive: true });
  for (const { name } of await readdir('src/integrations', { withFileTypes: true })) {
    const schemas = path.join('src/integrations', name, 'schemas');
    if (existsSync(schemas)) await cp(schemas, 'dist/schemas', { recursive: true });
  }
  await writeTypes();
}

// Declarations for programs that embed the package. TypeScript leaves our `.ts` imports in them, which only exist as `.d.ts` there.
async function writeTypes() {
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '--project', 'src/build/tsconfig.types.json'], { stdio: 'inherit' });
  for (const file of await readdir('dist/types', { recursive: true })) {
    if (!file.endsWith('.d.ts')) continue;
    const target = path.join('dist/types', file);
    const text = (await readFile(target, 'utf8')).replaceAll(/(from '\.[^']*|import\('\.[^']*)\.ts'/g, "$1.js'");
    // An import without names declares nothing, and what it names is not in the package.
    await writeFile(target, text.replaceAll(/^import '.*';\n/gm, ''));
  }
}

// Each build is a process of its own, which loads the sources of integrations afresh. Editors write a file in several steps.
function buildOnChanges() {
  const buildOnce = () => spawnSync(process.execPath, [process.argv[1]], { stdio: 'inherit' });
  buildOnce();
  let timer;
  watch('src', { recursive: true }, (_event, file) => {
    if (file?.startsWith(path.join('integrations', 'generated')) === true) return;
    clearTimeout(timer);
    timer = setTimeout(buildOnce, 100);
  });
}
