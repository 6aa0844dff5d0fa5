import { describe, expect, test } from 'vitest';
import { KosmoError } from '../../../../src/errors/index.ts';
import { agora } from '../../../../src/integrations/agora/index.ts';
import { CREDENTIALS } from '../../../helpers/recording-server.ts';

function problemOf(credentials: Record<string, string>): KosmoError | undefined {
  try {
    agora.connect({ ...CREDENTIALS, ...credentials }, { account: 'default' });
    return undefined;
  } catch (error) {
    return error as KosmoError;
  }
}

describe('the address', () => {
  test.each([
    'https://api.agora.io',
    'https://api.agora.io/',
    'https://example.com:8443/agora',
    'http://localhost:4000',
    'http://127.0.0.1:4000',
    'http://127.8.9.1',
    'http://[::1]:4000',
    '',
    '  ',
  ])('%j works', (url) => {
    expect(problemOf({ url })).toBeUndefined();
  });

  test.each([
    ['http://api.agora.io', 'must use https'],
    ['http://127.0.0.1.example.com', 'must use https'],
    ['http://localhost.example.com', 'must use https'],
    ['http://0.0.0.0', 'must use https'],
    ['https://me:pa55word@api.agora.io', 'must not contain a user name or password'],
    ['https://api.agora.io/?key=pa55word', 'must not contain a query'],
    ['https://api.agora.io/#x', 'must not contain a query or fragment'],
    ['api.agora.io', 'is not an https URL'],
    ['ftp://api.agora.io', 'is not an https URL'],
  ])('%s is refused', (url, words) => {
    const error = problemOf({ url });
    expect(error).toBeInstanceOf(KosmoError);
    expect(error?.code).toBe('INVALID_CONFIGURATION');
    expect(error?.message).toContain(`Agora account field url ${words}`);
    expect(error?.message).not.toContain('pa55word');
    expect(error?.hint).toContain('set the account field url to');
  });
});

test.each(['customer_id', 'customer_secret', 'app_id'])('an account without %s is not configured', (name) => {
  expect(problemOf({ [name]: ' ' })).toMatchObject({
    code: 'NOT_CONFIGURED',
    message: `Agora integration is not configured: ${name} is missing.`,
  });
});

test('a colon in the customer id is refused, as it would move a part of it into the secret', () => {
  expect(problemOf({ customer_id: 'a:b' })).toMatchObject({ code: 'INVALID_CONFIGURATION' });
});
