// Start-up with many integrations: the command line built with copies of the one there is, against the command line with one.
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { createBuildOptions } from '../../src/build/build-options.mjs';
import { bundleCli } from '../../src/build/bundle-cli.mjs';
import { alternate, outputOf } from './measure.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const descriptions = path.join(root, 'src/integrations/generated/integrations');
const ID = 'agora';
const COUNT = 400;

export async function compareCatalog() {
  const folder = mkdtempSync(path.join(tmpdir(), 'kosmo-bench-'));
  try {
    const start = async (count) => {
      const bin = await buildWith(count, path.join(folder, String(count)));
      return async () => void (await outputOf([bin, 'integrations:lua', '--json', '-e', 'return 1']));
    };
    const times = await alternate(25, await start(COUNT), await start(1));
    return [{ figure: `one-liner with ${COUNT} integrations, whole process`, against: 'with one', mark: 1.05, ...times }];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function buildWith(count, folder) {
  const ids = Array.from({ length: count }, (_, index) => (index === 0 ? ID : `${ID}${index}`));
  const copyEntries = {
    name: 'copy-entries',
    setup({ onLoad }) {
      onLoad({ filter: /generated[\\/](?:manifest|load)\.ts$/ }, async ({ path: file }) => {
        const contents = await readFile(file, 'utf8');
        const copied = contents
          .replace(/^ {2}agora: .*\n/m, (row) => ids.map((id) => row.replace(ID, id)).join(''))
          .replaceAll(/^ {4}case 'agora':\n.*\n/gm, (lines) => ids.map((id) => lines.replace(ID, id)).join(''));
        return { contents: copied, loader: 'ts' };
      });
    },
  };
  const dist = path.join(folder, 'dist');
  const buildOptions = createBuildOptions(dist, 'src/integrations/generated');
  await bundleCli(
    { ...buildOptions, plugins: [...buildOptions.plugins, copyEntries], absWorkingDir: root },
    {
      integrations: [{ id: ID, folder: `src/integrations/${ID}` }],
      generated: 'src/integrations/generated',
    },
  );
  mkdirSync(path.join(dist, 'chunks/integrations'));
  for (const id of ids) cpSync(path.join(descriptions, `${ID}.json`), path.join(dist, `chunks/integrations/${id}.json`));
  for (const name of ['bin', 'lua-docs', 'package.json']) cpSync(path.join(root, name), path.join(folder, name), { recursive: true });
  return path.join(folder, 'bin/kosmo.js');
}
