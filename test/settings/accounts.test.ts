import { expect, test } from 'vitest';
import { readAccounts, variableName } from '../../src/settings/index.ts';

const FIELDS = ['customer_id', 'customer_secret', 'app_id', 'url'].map((name) => ({
  name,
  label: name,
  required: name !== 'url',
  secret: name === 'customer_secret',
  description: '',
}));

const read = (env: Record<string, string>) => readAccounts('agora', FIELDS, env);

test('the default account is always there, and says what it lacks', () => {
  expect(read({})).toEqual([{ name: 'default', credentials: {}, missing: ['customer_id', 'customer_secret', 'app_id'] }]);
});

test('variables with a name between belong to that account; accounts share nothing', () => {
  const accounts = read({
    AGORA_CUSTOMER_ID: 'cid',
    AGORA_CUSTOMER_SECRET: 'secret',
    AGORA_APP_ID: 'app',
    AGORA_WORK_APP_ID: 'app2',
    AGORA_MY_TEAM_CUSTOMER_ID: 'cid3',
    AGORA_MY_TEAM_URL: 'https://example.com',
  });
  expect(accounts).toEqual([
    { name: 'default', credentials: { customer_id: 'cid', customer_secret: 'secret', app_id: 'app' }, missing: [] },
    { name: 'my_team', credentials: { customer_id: 'cid3', url: 'https://example.com' }, missing: ['customer_secret', 'app_id'] },
    { name: 'work', credentials: { app_id: 'app2' }, missing: ['customer_id', 'customer_secret'] },
  ]);
});

test('blank values count as not set, space around a value is dropped, and other variables are left alone', () => {
  const accounts = read({
    AGORA_APP_ID: '  ',
    AGORA_CUSTOMER_ID: ' cid\n',
    AGORA_HOME: '/x',
    AGORA_1_APP_ID: 'x',
    AGORA__APP_ID: 'x',
    OTHER_APP_ID: 'y',
  });
  expect(accounts).toEqual([{ name: 'default', credentials: { customer_id: 'cid' }, missing: ['customer_secret', 'app_id'] }]);
});

test('the name of a variable is what a reader would guess', () => {
  expect([variableName('agora', 'default', 'app_id'), variableName('agora', 'production', 'app_id')]).toEqual([
    'AGORA_APP_ID',
    'AGORA_PRODUCTION_APP_ID',
  ]);
});
