import { expect, test } from 'vitest';
import { parseJsonExactly } from '../../src/json/index.ts';

test.each([
  ['{"a":1,"b":[true,null,"x"]}', { a: 1, b: [true, null, 'x'] }],
  ['{"id":9007199254740993}', { id: '9007199254740993' }],
  ['{"id":9007199254740991}', { id: 9007199254740991 }],
  ['[-9007199254740993, 1.2345678901234567890, 1e20]', ['-9007199254740993', 1.2345678901234567, 1e20]],
  ['{"9007199254740993":"9007199254740993"}', { '9007199254740993': '9007199254740993' }],
  ['{"quote \\" 9007199254740993":"\\\\","n":9007199254740993}', { 'quote " 9007199254740993': '\\', n: '9007199254740993' }],
  ['9007199254740993', '9007199254740993'],
])('reads %s without losing a digit', (text, expected) => {
  expect(parseJsonExactly(text)).toEqual(expected);
});

test.each(['', '{', '{9007199254740993:1}', '[1 9007199254740993]'])('refuses %s as JSON.parse does', (text) => {
  expect(() => parseJsonExactly(text)).toThrow(SyntaxError);
});

test('a text with millions of escapes does not overflow the stack', () => {
  const text = `{"a":"${'\\"'.repeat(2_000_000)}","n":12345678901234567890}`;
  expect(parseJsonExactly(text)).toMatchObject({ n: '12345678901234567890' });
});

test('a field named __proto__ is plain data', () => {
  const value = parseJsonExactly('{"__proto__":{"x":12345678901234567890}}');
  expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  expect(JSON.stringify(value)).toBe('{"__proto__":{"x":"12345678901234567890"}}');
});
