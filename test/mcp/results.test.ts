import { expect, test } from 'vitest';
import { readResult } from '../../src/mcp/results.ts';

const text = (value: string): { readonly content: { type: string; text: string }[] } => ({ content: [{ type: 'text', text: value }] });

test.each([
  ['{"a": 1}', { a: 1 }],
  [' [1, 2]\n', [1, 2]],
  ['{"id": 12345678901234567890}', { id: '12345678901234567890' }],
  ['12345678901234567890', '12345678901234567890'],
  ['007', '007'],
  ['123', '123'],
  ['null', 'null'],
  ['"quoted"', '"quoted"'],
  ['[draft] not JSON', '[draft] not JSON'],
  ['', ''],
  ['['.repeat(1000) + ']'.repeat(1000), '['.repeat(1000) + ']'.repeat(1000)],
])('the text %s is what a script can use', (given, expected) => {
  expect(readResult('fake', text(given))).toEqual(expected);
});

test('structured content comes first, also where it is false or empty; an answer without anything is an empty list', () => {
  expect(readResult('fake', { ...text('no'), structuredContent: { result: false } })).toEqual({ result: false });
  expect(readResult('fake', { ...text('no'), structuredContent: [] })).toEqual([]);
  expect(readResult('fake', {})).toEqual([]);
});

test('a tool that failed is an error with its text, cut where it is very long', () => {
  expect(() => readResult('fake', { ...text('out of paper'), isError: true })).toThrow('out of paper');
  expect(() => readResult('fake', { content: [], isError: true })).toThrow('MCP tool returned an error.');
  expect(() => readResult('fake', { ...text('x'.repeat(100_000)), isError: true })).toThrow(/^x{4000}…$/);
});
