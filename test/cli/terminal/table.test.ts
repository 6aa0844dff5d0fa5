import { expect, test } from 'vitest';
import { layOutTable } from '../../../src/cli/terminal/table.ts';

const table = (width: number, ...rows: readonly (readonly string[])[]): string =>
  layOutTable(
    rows.map((row) => row.map((text) => ({ text }))),
    width,
  ).join('\n');

test('columns are as wide as their longest cells, and no line ends in spaces', () => {
  expect(table(Number.POSITIVE_INFINITY, ['Name', 'What'], ['a', 'a long sentence of many words'], ['longer', ''])).toBe(
    ['Name    What', 'a       a long sentence of many words', 'longer'].join('\n'),
  );
});

test('the last column is wrapped at its spaces to fit the width', () => {
  expect(table(34, ['Name', 'What'], ['abcdef', 'a long sentence of many words'])).toBe(
    ['Name    What', 'abcdef  a long sentence of many', '        words'].join('\n'),
  );
});

test('lines are cut where there is no room to wrap', () => {
  expect(table(10, ['a-long-name', 'a sentence'])).toBe('a-long-na…');
  for (const width of [1, 5, 20, 30, 40, 80]) {
    const lines = table(width, ['Function', 'Op', 'What'], ['agora.query_recording', 'read', 'é'.repeat(90)]).split('\n');
    expect(Math.max(...lines.map((line) => [...line].length))).toBeLessThanOrEqual(width);
  }
});

test('colour takes no room', () => {
  const cell = { text: 'yes', paint: (text: string) => `<${text}>` };
  expect(layOutTable([[cell, { text: 'x' }]], 80)).toEqual(['<yes>  x']);
});

test('a table without rows has only its head', () => {
  expect(layOutTable([], 80)).toEqual([]);
});
