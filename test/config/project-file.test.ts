import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { readGatewaySettings } from '../../src/cli/options/gateway.ts';
import { type AccountChanges, checkChanges, readAccounts } from '../../src/credentials/index.ts';
import { integrationProvider, mcpServerProvider } from '../../src/integration/index.ts';
import { createPolicy, isAudited } from '../../src/policy/index.ts';
import { integrationSummaries } from '../../src/runtime/index.ts';
import { lintSettings, listSettings, readSettings, type Settings } from '../../src/settings/index.ts';
import { tempFolder } from '../helpers/temp-folder.ts';

const [AGORA] = integrationSummaries;
if (AGORA === undefined) throw new Error('no integration');

async function settingsOf(
  project: string,
  { user = '', env = {} }: { user?: string; env?: Record<string, string> } = {},
): Promise<Settings> {
  const root = tempFolder();
  for (const [folder, text] of [
    ['home', user],
    ['project/.kosmo', project],
  ] as const) {
    mkdirSync(path.join(root, folder), { recursive: true });
    writeFileSync(path.join(root, folder, 'config.yaml'), text);
  }
  return readSettings({ env: { KOSMO_HOME: path.join(root, 'home'), ...env }, folder: path.join(root, 'project') });
}

const agora = (text: string): string => `kosmo: { integrations: { agora: ${text} } }`;
const account = (fields: string): string => agora(`{ accounts: { x: { ${fields} } } }`);
const accountX = (settings: Settings) => readAccounts(AGORA, settings).accounts.find(({ name }) => name === 'x');
const level = ({ config }: Settings): string =>
  createPolicy(config.layers, integrationSummaries).decide({
    provider: integrationProvider('agora'),
    name: 'start_recording',
    operation: 'write',
    account: 'x',
  }).level;

