import { expect, test } from 'vitest';
import { escapeControlCharacters, visibleLine } from '../../src/cli/terminal/visible-text.ts';

test.each([
  ['\x1b]0;PWN\x07\x1b[2J', '\\u001b]0;PWN\\u0007\\u001b[2J'],
  ['\x9b31m', '\\u009b31m'],
  ['a\rb\bc', 'a\\u000db\\u0008c'],
  ['\u202eabc\u2066', '\\u202eabc\\u2066'],
  ['al\u200blow\u200d\u2060\ufeff\u00ad', 'al\\u200blow\\u200d\\u2060\\ufeff\\u00ad'],
  ['\u3164\u115f\u034f', '\\u3164\\u115f\\u034f'],
  ['a\u2028b\u2029', 'a\\u2028b\\u2029'],
  ['\u{e0041}', '\\udb40\\udc41'],
  ['\ud800', '\\ud800'],
])('%j is shown and not obeyed', (text, shown) => {
  expect(escapeControlCharacters(text)).toBe(shown);
  expect(visibleLine(text)).toBe(shown);
});

test.each(['Grüße, 日本語, ö', '❤️', 'a\tb\nc'])('%j stays as it is', (text) => expect(escapeControlCharacters(text)).toBe(text));

test('a line is one line, and has a bound', () => {
  expect(visibleLine('a\nerror: forged\tb')).toBe('a\\nerror: forged\\tb');
  expect(visibleLine('x'.repeat(30), 10)).toBe('xxxxxxxxxx… (20 more characters)');
});

test('a JSON document stays one', () => {
  const value = { text: '\u{e0041}\u200b\ud800"\\' };
  expect(JSON.parse(escapeControlCharacters(JSON.stringify(value)))).toEqual(value);
});
