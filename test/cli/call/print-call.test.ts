import { afterEach, expect, test, vi } from 'vitest';
import { printCall } from '../../../src/cli/call/print-call.ts';
import { KosmoError } from '../../../src/errors/index.ts';
import { failedCall } from '../../../src/runtime/index.ts';

afterEach(() => vi.restoreAllMocks());

test('AC-090 data that is text is printed as it is', () => {
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const report = failedCall(new KosmoError('USAGE', 'not so'));
  printCall({ ...report, success: true, error: null, error_detail: null, data: '<info>x</info> a\\<b é😀' });
  expect(write.mock.calls).toEqual([['<info>x</info> a\\<b é😀\n']]);
});
