import { expect, test } from 'vitest';
import { isKosmoError, KosmoError, redactSecretFields, redactText, rememberSecret, toKosmoError } from '../../src/errors/index.ts';

test('a remembered secret disappears from texts, errors and JSON, wherever it stands', () => {
  rememberSecret('hunter2-S3CRET');
  expect(redactText('key=hunter2-S3CRET!')).toBe('key=[redacted]!');
  expect(new KosmoError('REMOTE_ERROR', 'bad hunter2-S3CRET', { hint: 'not hunter2-S3CRET' }).toJSON()).toMatchObject({
    message: 'bad [redacted]',
    hint: 'not [redacted]',
  });
  expect(redactSecretFields({ note: ['hunter2-S3CRET'] })).toEqual({ note: ['[redacted]'] });
});

test('fields that hold secrets by their name are redacted without being remembered', () => {
  const storage = { accessKey: 'a', secretKey: 'b', bucket: 'c', token: 'd', customer_secret: 'e', stsToken: '', fileNamePrefix: ['f'] };
  expect(redactSecretFields({ storage })).toEqual({
    storage: {
      accessKey: '[redacted]',
      secretKey: '[redacted]',
      bucket: 'c',
      token: '[redacted]',
      customer_secret: '[redacted]',
      stsToken: '',
      fileNamePrefix: ['f'],
    },
  });
});

test.each(['api_key', 'apiKey', 'X-API-Key', 'client_secret', 'refreshToken', 'access_token', 'private_key', 'Set-Cookie', 'passphrase'])(
  '%s is such a field',
  (name) => {
    expect(redactSecretFields({ [name]: 'a' })).toEqual({ [name]: '[redacted]' });
  },
);

test('fields that count or name something are shown', () => {
  const shown = { max_tokens: 'a', key: 'b', secretary: 'c', tokenizer: 'd', monkey: 'e', cookies: 'f' };
  expect(redactSecretFields(shown)).toEqual(shown);
});

test('a short or blank value is never taken for a secret', () => {
  rememberSecret('');
  rememberSecret('abc');
  expect(redactText('abc')).toBe('abc');
});

test('anything thrown becomes an error with a code, exit code and cause', () => {
  const cause = new TypeError('x is not a function');
  const error = toKosmoError(cause);
  expect({ code: error.code, exitCode: error.exitCode, cause: error.cause }).toEqual({ code: 'INTERNAL_ERROR', exitCode: 1, cause });
  expect(toKosmoError(error)).toBe(error);
  expect([isKosmoError(error), isKosmoError(cause), isKosmoError(null)]).toEqual([true, false, false]);
});
