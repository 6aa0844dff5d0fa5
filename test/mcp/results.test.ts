import { expect, test } from 'vitest';
import { rememberSecret } from '../../src/errors/index.ts';
import { readResult, withoutOwnSecrets } from '../../src/mcp/results.ts';

test('secrets that a server says again are replaced, wherever they stand', () => {
  rememberSecret('said-again-S3CRET"');
  const said = { list: ['x said-again-S3CRET" y'], 'said-again-S3CRET"': 5 };
  expect(withoutOwnSecrets('fake', said)).toEqual({ list: ['x [redacted] y'], '[redacted]': 5 });
  expect(readResult('fake', { content: [{ type: 'text', text: JSON.stringify(said) }] })).toEqual({
    list: ['x [redacted] y'],
    '[redacted]': 5,
  });
});

test('an answer that is too deep for a script is refused', () => {
  const deep = JSON.parse('['.repeat(50_000) + ']'.repeat(50_000)) as [];
  expect(() => withoutOwnSecrets('fake', deep)).toThrow(expect.objectContaining({ code: 'INVALID_RESPONSE' }));
});
