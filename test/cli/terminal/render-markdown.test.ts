import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { renderDocument } from '../../../src/cli/terminal/render-markdown.ts';

const plain = (markdown: string, width = Number.POSITIVE_INFINITY): string => renderDocument(markdown, { width, colour: false });
const coloured = (markdown: string, width = 80): string => renderDocument(markdown, { width, colour: true });

const folder = path.join(import.meta.dirname, '../../../lua-docs');
const pages = readdirSync(folder).map((file): [string, string] => [file, readFileSync(path.join(folder, file), 'utf8')]);

test('lines of a paragraph are joined and broken again, those of code stay', () => {
  expect(plain(`one\ntwo\n\n\`\`\`sh\nkosmo docs   # x\n\n  more\n\`\`\``)).toBe('one two\n\n    kosmo docs   # x\n\n      more');
  expect(plain('three words here that go on and on', 24)).toBe('three words here that go\non and on');
});

test('items keep their place, and what belongs to one stands below its text', () => {
  expect(plain('1. first of all, in some more words\n2. second\n   and so on\n* third\n\n   ```sh\n   code\n   ```', 30)).toBe(
    '1. first of all, in some more\n   words\n2. second and so on\n• third\n\n    code',
  );
});

test('a link says where it leads: to a page by its command, to an address by itself', () => {
  expect(plain('[Errors](errors.md#exit-codes), [Agora](https://agora.io), [below](#here), [`x`](../a.lua)')).toBe(
    'Errors (kosmo docs errors), Agora (https://agora.io), below, `x` (../a.lua)',
  );
});

test('emphasis is for colour; without it code keeps its quotes', () => {
  expect(plain('a **b c** *d* `e*f*` 2 * 3 * 4')).toBe('a b c d `e*f*` 2 * 3 * 4');
  expect(coloured('`a b` **c**')).toBe('\u001b[36ma\u001b[39m \u001b[36mb\u001b[39m \u001b[1mc\u001b[22m');
  expect(stripVTControlCharacters(coloured('# T `x`\n## U'))).toBe('T `x`\nU');
});

test('tables have columns, and a bar may stand in a cell', () => {
  expect(plain('| a | b |\n|---|---|\n| `x \\| y` | z |\n| long enough |  |')).toBe('a            b\n`x | y`      z\nlong enough');
});

test('where columns do not fit each row stands for itself, and nothing is cut', () => {
  expect(plain(`| a | b |\n|---|---|\n| ${'x'.repeat(30)} | what it is in some words |`, 40)).toBe(
    `${'x'.repeat(30)}\n    what it is in some words`,
  );
});

describe.each(pages)('%s', (_name, markdown) => {
  const words = (text: string): string[] => stripVTControlCharacters(text).match(/[\p{L}\p{N}]+/gu) ?? [];
  test.each([60, 80, 200])('loses no word at %i columns', (width) => {
    const shown = new Set(words(coloured(markdown, width)));
    const headings = markdown.replaceAll(/^\|[^\n]*\n\|-[^\n]*$/gm, '').replaceAll(/\]\([^)]*\)/g, ']');
    const missing = words(headings.replaceAll(/^ *```\w*$/gm, '')).filter((word) => !shown.has(word));
    expect(missing).toEqual([]);
    expect(coloured(markdown, width)).not.toContain('…\n');
  });
});
