// Builds the product into dist/: an entry that loads next to nothing, and chunks that are loaded when they are needed.
//   --manifest                writes src/integrations/generated/ only; with --integrations it only checks them
//   --watch                   builds, and builds again on every change of src/
//   --check                   also checks the types of tests, in the run of tsc that writes the declarations
//   --integrations <folder>   adds the integrations of this folder to those of src/integrations/
//   --out <folder>            writes to this folder instead of dist/
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, watch } from 'node:fs';
import { cp, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { checkReplacements, createBuildOptions } from './build-options.mjs';
import { bundleCli } from './bundle-cli.mjs';
import { generateManifest } from './generate-manifest.mjs';

const { values: options } = parseArgs({
  options: {
    manifest: { type: 'boolean', default: false },
    watch: { type: 'boolean', default: false },
    check: { type: 'boolean', default: false },
    integrations: { type: 'string' },
    out: { type: 'string', default: 'dist' },
  },
});
const folders = ['src/integrations', ...(options.integrations === undefined ? [] : [options.integrations])];

if (options.watch) buildOnChanges();
else if (options.integrations === undefined) await buildWith('src/integrations/generated');
else {
  // Tests and editors read the manifest of this checkout, so further integrations do not get into it.
  const generated = await mkdtemp(path.join(tmpdir(), 'kosmo-generated-'));
  try {
    await buildWith(generated);
  } finally {
    await rm(generated, { recursive: true });
  }
}

async function buildWith(generated) {
  const integrations = await generateManifest(folders, generated);
  if (options.manifest) return;
  await rm(options.out, { recursive: true, force: true });
  const buildOptions = createBuildOptions(options.out, generated);
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
  await bundleCli(buildOptions, { integrations, generated });
  checkReplacements();
  await cp(path.join(generated, 'integrations'), path.join(options.out, 'chunks/integrations'), { recursive: true });
  for (const folder of ['src/cli', ...integrations.map((integration) => integration.folder)]) {
    const schemas = path.join(folder, 'schemas');
    if (existsSync(schemas)) await cp(schemas, path.join(options.out, 'schemas'), { recursive: true });
  }
  if (options.integrations === undefined) await writeTypes();
}

// Declarations for programs that embed the package. TypeScript leaves our `.ts` imports in them, which only exist as `.d.ts` there.
async function writeTypes() {
  const types = path.join(options.out, 'types');
  const all = path.join(options.out, 'types-of-tests');
  const project = options.check ? 'tsconfig.json' : 'src/build/tsconfig.types.json';
  const flags = ['--noEmit', 'false', '--declaration', '--emitDeclarationOnly', '--rewriteRelativeImportExtensions', '--outDir', all];
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '--project', project, ...flags], { stdio: 'inherit' });
  await rename(path.join(all, 'src'), types);
  await rm(all, { recursive: true });
  for (const file of await readdir(types, { recursive: true })) {
    if (!file.endsWith('.d.ts')) continue;
    const target = path.join(types, file);
    const text = (await readFile(target, 'utf8')).replaceAll(/(from '\.[^']*|import\('\.[^']*)\.ts'/g, "$1.js'");
    // An import without names declares nothing, and what it names is not in the package.
    await writeFile(target, text.replaceAll(/^import '.*';\n/gm, ''));
  }
}

// Each build is a process of its own, which loads the sources of integrations again. Editors write a file in several steps.
function buildOnChanges() {
  const args = process.argv.slice(1).filter((arg) => arg !== '--watch');
  const buildOnce = () => spawnSync(process.execPath, args, { stdio: 'inherit' });
  buildOnce();
  let timer;
  watch('src', { recursive: true }, (_event, file) => {
    if (file?.startsWith(path.join('integrations', 'generated')) === true) return;
    clearTimeout(timer);
    timer = setTimeout(buildOnce, 100);
  });
}
