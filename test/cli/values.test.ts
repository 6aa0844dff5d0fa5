import { expect, test } from 'vitest';
import { parseSeconds, parseSize } from '../../src/cli/values.ts';

test.each([
  ['67108864', 67108864],
  ['64MiB', 67108864],
  ['64m', 67108864],
  ['64MB', 64_000_000],
  ['1.5 GiB', 1610612736],
  ['512k', 524288],
])('the size %s is %i bytes', (text, bytes) => {
  expect(parseSize('--memory-limit', text)).toBe(bytes);
});

test.each(['', 'abc', '-1', '0', '64 MiBs', '1e9', '0x10', '5 apples'])('%j is no size', (text) => {
  expect(() => parseSize('--memory-limit', text)).toThrow('--memory-limit takes a size such as 64MiB');
});

test.each([
  ['30', 30_000],
  ['0.25', 250],
])('%s seconds are %i ms', (text, ms) => {
  expect(parseSeconds('--cpu-limit', text)).toBe(ms);
});

test.each(['', '0', '-1', 'NaN', 'Infinity', '1e3', '9999999'])('%j is no number of seconds', (text) => {
  expect(() => parseSeconds('--timeout', text)).toThrow('--timeout takes a number of seconds');
});
