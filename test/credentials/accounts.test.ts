import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { openSecretStore, readAccounts } from '../../src/credentials/index.ts';
import { variableName } from '../../src/integration/index.ts';
import { environmentSettings, readSettings } from '../../src/settings/index.ts';
import { tempFolder } from '../helpers/temp-folder.ts';

const FIELDS = ['customer_id', 'customer_secret', 'app_id', 'url'].map((name) => ({
  name,
  label: name,
  required: name !== 'url',
  secret: name === 'customer_secret',
  ...(name === 'url' ? { isEndpoint: true as const } : {}),
  description: '',
}));

const AGORA = { id: 'agora', credentials: FIELDS };

const read = async (env: Record<string, string>) => {
  const { accounts } = readAccounts(AGORA, environmentSettings(env));
  return Promise.all(accounts.map(async ({ name, missing, readCredentials }) => ({ name, credentials: await readCredentials(), missing })));
};

describe('accounts of the environment', () => {
  test('the default account is always there, and says what it lacks', async () => {
    expect(await read({})).toEqual([{ name: 'default', credentials: {}, missing: ['customer_id', 'customer_secret', 'app_id'] }]);
  });

  test('variables with a name between belong to that account; accounts share nothing', async () => {
    const accounts = await read({
      AGORA_CUSTOMER_ID: 'cid',
      AGORA_CUSTOMER_SECRET: 'env-S3CRET',
      AGORA_APP_ID: 'app',
      AGORA_WORK_APP_ID: 'app2',
      AGORA_MY_TEAM_CUSTOMER_ID: 'cid3',
      AGORA_MY_TEAM_URL: 'https://example.com',
      AGORA_WEBHOOK_URL: 'https://example.com',
    });
    expect(accounts).toEqual([
      { name: 'default', credentials: { customer_id: 'cid', customer_secret: 'env-S3CRET', app_id: 'app' }, missing: [] },
      { name: 'my_team', credentials: { customer_id: 'cid3', url: 'https://example.com' }, missing: ['customer_secret', 'app_id'] },
      { name: 'work', credentials: { app_id: 'app2' }, missing: ['customer_id', 'customer_secret'] },
    ]);
  });

  test('blank values count as not set, space around a value is dropped, and other variables are left alone', async () => {
    const accounts = await read({
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
});

describe('accounts of the settings', () => {
  const settings = async ({ user = '', project = '', secrets = {}, env = {} }: Readonly<Record<string, unknown>>) => {
    const root = tempFolder();
    const home = path.join(root, 'home');
    const folder = path.join(root, 'project');
    mkdirSync(home);
    mkdirSync(path.join(folder, '.kosmo'), { recursive: true });
    writeFileSync(path.join(home, 'config.yaml'), user as string);
    writeFileSync(path.join(folder, '.kosmo/config.yaml'), project as string);
    const all = { KOSMO_HOME: home, ...(env as Record<string, string>) };
    const store = openSecretStore({ env: all });
    for (const [key, value] of Object.entries(secrets as Record<string, string>))
      await store.set(`integration.agora.accounts.${key}`, value);
    return { home, folder, settings: await readSettings({ env: all, folder }) };
  };
  const accountsOf = (text: string): string => `kosmo: {integrations: {agora: {accounts: ${text}}}}`;

  test('are those that any of them names, and a field counts where it is nearest', async () => {
    const {
      home,
      folder,
      settings: all,
    } = await settings({
      user: accountsOf('{default: {customer_id: user, app_id: user, url: https://user.example}, empty: {}}'),
      project: accountsOf('{default: {app_id: project}, work: {app_id: " "}}'),
      secrets: { 'default.customer_secret': 'stored-S3CRET', 'other.customer_secret': 'x' },
      env: { AGORA_CUSTOMER_ID: 'environment' },
    });
    const { accounts, disabled } = readAccounts(AGORA, all);
    expect(disabled).toBeUndefined();
    expect(accounts.map(({ name, missing }) => [name, missing.join()])).toEqual([
      ['default', ''],
      ['empty', 'customer_id,customer_secret,app_id'],
      ['other', 'customer_id,app_id'],
      ['work', 'customer_id,customer_secret,app_id'],
    ]);
    expect(accounts[0]?.known).toEqual({ customer_id: 'environment', app_id: 'project', url: 'https://user.example' });
    expect(await accounts[0]?.readCredentials()).toEqual({ ...accounts[0]?.known, customer_secret: 'stored-S3CRET' });
    expect(accounts[0]?.origins).toEqual({
      customer_id: { from: 'environment', variable: 'AGORA_CUSTOMER_ID', isSet: true },
      customer_secret: { from: 'secrets', file: path.join(home, 'secrets.json') },
      app_id: { from: 'project', file: path.join(folder, '.kosmo/config.yaml'), line: 1 },
      url: { from: 'user', file: path.join(home, 'config.yaml'), line: 1 },
    });
  });

  test('a field can be read from a variable of another name, which may not be set', async () => {
    const { settings: all } = await settings({
      user: accountsOf('{default: {customer_secret: {env: MINE}}, work: {customer_secret: {env: NOBODYS}}}'),
      env: { MINE: 'mine-S3CRET' },
    });
    const { accounts } = readAccounts(AGORA, all);
    expect(await accounts[0]?.readCredentials()).toEqual({ customer_secret: 'mine-S3CRET' });
    expect(accounts[1]?.missing).toContain('customer_secret');
    expect(accounts[1]?.origins.customer_secret).toEqual({ from: 'environment', variable: 'NOBODYS', isSet: false });
  });

  test('a project can switch an integration off, and not on again', async () => {
    const off = 'kosmo: {integrations: {agora: {enabled: false}}}';
    const on = 'kosmo: {integrations: {agora: {enabled: true}}}';
    expect(readAccounts(AGORA, (await settings({ project: off })).settings).disabled).toMatchObject({ from: 'project', line: 1 });
    expect(readAccounts(AGORA, (await settings({ user: off, project: on })).settings).disabled).toMatchObject({ from: 'user' });
    expect(readAccounts(AGORA, (await settings({ user: on })).settings).disabled).toBeUndefined();
  });

  test.each([
    [
      'user',
      accountsOf('{default: {customer_secret: plain-S3CRET}}'),
      /customer_secret is a secret, which must not stand in a configuration file/,
    ],
    ['project', accountsOf('{default: {url: https://elsewhere.example}}'), /url says where credentials are sent, which only your own/],
    ['user', accountsOf('{Work: {}}'), /accounts\.Work is not a name of an account/],
    ['user', accountsOf('[default]'), /config\.yaml:1: kosmo\.integrations\.agora\.accounts must be a mapping/],
    ['user', accountsOf('{default: nobody}'), /agora\.accounts\.default must be a mapping/],
    ['user', accountsOf('{default: {app_id: [1]}}'), /app_id must be text, or the name of an environment variable: \{ env: MY_VARIABLE \}/],
    ['user', accountsOf('{default: {customer_secret: {env: "no name"}}}'), /customer_secret must be the name of an environment variable/],
    ['user', 'kosmo: {integrations: {agora: {enabled: maybe}}}', /enabled must be true or false/],
    ['user', 'kosmo: {integrations: {agora: 5}}', /integrations\.agora must be a mapping/],
  ])('in the file of the %s, %s is refused by file and line', async (scope, text, message) => {
    const { settings: all } = await settings({ [scope]: text });
    expect(() => readAccounts(AGORA, all)).toThrowError(
      expect.objectContaining({ code: 'INVALID_CONFIGURATION', message: expect.stringMatching(message) }),
    );
  });
});
