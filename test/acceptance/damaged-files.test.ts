import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openSecretStore } from '../../src/credentials/index.ts';
import { DEFAULT_ACCOUNT, startEmulator } from '../../src/integrations/agora/emulator/index.ts';
import { openLedger } from '../../src/integrations/agora/recordings/ledger.ts';
import { cleanEnvironment, KOSMO } from '../helpers/cli.ts';
import { DAMAGES } from '../helpers/damage.ts';
import { fakeServer } from '../helpers/mcp.ts';
import { onScreen } from '../helpers/pty.ts';
import { runCli as kosmo } from '../helpers/run-cli.ts';
import { tempFolder } from '../helpers/temp-folder.ts';

const MONTH = new Date().toISOString().slice(0, 7);
const LEDGER = `agora/recordings-${MONTH}.jsonl`;
const AUDIT = 'audit/calls.jsonl';

interface FullDisk {
  readonly success: boolean;
  readonly stdout: string;
  readonly home: string;
  /** The resource ids of what runs after all. */
  readonly running: readonly { readonly resourceId: string; readonly sid: string }[];
}

describe.skipIf(process.platform === 'win32')('a disk that is full after some bytes', () => {
  const LUA = `app.integrations.agora.record{ mode = "mix", cname = input.c, uid = "77", recording_config = { channelType = 1 },
    storage_config = { vendor = 1, region = 0, bucket = "b", accessKey = "fake-access-key", secretKey = "fake-S3CRET-key" } }`;
  const BLOCKS = 8;

  /** Starts a recording for each number of bytes that the file may still grow by, in a process of its own. */
  async function startRecordings(file: string, rooms: readonly number[]): Promise<FullDisk[]> {
    const emulator = await startEmulator({ ratePerSecond: 0 });
    const { customerId, customerSecret, appIds } = DEFAULT_ACCOUNT;
    const account = { AGORA_CUSTOMER_ID: customerId, AGORA_CUSTOMER_SECRET: customerSecret, AGORA_APP_ID: appIds[0] ?? '' };
    try {
      return await Promise.all(
        rooms.map(async (room) => {
          const home = tempFolder();
          mkdirSync(path.dirname(path.join(home, file)));
          writeFileSync(path.join(home, file), '\n'.repeat(BLOCKS * 1024 - room));
          writeFileSync(path.join(home, 'config.yaml'), 'kosmo: { audit_log: true }');
          const env = cleanEnvironment({ ...account, AGORA_URL: emulator.url, KOSMO_HOME: home, NODE_DISABLE_COMPILE_CACHE: '1' });
          const command = `ulimit -f ${BLOCKS}; exec "$0" "$@"`;
          const lua = ['integrations:lua', '-e', LUA, '--arg', `c=room${room}`, '--force', '--json'];
          const stdout = await new Promise<string>((resolve) => {
            execFile('bash', ['-c', command, process.execPath, KOSMO, ...lua], { env }, (_error, text) => resolve(text));
          });
          const running = emulator.recordings().filter(({ cname }) => cname === `room${room}`);
          return { success: (JSON.parse(stdout) as { success: boolean }).success, stdout, home, running };
        }),
      );
    } finally {
      await emulator.close();
    }
  }

  test('of the ledger loses no recording that was started, and starts none whose line is not whole', async () => {
    const results = await startRecordings(LEDGER, [0, 1, 100, 200, 270, 300, 330, 400, 450, 4000]);
    for (const { success, home, stdout, running } of results) {
      expect(running, stdout).toHaveLength(success ? 1 : 0);
      const open = openLedger(path.join(home, 'agora')).open();
      expect(open.map(({ resourceId }) => resourceId)).toEqual(expect.arrayContaining(running.map(({ resourceId }) => resourceId)));
      // A sid that is in no file is in a warning.
      if (success && open[0]?.sid === null) expect(stdout).toContain(`runs with the sid ${running[0]?.sid}`);
    }
    expect(results.map(({ success }) => success)).toContain(false);
    expect(results.at(-1)?.success).toBe(true);
  });

  test('of the audit log starts no recording whose line is not whole, and says so', async () => {
    const results = await startRecordings(AUDIT, [0, 1, 200, 400, 700, 900, 1100, 1400, 1800, 4000]);
    for (const { success, home, stdout, running } of results) {
      expect(running, stdout).toHaveLength(success ? 1 : 0);
      const sent = linesThatCanBeRead(path.join(home, AUDIT)).filter((line) => line.event === 'sending');
      if (success) expect(sent.map((line) => line.function)).toContain('agora.start_recording');
      else expect(stdout).toMatch(/The audit log .* cannot be written: .*Nothing was sent\./);
    }
    expect(results.map(({ success }) => success)).toContain(false);
    expect(results.at(-1)?.success).toBe(true);
  });
});

function linesThatCanBeRead(file: string): Record<string, unknown>[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line) => {
      try {
        return [JSON.parse(line) as Record<string, unknown>];
      } catch {
        return [];
      }
    });
}

