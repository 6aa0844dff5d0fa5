import { describe, expect, test } from 'vitest';
import { isSecretName, redactSecretFields, redactText, rememberSecret } from '../../src/errors/index.ts';

test.each([
  ...['token', 'sessionToken', 'session_token', 'sessiontoken', 'STS_TOKEN', 'oauth2Token', 'X-Auth-Token', 'token2'],
  ...['secret', 'clientSecret', 'webhook-secret', 'password', 'db_password', 'userPassword', 'PGPASSWORD', 'passphrase'],
  ...['kms_key', 'kmsKey', 'secretKey', 'AWS_SECRET_ACCESS_KEY', 'apikey', 'X-Api-Key', 'streamKey', 'vendor_key', 'encryptionKey'],
  ...['secretKye', 'secertKey', 'scretKey', 'acessKey', 'pasword', 'stsTokne', 'secret_keyy', 'customer_secrte'],
])('%s is the name of a secret', (name) => {
  expect(isSecretName(name)).toBe(true);
  expect(redactSecretFields({ [name]: 'LEAK', list: [{ [name]: 12345 }] })).toEqual({
    [name]: '[redacted]',
    list: [{ [name]: '[redacted]' }],
  });
});

test.each([
  ...['publicKey', 'public_key', 'PUBLIC-KEY', 'primaryKey', 'partition_key', 'sortKey', 'issueKey', 's3Key', 'idempotency_key'],
  ...['key', 'monkey', 'secretary', 'tokenizer', 'max_tokens', 'keyboard', 'tokenLimit', 'taken', 'kmsKeyId', 'fileNamePrefix', 'uid'],
])('%s is not, and its value is shown', (name) => {
  expect(redactSecretFields({ [name]: 'shown' })).toEqual({ [name]: 'shown' });
});

test('everything below the name of a secret is one: lists, tables, lists of tables', () => {
  expect(redactSecretFields({ secretKey: ['LEAK', { part: 'LEAK' }], tokens: { a: 'LEAK' }, api_keys: ['LEAK'], secret: true })).toEqual({
    secretKey: ['[redacted]', { part: '[redacted]' }],
    tokens: { a: '[redacted]' },
    api_keys: ['[redacted]'],
    secret: true,
  });
  expect(redactSecretFields([{ name: 'Authorization', value: 'LEAK' }])).toEqual([{ name: 'Authorization', value: '[redacted]' }]);
  expect(redactSecretFields([{ name: 'Accept', value: 'text/html' }])).toEqual([{ name: 'Accept', value: 'text/html' }]);
});

test('JSON text in a string is looked into, and stays as written where it holds no secret', () => {
  expect(redactSecretFields({ extensionParams: '{"sse": "kms", "sessionToken": "LEAK", "more": {"kms_key": "LEAK"}}' })).toEqual({
    extensionParams: '{"sse":"kms","sessionToken":"[redacted]","more":{"kms_key":"[redacted]"}}',
  });
  expect(redactSecretFields({ note: '{ "a": 1 }', broken: '{"token":' })).toEqual({ note: '{ "a": 1 }', broken: '{"token":' });
});

describe('the address', () => {
  test.each([
    ['https://user:LEAK@example.com/r?token=LEAK', 'https://[redacted]@example.com/r?token=[redacted]'],
    ['https://LEAK@example.com', 'https://[redacted]@example.com'],
    ['postgres://u:LE@AK@db:5432/x', 'postgres://[redacted]@db:5432/x'],
    ['https://e.com/a?page=2&X-Amz-Signature=LEAK&key=LEAK', 'https://e.com/a?page=2&X-Amz-Signature=[redacted]&key=[redacted]'],
    ['https://e.com/#access%5Ftoken=LEAK&state=x', 'https://e.com/#access%5Ftoken=[redacted]&state=x'],
    ['rtmp://live.example.com/app/LEAK', 'rtmp://live.example.com/app/[redacted]'],
    ['RTMPS://h:443/app/inner/LEAK/', 'RTMPS://h:443/app/inner/[redacted]/'],
    ['rtmp://h/app/LEAK?auth=LEAK', 'rtmp://h/app/[redacted]'],
    ['srt://h:10?mode=caller&streamid=LEAK', 'srt://h:10?mode=caller&streamid=[redacted]'],
  ])('%s is shown as %s', (url, shown) => {
    expect(redactSecretFields({ url })).toEqual({ url: shown });
    expect(redactText(`cannot open ${url}`)).toBe(`cannot open ${shown}`);
  });

  test.each(['https://example.com/a/b?page=2&sort=asc#top', 'https://example.com/@user', 'http://127.0.0.1:8080', 'mailto:a@b.c'])(
    '%s has no secret and is shown whole',
    (url) => expect(redactSecretFields({ url })).toEqual({ url }),
  );
});

test('a value that was given as a secret is one wherever it stands, in names as in values', () => {
  rememberSecret('given-anywhere-1');
  expect(redactSecretFields({ 'given-anywhere-1': [{ note: 'x given-anywhere-1 y' }] })).toEqual({
    '[redacted]': [{ note: 'x [redacted] y' }],
  });
});
