import { expect, test } from 'vitest';
import { compilePattern, patternProblem } from '../../src/lua/lib/pcre-pattern.ts';

test.each([
  ['\\p{Nd}+', '7a', '7'],
  ['\\p{Script=Cyrillic}+', 'Кот 1', 'Кот'],
  ['^\\P{Nd}+$', 'abc', 'abc'],
  ['\\u{78}+', 'xx', 'xx'],
  ['x}+', 'x}}', 'x}}'],
  ['\\{name}+', '{name}}', '{name}}'],
  ['(\\p{L}+?)b', 'aab', 'aab'],
  ['(?<a>x)\\k<a>+', 'xxx', 'xxx'],
  ['\\}+', '}}', '}}'],
  ['[}]+', '}}', '}}'],
  ['\\x{41}', 'xA', 'A'],
  ['\\x{1F600}', '😀', '😀'],
  ['\\Qb.\\E+', 'bb..', 'b..'],
  ['\\pL+', '1ab', 'ab'],
  ['\\p{^L}+', 'a12', '12'],
  ['\\p{Greek}+', 'aαβ', 'αβ'],
  ['a\\Rb', 'a\r\nb', 'a\r\nb'],
  ['\\N+', 'ab\nc', 'ab'],
  ['(a)\\g1', 'aa', 'aa'],
  ['(a)\\g{1}0', 'aa0', 'aa0'],
  ['a{,3}', 'a{,3}', 'a{,3}'],
  ['\\-\\_\\"', '-_"', '-_"'],
])('the pattern %s finds what its author meant', (pattern, subject, match) => {
  expect(compilePattern(pattern, '').exec(subject)?.[0]).toBe(match);
});

test.each([
  ['/api/', '/api/v1/rooms'],
  ['/etc/im', '/etc/im'],
  ['/v1/x', '/v1/x/1'],
  ['/srv/s', '/srv/s'],
  ['//cdn/x', '//cdn/x'],
  ['//', 'a//b'],
  ['/etc/hosts', '/etc/hosts'],
  ['/api/v\\d+/', '/api/v1/'],
  ['[/]srv/s', '/srv/s'],
  ['\\/srv/s', '/srv/s'],
])('%s is a path, with its slashes', (pattern, subject) => {
  expect(compilePattern(pattern, '').exec(subject)?.[0]).toContain('/');
});

test.each([
  ['/b/i', 'ABC', 'B'],
  ['/^b$/m', 'a\nb', 'b'],
  ['/(\\d+)/i', 'a12', '12'],
  ['/a b # c\n/x', 'ab', 'ab'],
  ['/^https?:\\/\\/x/i', 'HTTP://X', 'HTTP://X'],
])('%s is a pattern with flags', (pattern, subject, match) => {
  expect(compilePattern(pattern, '').exec(subject)?.[0]).toBe(match);
});

test.each([
  ['a{1,}+', 'possessive'],
  ['\\p{L}{2}+', 'possessive'],
  ['\\p{N}++', 'possessive'],
  ['a\\Kb', '\\K is not supported'],
  ['\\X', '\\X is not supported'],
  ['\\g{-1}', '\\g with a relative number'],
  ['\\p{Nonsense}', 'unknown property \\p{Nonsense}'],
  ['\\i', 'unknown escape \\i'],
])('%s is refused by name', (pattern, message) => {
  expect(() => compilePattern(pattern, '')).toThrow(message);
});

test('the check warns of a pattern that could be a path as well', () => {
  expect(patternProblem('/room/i')).toEqual({
    severity: 'warning',
    message: 'the pattern is read as room with the flags i; for the text with its slashes write [/] for the first.',
  });
  expect(patternProblem('/etc/im')?.severity).toBe('warning');
  expect(patternProblem('/(\\d+)/')).toBeUndefined();
  expect(patternProblem('/api/v1/rooms')).toBeUndefined();
  expect(patternProblem('(')?.severity).toBe('error');
});
