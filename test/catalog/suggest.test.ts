import { expect, test } from 'vitest';
import { suggest } from '../../src/catalog/index.ts';

const PARAMETERS = ['resource_id', 'sid', 'mode', 'cname', 'uid', 'recording_config', 'recording_file_config'];

test.each([
  ['cnam', ['cname']],
  ['resourceId', ['resource_id']],
  ['recording', ['recording_config', 'recording_file_config']],
  ['MODE', ['mode']],
  ['zzzz', []],
  ['x', []],
  ['', []],
  ['x'.repeat(1_000_000), []],
])('%.20s suggests %j', (wanted, expected) => {
  expect(suggest(wanted, PARAMETERS)).toEqual(expected);
});

test('gives at most as many as asked, best first', () => {
  expect(suggest('start', ['stat', 'start_recording', 'starts', 'sta'], 2)).toEqual(['starts', 'stat']);
});
