import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, type openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { openHistory } from '../../src/cli/repl/history.ts';
import { editConfig } from '../../src/config/index.ts';
import { openSecretStore, readAccounts } from '../../src/credentials/index.ts';
import { isKosmoError, type KosmoError } from '../../src/errors/index.ts';
import { openLedger } from '../../src/integrations/agora/recordings/ledger.ts';
import { readServers } from '../../src/mcp-client/config/servers.ts';
import { openSession } from '../../src/mcp-client/oauth/session.ts';
import { openToolCache } from '../../src/mcp-client/tools/tool-cache.ts';
import { isTrusted, recordTrust, subjectOf } from '../../src/mcp-client/trust/trust.ts';
import { createAuditLog } from '../../src/runtime/calls/audit-log.ts';
import type { CallLogEntry } from '../../src/runtime/calls/call-log-entry.ts';
import { lintSettings, listSettings, readSettings } from '../../src/settings/index.ts';
import { DAMAGES } from '../helpers/damage.ts';
import { tempFolder } from '../helpers/temp-folder.ts';

// For root, under whom tests run in a container, a file without a mode opens as any other.
vi.mock('node:fs', async (importOriginal) => {
  const fs = await importOriginal<typeof import('node:fs')>();
  const open: typeof openSync = (file, ...rest) => {
    const facts = fs.statSync(file, { throwIfNoEntry: false });
    if (facts?.isFile() && (facts.mode & 0o600) === 0) throw Object.assign(new Error(`EACCES: open '${file}'`), { code: 'EACCES' });
    return fs.openSync(file, ...rest);
  };
  return { ...fs, openSync: open };
});

const KEY = 'integration.agora.accounts.default.customer_secret';
const FACTS = { account: 'default', appId: 'app1', resourceId: 'R1', mode: 'mix', cname: 'room', uid: '1' };
const FIELDS = [
  { name: 'customer_secret', label: 'Secret', secret: true, required: true },
  { name: 'app_id', label: 'App', secret: false, required: true },
] as never;

/** A home with something in every file, and a project beside it. */
async function makeHome(): Promise<{ env: { KOSMO_HOME: string }; project: string }> {
  const env = { KOSMO_HOME: path.join(tempFolder(), 'home') };
  const project = path.join(env.KOSMO_HOME, '../project');
  mkdirSync(path.join(project, '.kosmo'), { recursive: true });
  mkdirSync(path.join(project, '.vscode'));
  mkdirSync(path.join(project, '.git'));
  await openSecretStore({ env }).change(() => ({ [KEY]: 'S3CRET-value', 'mcp.web.oauth': JSON.stringify({ url: 'https://x' }) }));
  const config = 'kosmo:\n  integrations:\n    agora:\n      accounts:\n        default:\n          app_id: app1\n';
  for (const file of [path.join(env.KOSMO_HOME, 'config.yaml'), path.join(project, '.kosmo/config.yaml')]) writeFileSync(file, config);
  const servers = JSON.stringify({ mcpServers: { one: { command: process.execPath } } });
  for (const file of ['.mcp.json', '.vscode/mcp.json']) writeFileSync(path.join(project, file), servers);
  writeFileSync(path.join(env.KOSMO_HOME, 'mcp.json'), servers.replace('one', 'own'));
  const entry = (await readServers({ env, folder: project })).effective.get('one');
  if (entry === undefined) throw new Error('no server');
  await recordTrust(entry, subjectOf(entry, env), env);
  const ledger = openLedger(path.join(env.KOSMO_HOME, 'agora'));
  ledger.started(ledger.starting(FACTS), 'S1');
  createAuditLog({ folder: path.join(env.KOSMO_HOME, 'audit'), command: 'test', emulator: false })
    .begin({ function: 'a.b', account: 'default', operation: 'read' })
    .ended({ status: 'ok' } as CallLogEntry);
  openHistory(path.join(env.KOSMO_HOME, 'lua_history'), () => undefined).add('a = 1');
  await openToolCache(env, 'one', 'x').write({ tools: [{ name: 'echo' }], problems: [], verdict: undefined, freshUntil: undefined });
  return { env, project };
}

type Place = Awaited<ReturnType<typeof makeHome>>;

/** Everything that reads the files, each with the text of what it found, or of what it warned about. */
const READERS: Readonly<Record<string, (place: Place) => Promise<unknown>>> = {
  async accounts({ env, project }) {
    const settings = await readSettings({ env, folder: project });
    const { accounts } = readAccounts({ id: 'agora', credentials: FIELDS }, settings);
    listSettings(settings, []);
    lintSettings(settings, []);
    return Promise.all(accounts.map((account) => account.readCredentials()));
  },
  secrets: ({ env }) => openSecretStore({ env }).get(KEY),
  'the key': ({ env }) => openSecretStore({ env }).rotate(undefined),
  'a change of secrets': ({ env }) => openSecretStore({ env }).set('other', 'other-S3CRET'),
  login: ({ env }) => openSession('web', 'https://x', openSecretStore({ env })).read(),
  'a change of settings': ({ env }) =>
    editConfig(path.join(env.KOSMO_HOME, 'config.yaml'), (document) => document.setIn(['kosmo', 'audit_log'], true)),
  servers: async ({ env, project }) => (await readServers({ env, folder: project })).problems,
  async trust({ env, project }) {
    const entry = (await readServers({ env, folder: project })).effective.get('one');
    return entry && isTrusted(entry, env);
  },
  ledger: async ({ env }) => openLedger(path.join(env.KOSMO_HOME, 'agora')).read().damage,
  'a start': async ({ env }) => openLedger(path.join(env.KOSMO_HOME, 'agora')).starting(FACTS),
  'an end': async ({ env }) => openLedger(path.join(env.KOSMO_HOME, 'agora')).hasEnded('S1'),
  async audit({ env }) {
    const log = createAuditLog({ folder: path.join(env.KOSMO_HOME, 'audit'), command: 'test', emulator: false });
    return log.begin({ function: 'a.b', account: 'default', operation: 'read' }).ended({ status: 'ok' } as CallLogEntry);
  },
  async history({ env }) {
    const problems: string[] = [];
    openHistory(path.join(env.KOSMO_HOME, 'lua_history'), (problem) => problems.push(problem)).add('b = 2');
    return problems;
  },
  tools: ({ env }) => openToolCache(env, 'one', 'x').read(),
};

