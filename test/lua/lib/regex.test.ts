import { expect, test } from 'vitest';
import { errorOf, outputOf } from '../../helpers/run-lua.ts';

test('a reference to a group that does not exist is empty', async () => {
  expect(await outputOf('print((regex.gsub("abc", "(b)", "[$3]")), (regex.gsub("abc", "b", "[$2${n}]")))')).toBe('a[]c\ta[]c');
});

test('a pattern that is too long to compile safely is refused, and a bad one is not repeated whole', async () => {
  expect((await errorOf('regex.match("x", ("a?"):rep(1e4))')).message).toContain('longer than 16384 characters');
  expect((await errorOf('regex.match("x", "(" .. ("a"):rep(1e4))')).message.length).toBeLessThan(400);
});
