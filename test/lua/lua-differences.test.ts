import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { runLua } from '../../src/lua/sandbox.ts';

const PAGE = readFileSync(new URL('../../lua-docs/lua-differences.md', import.meta.url), 'utf8');

/** Examples of the page: the lines up to one with `-->`, and the results after it; `…` stands for any. */
const examples = [...PAGE.matchAll(/```text\n([\s\S]*?)```/g)].flatMap(([, block = '']) => {
  const found: [code: string, results: string][] = [];
  let lines: string[] = [];
  for (const line of block.split('\n')) {
    const [code = '', results] = line.split('-->');
    lines.push(code);
    if (results === undefined) continue;
    found.push([lines.join('\n').trim(), results.trim()]);
    lines = [];
  }
  return found;
});

test.each(examples)('%s', async (code, results) => {
  const report = await runLua(`return (function() ${code} end)()`, 'page');
  expect(report.error?.message).toBeUndefined();
  const wanted = JSON.parse(`[${results.replaceAll('nil', 'null').replaceAll('…', '"…"')}]`) as unknown[];
  const values = report.result ?? [null];
  expect(values.map((value, index) => (wanted[index] === '…' ? '…' : value))).toEqual(wanted);
});
