import { cpSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { KOSMO, kosmo } from '../helpers/cli.ts';
import { tempFolder } from '../helpers/temp-folder.ts';

const ROOT = path.join(path.dirname(KOSMO), '..');

/** A package without its documentation pages, so that a command fails with an internal error. Returns its program. */
function packageWithoutPages(keep: (file: string) => boolean = () => true): string {
  const root = tempFolder();
  for (const name of ['bin', 'dist']) cpSync(path.join(ROOT, name), path.join(root, name), { recursive: true, filter: keep });
  return path.join(root, 'bin/kosmo.js');
}

const text = (file: string): string => readFileSync(file, 'utf8');

test('with KOSMO_DEBUG a stack names files and lines of the source, in each bundle', async () => {
  const bin = packageWithoutPages();
  const { stderr } = await kosmo(['integrations:lua', '-e', 'docs.list()'], { bin, env: { KOSMO_DEBUG: '1' } });
  const frames = [...stderr.matchAll(/\(?(src\/[\w/-]+\.ts):(\d+):(\d+)/g)].map(([, file = '', line, column]) => {
    return {
      file,
      code:
        text(path.join(ROOT, file))
          .split('\n')
          [Number(line) - 1]?.slice(Number(column) - 1) ?? '',
    };
  });
  expect(frames[0]).toEqual({ file: 'src/docs/load-pages.ts', code: expect.stringMatching(/^readdirSync\(/) });
  expect(frames.map(({ file }) => file.split('/')[1])).toEqual(expect.arrayContaining(['docs', 'runtime', 'lua']));
  expect(stderr).not.toContain('dist/chunks');
  expect((await kosmo(['integrations:agora'], { bin, env: { KOSMO_DEBUG: '1' } })).stderr).toMatch(/src\/cli\/program\.ts:\d+/);
});

test('beside each bundle is its map, without the text of the sources', () => {
  const chunks = path.join(ROOT, 'dist/chunks');
  const bundles = readdirSync(chunks).filter((name) => /\.[0-9a-f]{16}\.js$/.test(name));
  expect(bundles.length).toBeGreaterThan(50);
  const maps = bundles.map((name) => JSON.parse(text(path.join(chunks, `${name}.map`))) as { sections: { map: object }[] });
  expect(maps.flatMap(({ sections }) => sections).every(({ map }) => !('sourcesContent' in map))).toBe(true);
});

test('a process without KOSMO_DEBUG reads no source map', async () => {
  const bin = packageWithoutPages((file) => !file.endsWith('.map') && path.basename(file) !== 'source-maps.cjs');
  expect(await kosmo(['integrations:lua', '-e', 'return 1'], { bin })).toMatchObject({
    stdout: '1\n',
    code: 0,
  });
});
