import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { DEFAULT_ACCOUNT, startEmulator } from '../../src/integrations/agora/emulator/index.ts';
import { openLedger } from '../../src/integrations/agora/ledger.ts';
import { openSecretStore } from '../../src/settings/index.ts';
import { cleanEnvironment, KOSMO, kosmo } from '../helpers/cli.ts';
import { DAMAGES } from '../helpers/damage.ts';
import { tempFolder } from '../helpers/temp-folder.ts';

const MONTH = new Date().toISOString().slice(0, 7);
const LEDGER = `agora/recordings-${MONTH}.jsonl`;

describe('a disk that is full after some bytes of the ledger', () => {
  const LUA = `app.integrations.agora.record{ mode = "mix", cname = input.c, uid = "77", recording_config = { channelType = 1 },
    storage_config = { vendor = 1, region = 0, bucket = "b", accessKey = "fake-access-key", secretKey = "fake-S3CRET-key" } }`;
  const BLOCKS = 8;

  test.skipIf(process.platform === 'win32')('loses no recording that was started, and starts none whose line is not whole', async () => {
    const emulator = await startEmulator({ ratePerSecond: 0 });
    const { customerId, customerSecret, appIds } = DEFAULT_ACCOUNT;
    const account = { AGORA_CUSTOMER_ID: customerId, AGORA_CUSTOMER_SECRET: customerSecret, AGORA_APP_ID: appIds[0] ?? '' };
    try {
      const rooms = [0, 1, 100, 200, 270, 300, 330, 400, 450, 4000];
      const results = await Promise.all(
        rooms.map(async (room) => {
          const home = tempFolder();
          mkdirSync(path.join(home, 'agora'));
          writeFileSync(path.join(home, LEDGER), '\n'.repeat(BLOCKS * 1024 - room));
          const env = { ...account, AGORA_URL: emulator.url, KOSMO_HOME: home, NODE_DISABLE_COMPILE_CACHE: '1' };
          const command = `ulimit -f ${BLOCKS}; exec "$0" "$@"`;
          const args = [
            '-c',
            command,
            process.execPath,
            KOSMO,
            'integrations:lua',
            '-e',
            LUA,
            '--arg',
            `c=room${room}`,
            '--force',
            '--json',
          ];
          const stdout = await new Promise<string>((resolve) => {
            execFile('bash', args, { env: cleanEnvironment(env) }, (_error, text) => resolve(text));
          });
          const document = JSON.parse(stdout) as { success: boolean; meta: object; open_recordings: { sid: string }[] };
          return { room, success: document.success, open: openLedger(path.join(home, 'agora')).open(), stdout };
        }),
      );
      for (const { room, success, open, stdout } of results) {
        const running = emulator.recordings().filter(({ cname }) => cname === `room${room}`);
        expect(running, `${room} bytes`).toHaveLength(success ? 1 : 0);
        expect(open.map(({ resourceId }) => resourceId)).toEqual(expect.arrayContaining(running.map(({ resourceId }) => resourceId)));
        // A sid that is in no file is in a warning.
        if (success && open[0]?.sid === null) expect(stdout).toContain(`runs with the sid ${running[0]?.sid}`);
      }
      expect(results.map(({ success }) => success)).toContain(false);
      expect(results.at(-1)?.success).toBe(true);
    } finally {
      await emulator.close();
    }
  });
});

describe.skipIf(process.platform === 'win32')('a process', () => {
  const ACQUIRE = ['integrations:call', 'agora.acquire_recording_resource', '--cname', 'c', '--uid', '1', '--emulator', '--force'];
  const CASES: readonly (readonly [string, readonly string[]])[] = [
    ['home/config.yaml', ['config:list']],
    ['home/secrets.json', ['integrations:doctor']],
    ['home/secrets.key', ['mcp:secret:set', 'files', 'key', 'other-S3CRET']],
    ['home/trust.json', ['mcp:doctor']],
    ['home/mcp.json', ['mcp:list', '--all']],
    [`home/${LEDGER}`, ['agora:recordings']],
    ['home/audit/calls.jsonl', ACQUIRE],
    ['project/.kosmo/config.yaml', ['config:list']],
    ['project/.mcp.json', ['mcp:list', '--all']],
  ];

  async function makePlace(): Promise<string> {
    const root = tempFolder();
    const env = { KOSMO_HOME: path.join(root, 'home') };
    for (const folder of ['home/agora', 'home/audit', 'project/.kosmo', 'project/.git'])
      mkdirSync(path.join(root, folder), { recursive: true });
    await openSecretStore({ env }).set('mcp.files.token', 'S3CRET-value');
    const config = 'kosmo:\n  audit_log: true\n  integrations:\n    agora:\n      accounts:\n        default:\n          app_id: app1\n';
    for (const folder of ['home', 'project/.kosmo']) writeFileSync(path.join(root, folder, 'config.yaml'), config);
    const servers = JSON.stringify({ mcpServers: { one: { command: 'node' } } });
    for (const file of ['home/mcp.json', 'project/.mcp.json']) writeFileSync(path.join(root, file), servers);
    writeFileSync(path.join(root, 'home/trust.json'), JSON.stringify({ version: 1, projects: {} }));
    writeFileSync(path.join(root, 'home/audit/calls.jsonl'), '{"event":"ended"}\n');
    const ledger = openLedger(path.join(root, 'home/agora'));
    ledger.started(ledger.starting({ account: 'default', appId: 'a', resourceId: 'R', mode: 'mix', cname: 'c', uid: '1' }), 'S1');
    return root;
  }

  test.each(CASES)('that meets a damaged %s ends with words of its own', async (name, args) => {
    await Promise.all(
      Object.entries(DAMAGES).map(async ([what, damage]) => {
        const root = await makePlace();
        damage(path.join(root, name));
        const env = { KOSMO_HOME: path.join(root, 'home') };
        const { code, stdout, stderr } = await kosmo(args, { env, cwd: path.join(root, 'project') });
        const said = `${what}: ${code} ${stdout}${stderr}`;
        expect(code, said).toBeTypeOf('number');
        expect(said).not.toMatch(/internal error|\n\s+at |call stack|S3CRET-value/i);
        if (code !== 0) expect(said).toContain(path.basename(name));
        if (name.endsWith(LEDGER) && !['empty', 'a mode for nobody'].includes(what)) expect(said).toContain(path.basename(name));
      }),
    );
  });
});