/** Each row of "What a project's file may do" in lua-docs/accounts.md. */
describe("a project's file may", () => {
  test('disable an integration, and not enable it', async () => {
    expect(readAccounts(AGORA, await settingsOf(agora('{ enabled: false }'))).disabled).toBeDefined();
    const enabled = await settingsOf(agora('{ enabled: true }'), { user: agora('{ enabled: false }') });
    expect(readAccounts(AGORA, enabled).disabled).toBeDefined();
  });

  test.each([
    ['{ write: deny }', 'deny'],
    ['{ write: allow }', 'ask'],
    ['{ accounts: { x: { write: allow } } }', 'ask'],
    ['{ functions: { start_recording: deny } }', 'deny'],
  ])('make permissions stricter, and not looser: %s gives %s', async (permissions, expected) => {
    expect(level(await settingsOf(agora(`{ permissions: ${permissions} }`)))).toBe(expected);
  });

  test.each([
    ['{ servers: { docs: { permissions: { write: deny } } } }', 'deny'],
    ['{ servers: { docs: { permissions: { write: allow } } } }', 'ask'],
    ['{ servers: { docs: { permissions: { functions: { save: deny } } } } }', 'deny'],
    ['{ servers: { docs: { permissions: { functions: { save: allow } } } } }', 'ask'],
    ['{ permissions_default: deny }', 'deny'],
    ['{ permissions_default: allow }', 'ask'],
  ])('do the same for MCP servers: %s gives %s', async (mcp, expected) => {
    const { config } = await settingsOf(`kosmo: { mcp: ${mcp} }`);
    const save = { provider: mcpServerProvider('docs'), name: 'save', operation: 'write', account: null } as const;
    expect(createPolicy(config.layers, []).decide(save).level).toBe(expected);
  });

  test('not have profiles of the gateway: only those of your own file can be chosen', async () => {
    const profile = (tools: string): string => `kosmo: { mcp_gateway: { profiles: { ci: { tools: ${tools} } } } }`;
    const { config } = await settingsOf(profile('code'));
    expect(() => readGatewaySettings({ profile: 'ci' }, config)).toThrow(/ci/);
    const { config: both } = await settingsOf(profile('code'), { user: profile('functions') });
    expect(readGatewaySettings({ profile: 'ci' }, both)).toEqual(
      readGatewaySettings({ profile: 'ci' }, (await settingsOf('', { user: profile('functions') })).config),
    );
  });

  test('switch the audit log on, and not off', async () => {
    expect(isAudited((await settingsOf('kosmo: { audit_log: true }')).config.layers)).toBe(true);
    expect(isAudited((await settingsOf('kosmo: { audit_log: false }', { user: 'kosmo: { audit_log: true }' })).config.layers)).toBe(true);
  });

  test('give a field that is not a secret, as text', async () => {
    expect(accountX(await settingsOf(account('app_id: app-of-project')))?.known).toMatchObject({ app_id: 'app-of-project' });
  });

  test.each(['customer_secret: plain-S3CRET', 'customer_secret: "12345678"'])('not hold a secret: %s', async (field) => {
    const settings = await settingsOf(account(field));
    expect(() => readAccounts(AGORA, settings)).toThrow(/is a secret, which must not stand in a configuration file/);
  });

  test.each(['url: https://elsewhere.example', 'url: { env: AGORA_URL }', 'url: { env: AGORA_X_URL }'])(
    'not say where credentials are sent: %s',
    async (field) => {
      const settings = await settingsOf(account(field));
      expect(() => readAccounts(AGORA, settings)).toThrow(/says where credentials are sent, which only your own configuration may/);
    },
  );

  test.each([
    ['app_id', 'AGORA_APP_ID'],
    ['app_id', 'AGORA_MY_TEAM_APP_ID'],
    ['customer_id', 'AGORA_STAGING_CUSTOMER_ID'],
    ['customer_secret', 'AGORA_STAGING_CUSTOMER_SECRET'],
    ['region', 'AGORA_REGION'],
  ])('read %s from %s, a variable of that field', async (field, variable) => {
    const settings = await settingsOf(account(`${field}: { env: ${variable} }`), { env: { [variable]: 'value-of-variable' } });
    expect(await accountX(settings)?.readCredentials()).toMatchObject({ [field]: 'value-of-variable' });
  });

  test.each([
    ['customer_id', 'AGORA_CUSTOMER_SECRET'],
    ['app_id', 'AGORA_STAGING_CUSTOMER_SECRET'],
    ['app_id', 'DEPLOY_TOKEN'],
    ['app_id', 'AGORA_CUSTOMER_ID'],
    ['app_id', 'agora_app_id'],
    ['app_id', 'XAGORA_APP_ID'],
    ['app_id', 'AGORA_APP_ID_TOKEN'],
    ['region', 'HOME'],
    ['requests_per_second', 'PORT'],
    ['customer_secret', 'GITHUB_TOKEN'],
    ['customer_secret', 'KOSMO_CREDENTIAL_KEY'],
  ])('not read %s from %s, and neither the file nor configure --project --set-env can say so', async (field, variable) => {
    const settings = await settingsOf(account(`${field}: { env: ${variable} }`), { env: { [variable]: 'tok-123456789' } });
    const refusal = new RegExp(`config\\.yaml:1: kosmo\\.integrations\\.agora\\.accounts\\.x\\.${field} .*${variable}`);
    const message = (() => {
      try {
        return void readAccounts(AGORA, settings);
      } catch (thrown) {
        return JSON.stringify([(thrown as Error).message, thrown]);
      }
    })();
    expect(message).toMatch(refusal);
    expect(message).not.toContain('tok-123456789');
    const changes: AccountChanges = {
      ...{ account: 'x', scope: 'project', set: {}, setEnv: { [field]: variable }, unset: [], permissions: {} },
    };
    expect(checkChanges(AGORA, changes, [], (await settingsOf('')).config.layers)).toEqual([
      { path: field, message: expect.stringContaining(variable) },
    ]);
  });

  test('read a field from a variable that your own file names for it, in whatever account, and for no other field', async () => {
    const user = agora('{ accounts: { default: { customer_secret: { env: TEAM_PASSWORD } } } }');
    const env = { TEAM_PASSWORD: 'team-S3CRET' };
    const named = await settingsOf(account('customer_secret: { env: TEAM_PASSWORD }'), { user, env });
    expect(await accountX(named)?.readCredentials()).toMatchObject({ customer_secret: 'team-S3CRET' });
    const shown = await settingsOf(account('app_id: { env: TEAM_PASSWORD }'), { user, env });
    expect(() => readAccounts(AGORA, shown)).toThrow(/app_id would show TEAM_PASSWORD, which holds a secret/);
  });

  test('not have the value of a variable listed', async () => {
    const settings = await settingsOf(account('app_id: { env: AGORA_OTHER_APP_ID }, region: { env: AGORA_OTHER_REGION }'), {
      env: { AGORA_OTHER_APP_ID: 'other-app-id' },
    });
    const listed = listSettings(settings, integrationSummaries);
    expect(listed).toContainEqual(expect.objectContaining({ name: 'integrations.agora.accounts.x.app_id', value: null, secret: true }));
    expect(listed).toContainEqual(expect.objectContaining({ name: 'integrations.agora.accounts.x.region', value: null, secret: false }));
    expect(JSON.stringify(listed.filter(({ name }) => name.includes('.x.')))).not.toContain('other-app-id');
  });

  test('say something unknown, which has no effect and is named', async () => {
    expect(lintSettings(await settingsOf('kosmo: { anything: 1 }'), integrationSummaries)).toEqual([
      expect.stringContaining('kosmo.anything is not a setting and has no effect'),
    ]);
  });
});

test.each([
  ['app_id', 'AGORA_CUSTOMER_SECRET'],
  ['customer_id', 'AGORA_WORK_CUSTOMER_SECRET'],
  ['region', 'KOSMO_CREDENTIAL_KEY'],
])('your own file cannot show a secret either: %s from %s', async (field, variable) => {
  const settings = await settingsOf('', { user: account(`${field}: { env: ${variable} }`), env: { [variable]: 'tok-123456789' } });
  expect(() => readAccounts(AGORA, settings)).toThrow(`would show ${variable}, which holds a secret`);
});
