// Run by the build: the command line as scripts that `launch` loads, in dist/chunks. Modules of ECMAScript take Node longer to load, and
// their compiled code cannot be kept before Node 22.
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { build, transform } from 'esbuild';

/** What is read together, with what it imports, since most of it is needed together. Each other chunk is a bundle of its own. */
const BUNDLES = {
  cli: ['src/cli/index.ts'],
  lua: ['src/cli/commands/integrations/lua.ts', 'src/runtime/index.ts', 'src/runtime/host.ts'],
  agora: [
    'src/integrations/generated/load.ts',
    'src/integrations/generated/agora-validators.cjs',
    'src/integrations/agora/index.ts',
    'src/http/connection-pool.ts',
  ],
};

/** Builds with `options`, those of the other entries, and writes `dist/launch.cjs`. */
export async function bundleCli(options) {
  const { outputFiles, metafile } = await build({
    ...options,
    entryPoints: { cli: 'src/cli/index.ts' },
    chunkNames: '[name]-[hash]',
    write: false,
    metafile: true,
    define: { ...options.define, 'import.meta.url': 'module.url' },
  });
  const outputs = new Map(Object.entries(metafile.outputs).map(([file, output]) => [path.basename(file), output]));
  const bundles = groupModules(outputs);
  const code = new Map(outputFiles.map(({ path: file, text }) => [path.basename(file), text]));
  const folder = path.join(options.outdir, 'chunks');
  await mkdir(folder, { recursive: true });
  const bundleOf = {};
  for (const [name, modules] of bundles) {
    const factories = await Promise.all(
      modules.map(async (module) => `${JSON.stringify(module)}(exports,require,module){${await toCommonJs(code.get(module))}}`),
    );
    const text = `({${factories.join(',\n')}})`;
    const file = `${name}.${createHash('sha256').update(text).digest('hex').slice(0, 16)}`;
    await writeFile(path.join(folder, `${file}.js`), text);
    for (const module of modules) bundleOf[module] = file;
  }
  await build({
    entryPoints: { launch: 'src/launcher/index.ts' },
    outdir: options.outdir,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: options.target,
    minifySyntax: true,
    minifyWhitespace: true,
    define: { KOSMO_BUNDLES: JSON.stringify(bundleOf) },
  });
}

function groupModules(outputs) {
  const taken = new Set();
  const closure = (name) => {
    if (taken.has(name)) return [];
    taken.add(name);
    const imported = outputs.get(name).imports.filter(({ kind, external }) => kind === 'import-statement' && external !== true);
    return [...imported.flatMap(({ path: file }) => closure(path.basename(file))), name];
  };
  const moduleOf = new Map([...outputs].map(([name, { entryPoint }]) => [entryPoint, name]));
  const together = Object.entries(BUNDLES).map(([name, entries]) => [name, entries.flatMap((entry) => closure(moduleOf.get(entry)))]);
  const alone = [...outputs.keys()].filter((name) => !taken.has(name)).map((name) => [name.replace(/-[^-]*$/, ''), [name]]);
  return [...together, ...alone];
}

async function toCommonJs(code) {
  // esbuild copies each name of a module that is imported as a whole, getter by getter; these are no modules of ECMAScript.
  const whole = code.replaceAll(/\bimport ([\w$]+) from"(node:[^"]+)";/g, 'const $1=require("$2");');
  const { code: converted } = await transform(whole, {
    format: 'cjs',
    platform: 'node',
    target: 'node20.19',
    minifySyntax: true,
    minifyWhitespace: true,
    minifyIdentifiers: true,
    supported: { 'dynamic-import': false },
  });
  // What is required is made by the same conversion, so there is nothing to adapt.
  return converted.replaceAll(/__toESM\d*\(require\(("\.\/[^"]+")\)\)/g, 'require($1)');
}
