// Run by the build: the command line as scripts that `launch` loads, in dist/chunks. Modules of ECMAScript take Node longer to load, and
// their compiled code cannot be kept before Node 22.
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { build, transform } from 'esbuild';
import { fromCheckout, joinWithMap, replaceInCode } from './source-maps.mjs';

/**
 * Modules that are read together, each with the modules that it imports, since most of them are needed together. Each other chunk is a
 * bundle of its own. The loaders of integrations are a few lines, and lead to each integration.
 */
const bundlesWith = (generated) => ({
  cli: ['src/cli/index.ts', path.join(generated, 'load.ts')],
  lua: ['src/cli/commands/integrations/lua.ts', 'src/runtime/index.ts', 'src/runtime/host.ts'],
  http: ['src/http/connection-pool.ts'],
});

/**
 * Builds with `options`, those of the other entries, and writes `dist/launch.cjs`. Each of `integrations` gets a bundle with the validators
 * of its arguments from the folder `generated`: a process reads the integration that it uses and no other.
 */
export async function bundleCli(options, { integrations, generated }) {
  const { outputFiles, metafile } = await build({
    ...options,
    entryPoints: { cli: 'src/cli/index.ts' },
    chunkNames: '[name]-[hash]',
    write: false,
    metafile: true,
    sourcemap: 'external',
    define: { ...options.define, 'import.meta.url': 'module.url' },
  });
  const files = Object.entries(metafile.outputs).filter(([file]) => !file.endsWith('.map'));
  const outputs = new Map(files.map(([file, output]) => [path.basename(file), output]));
  const bundles = groupModules(outputs, integrations, generated);
  const texts = new Map(outputFiles.map(({ path: file, text }) => [path.basename(file), text]));
  const folder = path.join(options.outdir, 'chunks');
  const convert = (module) =>
    toCommonJs({ code: texts.get(module), map: fromCheckout(JSON.parse(texts.get(`${module}.map`)), options.outdir) });
  await mkdir(folder, { recursive: true });
  const bundleOf = {};
  for (const [name, modules] of bundles) {
    const converted = await Promise.all(modules.map(convert));
    const factories = modules.flatMap((module, i) => [`${JSON.stringify(module)}(exports,require,module){`, converted[i], '},\n']);
    const { text, map } = joinWithMap(['({', ...factories, '})']);
    const file = `${name}.${createHash('sha256').update(text).digest('hex').slice(0, 16)}`;
    await writeFile(path.join(folder, `${file}.js`), text);
    await writeFile(path.join(folder, `${file}.js.map`), JSON.stringify(map));
    for (const module of modules) bundleOf[module] = file;
  }
  await build({
    entryPoints: { launch: 'src/launcher/index.ts', 'source-maps': 'src/launcher/source-maps.ts' },
    external: ['./source-maps.cjs'],
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

function groupModules(outputs, integrations, generated) {
  const moduleOf = new Map([...outputs].map(([name, { entryPoint }]) => [entryPoint && path.resolve(entryPoint), name]));
  const closure = (entries, taken) => {
    const modules = new Set();
    const visit = (name) => {
      if (taken.has(name) || modules.has(name)) return;
      for (const { path: file, kind, external } of outputs.get(name).imports)
        if (kind === 'import-statement' && external !== true) visit(path.basename(file));
      modules.add(name);
    };
    for (const entry of entries) visit(moduleOf.get(path.resolve(entry)));
    return [...modules];
  };
  const taken = new Set();
  const bundles = [];
  const add = (name, modules) => {
    if (modules.length > 0) bundles.push([name, modules]);
    for (const module of modules) taken.add(module);
  };
  for (const [name, entries] of Object.entries(bundlesWith(generated))) add(name, closure(entries, taken));
  const entriesOf = ({ id, folder }) => [path.join(generated, `${id}-validators.cjs`), path.join(folder, 'index.ts')];
  const uses = new Map();
  for (const integration of integrations)
    for (const module of closure(entriesOf(integration), taken)) uses.set(module, (uses.get(module) ?? 0) + 1);
  add(
    'shared',
    [...uses].filter(([, count]) => count > 1).map(([module]) => module),
  );
  for (const integration of integrations) add(integration.id, closure(entriesOf(integration), taken));
  for (const name of outputs.keys()) if (!taken.has(name)) bundles.push([name.replace(/-[^-]*$/, ''), [name]]);
  return bundles;
}

async function toCommonJs(chunk) {
  // esbuild copies each name of a module that is imported as a whole, getter by getter; these are not modules of ECMAScript.
  const whole = replaceInCode(chunk, /\bimport ([\w$]+) from"(node:[^"]+)";/g, 'const $1=require("$2");');
  const inlineMap = Buffer.from(JSON.stringify(whole.map)).toString('base64');
  const { code, map } = await transform(`${whole.code}\n//# sourceMappingURL=data:application/json;base64,${inlineMap}`, {
    format: 'cjs',
    platform: 'node',
    target: 'node20.19',
    minifySyntax: true,
    minifyWhitespace: true,
    minifyIdentifiers: true,
    supported: { 'dynamic-import': false },
    sourcemap: 'external',
    sourcesContent: false,
  });
  // The same conversion made the required module, so there is nothing to adapt.
  const converted = { code, map: fromCheckout(JSON.parse(map), '.') };
  return replaceInCode(converted, /__toESM\d*\(require\(("\.\/[^"]+")\)\)/g, 'require($1)');
}
