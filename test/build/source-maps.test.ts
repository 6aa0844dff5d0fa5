import { SourceMap } from 'node:module';
import { transformSync } from 'esbuild';
import { expect, test } from 'vitest';
import { replaceInCode } from '../../src/build/source-maps.mjs';

test('a replacement in code keeps the map right: each name is found on its line, before and after it', () => {
  const source = 'const first = old(1);\nconst second = old(old(2));\nlast = `\n${first}`;\nthird = old(second);\n';
  const built = transformSync(source, { sourcemap: 'external', sourcefile: 'a.js', minifyWhitespace: true });
  const { code, map } = replaceInCode({ code: built.code, map: JSON.parse(built.map) }, /\bold\(/g, 'longerName(');
  expect(code).not.toContain('old(');
  const maps = new SourceMap(map as ConstructorParameters<typeof SourceMap>[0]);
  for (const name of ['second=', 'last=', 'third=', 'first}', 'second)']) {
    const [lines, line = ''] = [code.slice(0, code.indexOf(name)).split('\n').length, code.slice(0, code.indexOf(name)).split('\n').at(-1)];
    const { originalLine, originalColumn } = maps.findEntry(lines - 1, line.length) as { originalLine: number; originalColumn: number };
    expect(source.split('\n')[originalLine]?.slice(originalColumn)).toMatch(new RegExp(`^${name.slice(0, -1)}`));
  }
});
