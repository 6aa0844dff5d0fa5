import { expect, test } from 'vitest';
import { toKosmoError } from '../../src/errors/index.ts';

test.each(['EMFILE', 'ENFILE'])('%s is no internal error, and says how to raise the limit', (code) => {
  const thrown = Object.assign(new Error(`${code}: too many open files, uv_resident_set_memory`), { code });
  expect(toKosmoError(thrown)).toMatchObject({
    code: 'INVALID_CONFIGURATION',
    message: expect.stringContaining('too many open files'),
    hint: expect.stringContaining('ulimit -n'),
  });
});

test('other errors, and what is thrown that is no error, stay what they are', () => {
  for (const thrown of [new Error('x'), null, undefined, 'EMFILE', 42]) expect(toKosmoError(thrown).code).toBe('INTERNAL_ERROR');
});
