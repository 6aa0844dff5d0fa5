import { expect, test } from 'vitest';
import { parseInput, parseMemoryLimit, parseSeconds, parseSize } from '../../../src/cli/options/parse-values.ts';

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

test.each([
  ['64', 'did you mean 64MiB?'],
  ['512k', 'did you mean 512MiB?'],
  ['999999', 'write it as 64MiB'],
])('a memory limit of %s is refused with what could be meant', (text, hint) => {
  expect(() => parseMemoryLimit(text)).toThrow(
    expect.objectContaining({ code: 'USAGE', message: expect.stringContaining('at least 1MB'), hint }),
  );
});

test.each([
  ['500ms', 'did you mean --timeout 0.5?'],
  ['5m', 'did you mean --timeout 300?'],
  ['0.0001', undefined],
])('a time of %s is refused with what could be meant', (text, hint) => {
  expect(() => parseSeconds('--timeout', text)).toThrow(expect.objectContaining({ code: 'USAGE', hint }));
});

test.each([
  ['{bad', '--input is not valid JSON: line 1, column 2'],
  ['{\n  "password": "S3CRET" oops', '--input is not valid JSON: line 2, column 24'],
  ['', '--input is not valid JSON: it ends too early'],
  ['['.repeat(600) + ']'.repeat(600), '--input is not valid JSON: nested more than 500 levels deep'],
])('--input %.20j is refused with the place, and without what is there', (text, message) => {
  expect(() => parseInput(text, [])).toThrow(message);
});

test('a file that is not there is refused with where it was looked for', () => {
  const hint = `a path begins in the folder that you are in, ${process.cwd()}`;
  expect(() => parseInput('@no/such.json', [])).toThrow(expect.objectContaining({ message: '--input file not found: no/such.json', hint }));
});