describe.skipIf(process.platform === 'win32')('a process', () => {
  const ACQUIRE = ['integrations:call', 'agora.acquire_recording_resource', '--cname', 'c', '--uid', '1', '--emulator', '--force'];
  const SERVERS = ['home/mcp.json', 'project/.mcp.json', 'project/.vscode/mcp.json'];
  /** Files that are damaged together, and a command that reads them all. */
  const CASES: readonly (readonly [readonly string[], readonly string[]])[] = [
    [['home/config.yaml'], ['config:list']],
    [['project/.kosmo/config.yaml'], ['config:list']],
    [['home/secrets.json'], ['integrations:doctor']],
    [['home/secrets.key'], ['mcp:secret:set', 'files', 'key', 'other-S3CRET']],
    [['home/trust.json'], ['mcp:doctor']],
    [SERVERS, ['mcp:list', '--all']],
    [[`home/${LEDGER}`], ['agora:recordings']],
    [[`home/${AUDIT}`], ACQUIRE],
  ];
  /** What can hold up, crash or fill a process; test/platform/damaged-home.test.ts has every damage, for every reader. */
  const OF_A_PROCESS = ['a named pipe', 'a link to a device', 'deeply nested', 'random bytes'];
  let original: string;
  let toolCache: string;

  beforeAll(async () => {
    original = mkdtempSync(path.join(tmpdir(), 'kosmo-damaged-'));
    const at = (file: string): string => path.join(original, file);
    const env = { KOSMO_HOME: at('home') };
    for (const folder of ['home/agora', 'home/audit', 'project/.kosmo', 'project/.vscode', 'project/.git'])
      mkdirSync(at(folder), { recursive: true });
    await openSecretStore({ env }).set('mcp.files.token', 'S3CRET-value');
    const config = 'kosmo:\n  audit_log: true\n  integrations:\n    agora:\n      accounts:\n        default:\n          app_id: app1\n';
    for (const folder of ['home', 'project/.kosmo']) writeFileSync(at(`${folder}/config.yaml`), config);
    writeFileSync(at('home/mcp.json'), JSON.stringify({ mcpServers: { fake: fakeServer() } }));
    writeFileSync(at('project/.mcp.json'), JSON.stringify({ mcpServers: { one: { command: 'node' } } }));
    writeFileSync(at('project/.vscode/mcp.json'), JSON.stringify({ servers: { two: { command: 'node' } } }));
    writeFileSync(at('home/trust.json'), JSON.stringify({ version: 1, projects: {} }));
    writeFileSync(at('home/audit/calls.jsonl'), '{"event":"ended"}\n');
    writeFileSync(at('home/lua_history'), 'a = 1\n');
    const ledger = openLedger(at('home/agora'));
    ledger.started(ledger.starting({ account: 'default', appId: 'a', resourceId: 'R', mode: 'mix', cname: 'c', uid: '1' }), 'S1');
    // Fills the cache of tools.
    expect((await kosmo(['mcp:tools', 'fake'], { env, cwd: at('project') })).code).toBe(0);
    const [tools] = readdirSync(at('home/mcp-tools'));
    toolCache = `home/mcp-tools/${tools}`;
  });
  afterAll(() => rmSync(original, { recursive: true, force: true }));

  function damaged(files: readonly string[], what: string): { env: { KOSMO_HOME: string }; cwd: string } {
    const root = tempFolder();
    cpSync(original, root, { recursive: true });
    for (const file of files) DAMAGES[what]?.(path.join(root, file));
    return { env: { KOSMO_HOME: path.join(root, 'home') }, cwd: path.join(root, 'project') };
  }

  const INTERNAL = /internal error|\n\s+at |call stack|E[A-Z]{4,}:|S3CRET-value/;

  test.each(CASES)('that meets a damaged %j ends with words of its own', async (files, args) => {
    await Promise.all(
      OF_A_PROCESS.map(async (what) => {
        const { code, stdout, stderr } = await kosmo(args, damaged(files, what));
        const said = `${what}: ${code} ${stdout}${stderr}`;
        expect(code, said).toBeTypeOf('number');
        expect(said).not.toMatch(INTERNAL);
        // An audit log only grows.
        if (code !== 0 || !files.includes(`home/${AUDIT}`)) for (const file of files) expect(said).toContain(file.replace(/^\w+\//, ''));
      }),
    );
  });

  test.each(['a named pipe', 'deeply nested'])('asks the server again when its list of tools is %s', async (what) => {
    const place = damaged([toolCache], what);
    const { code, stdout, stderr } = await kosmo(['mcp:lua', '-e', 'return app.mcp.fake.echo{message = "hello"}', '--json'], place);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('hello');
  });

  test.each(['a named pipe', 'random bytes'])('goes on at the prompt when its history is %s, and says so', async (what) => {
    const place = damaged(['home/lua_history'], what);
    const { code, raw } = await onScreen(['integrations:lua', '--repl'], { ...place, answers: [{ to: '> ', type: 'exit\r\u0004' }] });
    expect({ code, raw }).toEqual({ code: 0, raw: expect.stringContaining('lua_history') });
    expect(raw).not.toMatch(INTERNAL);
  });
});
