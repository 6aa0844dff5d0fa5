import { expect, test } from 'vitest';
import { rememberSecret } from '../../../src/errors/index.ts';
import { readResult, withoutOwnSecrets } from '../../../src/mcp-client/tools/read-result.ts';

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

test('secrets that a server says again are replaced, wherever they stand', () => {
  rememberSecret('said-again-S3CRET"');
  const said = { list: ['x said-again-S3CRET" y'], 'said-again-S3CRET"': 5 };
  expect(withoutOwnSecrets('fake', said)).toEqual({ list: ['x [redacted] y'], '[redacted]': 5 });
  expect(readResult('fake', { content: [{ type: 'text', text: JSON.stringify(said) }] })).toEqual({
    list: ['x [redacted] y'],
    '[redacted]': 5,
  });
});

test('an answer that is too deep for a script is refused', () => {
  const deep = JSON.parse('['.repeat(50_000) + ']'.repeat(50_000)) as [];
  expect(() => withoutOwnSecrets('fake', deep)).toThrow(expect.objectContaining({ code: 'INVALID_RESPONSE' }));
});
