import { expect, test } from 'vitest';
import { suggest } from '../../src/schema/index.ts';

const PARAMETERS = ['resource_id', 'sid', 'mode', 'cname', 'uid', 'recording_config', 'recording_file_config'];

test.each([
  ['cnam', ['cname']],
  ['resourceId', ['resource_id']],
  ['recording', ['recording_config', 'recording_file_config']],
  ['MODE', ['mode']],
  ['recording_fil', ['recording_file_config', 'recording_config']],
  ['zzzz', []],
  ['x', []],
  ['', []],
  ['x'.repeat(1_000_000), []],
])('%.20s suggests %j', (wanted, expected) => {
  expect(suggest(wanted, PARAMETERS)).toEqual(expected);
});

test('who stops early means what begins so, rather than what looks like it', () => {
  const names = ['query_recording', 'acquire_recording_resource', 'stop_recording'];
  expect(suggest('acquire_recordin', names, 1)).toEqual(['acquire_recording_resource']);
});

test('gives at most as many as asked, best first', () => {
  expect(suggest('start', ['stat', 'start_recording', 'starts', 'sta'], 2)).toEqual(['starts', 'stat']);
});

test('an abbreviation counts only if no name is closer', () => {
  expect(suggest('msg', ['message', 'mode'])).toEqual(['message']);
  expect(suggest('fakee', ['fake', 'fake-server'])).toEqual(['fake']);
});
