import { expect, test } from 'vitest';
import { isInteractive, showsProgress, useColour, width } from '../../../src/cli/terminal/capabilities.ts';

const terminal = { isTTY: true, columns: 100 };
const pipe = {};

test.each([
  ['on a terminal', terminal, {}, true],
  ['through a pipe', pipe, {}, false],
  ['where NO_COLOR is set', terminal, { NO_COLOR: '1' }, false],
  ['where NO_COLOR is empty, which says nothing', terminal, { NO_COLOR: '' }, true],
  ['in CI', terminal, { CI: 'true' }, false],
  ['where CI says that it is none', terminal, { CI: 'false' }, true],
  ['on a dumb terminal', terminal, { TERM: 'dumb' }, false],
  ['through a pipe with FORCE_COLOR', pipe, { FORCE_COLOR: '1' }, true],
  ['in CI with FORCE_COLOR', pipe, { CI: '1', FORCE_COLOR: '' }, true],
  ['with FORCE_COLOR against NO_COLOR', terminal, { FORCE_COLOR: '1', NO_COLOR: '1' }, true],
  ['with FORCE_COLOR=0', terminal, { FORCE_COLOR: '0' }, false],
])('text %s is coloured or not as it should be', (_where, stream, env, coloured) => {
  expect(useColour(stream, env)).toBe(coloured);
});

test('kosmo does not ask and nothing moves in CI or through a pipe', () => {
  expect(isInteractive(terminal, {})).toBe(true);
  expect(isInteractive(terminal, { CI: '1' })).toBe(false);
  expect(isInteractive(pipe, {})).toBe(false);
  expect(showsProgress(terminal, {})).toBe(true);
  expect(showsProgress(terminal, { CI: '1' })).toBe(false);
  expect(showsProgress(terminal, { TERM: 'dumb' })).toBe(false);
});

test('only a terminal has a width', () => {
  expect(width(terminal)).toBe(100);
  expect(width(pipe)).toBe(Number.POSITIVE_INFINITY);
});
