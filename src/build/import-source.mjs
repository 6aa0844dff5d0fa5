import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

/** Below the checkout, so that Node finds the packages. */
const SCRATCH = path.resolve('src/integrations/generated');

let count = 0;

/** Imports a TypeScript module into this process, without the code that it imports later. */
export async function importSource(file, plugins = []) {
  await mkdir(SCRATCH, { recursive: true });
  const outfile = path.join(SCRATCH, `.${process.pid}-${count++}.mjs`);
  await build({
    entryPoints: [file],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    define: { KOSMO_VERSION: '"build"', KOSMO_FENGARI_VERSION: '"build"' },
    logLevel: 'error',
    plugins: [...plugins, leaveOutDynamicImports],
  });
  try {
    return await import(pathToFileURL(outfile).href);
  } finally {
    await rm(outfile);
  }
}

const leaveOutDynamicImports = {
  name: 'leave-out-dynamic-imports',
  setup({ onResolve }) {
    onResolve({ filter: /^\./ }, ({ kind, path: name }) => (kind === 'dynamic-import' ? { path: name, external: true } : undefined));
  },
};
