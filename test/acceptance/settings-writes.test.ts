import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { kosmo } from '../helpers/cli.ts';
import { tempFolder } from '../helpers/temp-folder.ts';
import { hasTmux, openTestTerminal, type TestTerminal } from '../helpers/terminal.ts';

const KILL = pathToFileURL(path.join(import.meta.dirname, '../fixtures/kill-before-rename.mjs')).href;

test('AC-236 of twenty processes that configure at once, none loses what another has set', async () => {
  const env = { KOSMO_HOME: tempFolder() };
  const names = Array.from({ length: 20 }, (_, index) => `account_${index}`);
  const results = await Promise.all(
    names.map((name) =>
      kosmo(['integrations:configure', 'agora', '--account', name, '--stdin-json'], {
        env,
        stdin: JSON.stringify({ set: { app_id: `app-${name}`, customer_id: 'c', customer_secret: `secret-S3CRET-${name}` } }),
      }),
    ),
  );
  expect(results.map(({ code }) => code)).toEqual(names.map(() => 0));
  const { stdout } = await kosmo(['integrations:accounts', 'agora', '--json'], { env });
  const accounts: { name: string; configured: boolean }[] = JSON.parse(stdout).accounts;
  expect(accounts.filter(({ configured }) => configured).map(({ name }) => name)).toEqual(names.sort());
  // Every secret can be read with the one key that was made.
  expect((await kosmo(['integrations:doctor', 'agora', '--json'], { env })).code).toBe(0);
  expect(readdirSync(env.KOSMO_HOME).sort()).toEqual(['config.yaml', 'secrets.json', 'secrets.key']);
});

describe('a process that is killed while it writes', () => {
  const setRegion = async (region: string, env: Record<string, string>) =>
    kosmo(['integrations:configure', 'agora', '--set', `region=${region}`], { env });

  test('leaves the file as it was, and the next one writes as if nothing had been', async () => {
    const env = { KOSMO_HOME: tempFolder() };
    const file = path.join(env.KOSMO_HOME, 'config.yaml');
    await setRegion('eu', env);
    const before = readFileSync(file, 'utf8');
    const killed = await setRegion('us', { ...env, NODE_OPTIONS: `--import ${KILL}` });
    expect(killed.code).toBeNull();
    expect(readFileSync(file, 'utf8')).toBe(before);
    expect(existsSync(`${file}.tmp`)).toBe(true);
    // It waits until the lock that was left behind counts as such.
    expect(await setRegion('us', env)).toMatchObject({ code: 0 });
    expect(readFileSync(file, 'utf8')).toBe(before.replace('eu', 'us'));
    expect(readdirSync(env.KOSMO_HOME)).toEqual(['config.yaml']);
  });
});

describe.skipIf(!hasTmux)('at a terminal', () => {
  let terminal: TestTerminal | undefined;
  afterEach(() => terminal?.close());

  const answer = async (question: string | RegExp, text: string): Promise<void> => {
    await terminal?.see(question);
    await terminal?.type(text);
    await terminal?.press('Enter');
  };

  test('what is missing is asked for, wrong values again, and a secret is not shown', async () => {
    const env = { KOSMO_HOME: tempFolder() };
    terminal = await openTestTerminal(['integrations:configure', 'agora'], env);
    await answer('Customer ID:', 'my-customer');
    await answer('Customer secret (not shown):', 'typed-S3CRET');
    await answer('App ID:', 'app/1');
    // What is typed before the question stands there is no answer to it.
    await answer(/app_id must be letters, digits, - and _\.[\s\S]*\nApp ID:$/, 'app1');
    expect(await terminal.exitCode()).toBe(0);
    const screen = await terminal.see('Configured agora (default).');
    expect(screen).toContain('my-customer');
    expect(screen).not.toContain('S3CRET');
    expect(screen).toContain(`Secrets are in ${env.KOSMO_HOME}/secrets.json, encrypted with the key in ${env.KOSMO_HOME}/secrets.key.`);
    await terminal.close();

    terminal = await openTestTerminal(['integrations:doctor', 'agora'], env);
    expect(await terminal.exitCode()).toBe(0);
    expect(await terminal.see('agora: active')).toMatch(
      /account default: complete\n +✓ customer_id from .*config\.yaml:6\n +✓ customer_secret from .*secrets\.json\n/,
    );
  });

  test('before an account is removed the user is asked', async () => {
    const env = { KOSMO_HOME: tempFolder() };
    await kosmo(['integrations:configure', 'agora', '--account', 'old', '--set', 'customer_secret=old-S3CRET'], { env });
    for (const [text, code] of [
      ['n', 4],
      ['y', 0],
    ] as const) {
      terminal = await openTestTerminal(['integrations:accounts', 'agora', 'remove', 'old'], env);
      await answer("Delete the account 'old' of agora with its secrets? [y/N]", text);
      expect(await terminal.exitCode()).toBe(code);
      await terminal.close();
      const kept = Object.keys(JSON.parse(readFileSync(path.join(env.KOSMO_HOME, 'secrets.json'), 'utf8')).secrets);
      expect(kept).toHaveLength(code === 0 ? 0 : 1);
    }
    terminal = undefined;
  });

  test('without an answer nothing is changed', async () => {
    const env = { KOSMO_HOME: tempFolder() };
    terminal = await openTestTerminal(['integrations:configure', 'agora'], env);
    await answer('Customer ID:', 'my-customer');
    await terminal.see('Customer secret');
    await terminal.press('C-d');
    expect(await terminal.exitCode()).toBe(130);
    expect(await terminal.see('error:')).toContain('There was no answer. Nothing was changed.');
    expect(readdirSync(env.KOSMO_HOME)).toEqual([]);
  });

  test('an empty answer keeps what is there', async () => {
    const env = { KOSMO_HOME: tempFolder(), AGORA_CUSTOMER_SECRET: 'env-S3CRET' };
    writeFileSync(
      path.join(env.KOSMO_HOME, 'config.yaml'),
      'kosmo: {integrations: {agora: {accounts: {default: {customer_id: old, app_id: old}}}}}\n',
    );
    terminal = await openTestTerminal(['integrations:configure', 'agora'], env);
    await answer('Customer ID:', '');
    await answer('Customer secret (not shown):', '');
    await answer('App ID:', 'new');
    expect(await terminal.exitCode()).toBe(0);
    expect(readFileSync(path.join(env.KOSMO_HOME, 'config.yaml'), 'utf8')).toContain('customer_id: old, app_id: new');
  });
});