const TOOLS = `mcp-tools/${createHash('sha256').update('one\nx').digest('hex').slice(0, 32)}.json`;
const LEDGER = `agora/recordings-${new Date().toISOString().slice(0, 7)}.jsonl`;
const FILES: readonly (readonly [string, readonly string[]])[] = [
  ['config.yaml', ['accounts', 'a change of settings']],
  ['secrets.json', ['accounts', 'secrets', 'login', 'the key', 'a change of secrets']],
  ['secrets.key', ['accounts', 'secrets', 'login', 'the key', 'a change of secrets']],
  ['trust.json', ['trust']],
  ['mcp.json', ['servers', 'trust']],
  [LEDGER, ['ledger', 'an end', 'a start']],
  ['audit/calls.jsonl', ['audit']],
  ['lua_history', ['history']],
  [TOOLS, ['tools']],
  ['../project/.kosmo/config.yaml', ['accounts']],
  ['../project/.mcp.json', ['servers', 'trust']],
  ['../project/.vscode/mcp.json', ['servers', 'trust']],
];

describe.each(FILES)('of %s', (name, readers) => {
  test.each(Object.entries(DAMAGES))('%s is no internal error, loses nothing else, and is named', async (what, damage) => {
    const place = await makeHome();
    const file = path.join(place.env.KOSMO_HOME, name);
    damage(file);
    for (const reader of readers) {
      const result = await (READERS[reader] as (typeof READERS)[string])(place).catch((thrown: unknown) => thrown);
      if (!(result instanceof Error)) continue;
      expect(isKosmoError(result), `${reader}: ${result.stack}`).toBe(true);
      expect((result as KosmoError).code, reader).toMatch(/^(INVALID_CONFIGURATION|SETTINGS_UNAVAILABLE|SECRET_UNREADABLE)$/);
      expect(`${result.message} ${(result as KosmoError).hint}`, reader).toContain(path.basename(path.dirname(file)));
      expect(result.message, reader).not.toMatch(/stack|undefined|is not a function|E(ISDIR|ACCES|LOOP)|S3CRET/);
    }
    // The others are as they were.
    for (const [reader, read] of Object.entries(READERS)) {
      const isTouched = FILES.some(([other, names]) => other === name && names.includes(reader));
      if (!isTouched) await expect(read(place), `${what}: ${reader}`).resolves.not.toBeInstanceOf(Error);
    }
    expect(readdirSync(place.env.KOSMO_HOME).filter((left) => left.endsWith('.tmp'))).toEqual([]);
  });
});

test('a file that may not be read is named by each reader that needs it, and is as it was afterwards', async () => {
  // Without the list of tools the server is asked; the audit log is only appended to, and returns what it could not do.
  for (const [name, readers] of FILES.filter(([file]) => file !== TOOLS)) {
    const place = await makeHome();
    const file = path.join(place.env.KOSMO_HOME, name);
    const before = readFileSync(file);
    DAMAGES['a mode for nobody']?.(file);
    for (const reader of readers) {
      const result = await (READERS[reader] as (typeof READERS)[string])(place).catch((thrown: Error) => thrown.message);
      // What a project's files say of servers is named by the reader of servers; trust and ended recordings are then unknown.
      if (!['trust', 'an end'].includes(reader) || name === 'trust.json')
        expect(JSON.stringify(result), `${name}: ${reader}`).toMatch(/permission denied/);
    }
    chmodSync(file, 0o600);
    expect(readFileSync(file).equals(before), name).toBe(true);
  }
});

test.each(Object.keys(DAMAGES).filter((what) => what !== 'empty'))('a ledger that is %s is never read as a whole one', async (what) => {
  const { env } = await makeHome();
  const file = path.join(env.KOSMO_HOME, LEDGER);
  DAMAGES[what]?.(file);
  const { open, damage } = openLedger(path.join(env.KOSMO_HOME, 'agora')).read();
  expect(open.length > 0 || damage.length > 0).toBe(true);
  if (open[0]?.sid !== 'S1') expect(damage).toEqual([expect.objectContaining({ file }), ...damage.slice(1)]);
});

test('no reader changes a file that it cannot understand', async () => {
  for (const [name, readers] of FILES.filter(([file]) => !['lua_history', 'audit/calls.jsonl', LEDGER, TOOLS].includes(file))) {
    const place = await makeHome();
    const file = path.join(place.env.KOSMO_HOME, name);
    DAMAGES['random bytes']?.(file);
    const before = readFileSync(file);
    for (const reader of readers) await (READERS[reader] as (typeof READERS)[string])(place).catch(() => undefined);
    expect(readFileSync(file).equals(before), name).toBe(true);
  }
});
