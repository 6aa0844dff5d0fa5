import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { createManualClock, DEFAULT_ACCOUNT, type Emulator, startEmulator } from '../../src/integrations/agora/emulator/index.ts';
import { cleanEnvironment, type EmulatorProcess, KOSMO, startEmulatorProcess } from '../helpers/cli.ts';
import { fakeServer, mcpPlace } from '../helpers/mcp.ts';
import { runCli as kosmo, runLuaCli as lua } from '../helpers/run-cli.ts';
import { SPEC_BLOCKS } from '../helpers/spec-blocks.ts';

const root = path.join(import.meta.dirname, '../..');
let emulator: EmulatorProcess;

beforeAll(async () => {
  emulator = await startEmulatorProcess(['--speed', '50']);
});
afterAll(() => emulator.stop());

describe('the workflows, against an emulator in a process of its own', () => {
  test('record_channel records, and reports the files', async () => {
    const args = ['workflows/record_channel.lua', '--force', '--input', '@workflows/record_channel.example.json', '--arg', 'seconds=0.4'];
    const { code, output, result, call_log } = await lua(args, { env: emulator.env, cwd: root });
    expect(code).toBe(0);
    expect(output).toMatch(
      /^recording teamstandup as [0-9a-f]{32}\nstate [45]\nlayout changed to floating\nafter 0\.4 s: state 5, 2 file\(s\)\nupload: uploaded\n/,
    );
    expect(result).toEqual([
      {
        sid: expect.stringMatching(/^[0-9a-f]{32}$/),
        uploading_status: 'uploaded',
        files: [expect.stringMatching(/\.m3u8$/), expect.stringMatching(/\.mp4$/)],
      },
    ]);
    expect(call_log.map(({ name }) => name).filter((name) => name !== 'query_recording')).toEqual([
      'acquire_recording_resource',
      'start_recording',
      'update_recording_layout',
      'stop_recording',
    ]);
  });

  describe.each(['record_channel', 'record_web_page'])('%s leaves no recording running', (name) => {
    const workflow = readFileSync(path.join(root, `workflows/${name}.lua`), 'utf8');
    const args = ['-', '--module-path', 'workflows', '--force', '--input', `@workflows/${name}.example.json`];
    let watched: Emulator;
    let env: Record<string, string>;

    beforeEach(async () => {
      watched = await startEmulator({ ratePerSecond: 0 });
      const { customerId, customerSecret, appIds } = DEFAULT_ACCOUNT;
      env = { AGORA_URL: watched.url, AGORA_CUSTOMER_ID: customerId, AGORA_CUSTOMER_SECRET: customerSecret, AGORA_APP_ID: appIds.join() };
    });
    afterEach(() => watched.close());
    const phases = () => watched.recordings().map(({ phase, stoppedAt }) => (stoppedAt === undefined ? phase : 'stopped'));

    test.each([
      ['an error', 1, 'error("injected", 0)', []],
      ['a time limit', 6, 'sleep(60)', ['--timeout', '2']],
      ['too much computing', 6, 'while true do end', ['--cpu-limit', '2']],
    ])('after %s while it records', async (_what, exitCode, injected, limits) => {
      const stdin = workflow.replace(/(?=^print\("recording )/m, `${injected} `);
      const { code, call_log } = await lua([...args, ...limits], { env, cwd: root, stdin });
      expect({ code, last: call_log.at(-1)?.name, phases: phases() }).toEqual({
        code: exitCode,
        last: 'stop_recording',
        phases: ['stopped'],
      });
    });

    test('after Ctrl-C while it records', async () => {
      const child = spawn(process.execPath, [KOSMO, 'integrations:lua', ...args, '--arg', 'seconds=60'], {
        env: cleanEnvironment(env),
        cwd: root,
      });
      child.stdin.end(workflow);
      await once(child.stdout, 'data');
      expect(phases()).toEqual(['running']);
      child.kill('SIGINT');
      const [code] = (await once(child, 'close')) as [number | null];
      expect({ code, phases: phases() }).toEqual({ code: 130, phases: ['stopped'] });
    });
  });

  test('record_web_page records, and reports the files', async () => {
    const args = ['workflows/record_web_page.lua', '--force', '--input', '@workflows/record_web_page.example.json', '--arg', 'seconds=0.2'];
    const { code, result } = await lua(args, { env: emulator.env, cwd: root });
    expect(code).toBe(0);
    expect(result).toEqual([
      {
        sid: expect.any(String),
        uploading_status: 'uploaded',
        files: [expect.stringMatching(/_webpage\.m3u8$/), expect.stringMatching(/_webpage_0\.mp4$/)],
      },
    ]);
  });

  test('record_channels records the channels that it can, and names the one that failed', async () => {
    const input = JSON.parse(readFileSync(path.join(root, 'workflows/record_channels.example.json'), 'utf8')) as { channels: object[] };
    const channels = [...input.channels, { cname: 'kaput', uid: '0' }];
    const args = ['workflows/record_channels.lua', '--force', '--input', JSON.stringify({ ...input, channels, seconds: 0.2 })];
    const { code, result, output, log, error_detail, open_recordings } = await lua(args, { env: emulator.env, cwd: root });
    expect({ code, error: error_detail?.code }).toEqual({ code: 10, error: 'SCRIPT_EXIT' });
    expect(output).toMatch(/^kaput: /m);
    expect(log).toMatchObject([{ text: expect.stringMatching(/^failed: kaput: .*uid must be from 1/) }]);
    const uploaded = {
      sid: expect.any(String),
      uploading_status: 'uploaded',
      files: expect.arrayContaining([expect.stringMatching(/\.mp4$/)]),
    };
    expect(result?.[0]).toMatchObject([
      { cname: 'standup', ...uploaded },
      { cname: 'retro', ...uploaded },
      { cname: 'demo', ...uploaded },
      { cname: 'kaput', error: expect.stringContaining('uid must be from 1') },
    ]);
    expect(open_recordings).toEqual([]);
  });

  test('record_channels fails as its first channel did if all of them fail', async () => {
    const input = JSON.parse(readFileSync(path.join(root, 'workflows/record_channels.example.json'), 'utf8')) as object;
    const channels = ['kaput', 'broken'].map((cname) => ({ cname, uid: '0' }));
    const args = ['workflows/record_channels.lua', '--force', '--input', JSON.stringify({ ...input, channels })];
    const { code, error, error_detail, output, log } = await lua(args, { env: emulator.env, cwd: root });
    expect({ code, error: error_detail?.code }).toEqual({ code: 1, error: 'INVALID_ARGUMENTS' });
    expect(error).toContain('uid must be from 1');
    expect(output).toMatch(/^kaput: .*\nbroken: /);
    expect(log.map(({ text }) => text.slice(0, 14))).toEqual(['failed: kaput:', 'failed: broken']);
  });

  test.each([
    ['plain', /^192\.0\.2\.\d+$/],
    ['nginx', /^allow [\d.]+;$/],
    ['cidr', /^[\d.]+\/32$/],
    ['nftables', /^flush set inet filter agora_notifications$/],
  ])('notification_ips prints an allowlist as %s', async (format, line) => {
    const { code, output } = await lua(['workflows/notification_ips.lua', '--arg', `format=${format}`], { env: emulator.env, cwd: root });
    expect(code).toBe(0);
    expect(output.split('\n')[0]).toMatch(line);
  });

  test.each([
    'workflows/record_channel.lua',
    'workflows/record_channels.lua',
    'workflows/record_web_page.lua',
    'workflows/stop_older_than.lua',
    'workflows/rotate_layouts.lua',
    'workflows/nightly_upload_check.lua',
  ])('%s says what input it lacks, before it calls anything', async (file) => {
    const { code, error, call_log } = await lua([file, '--force'], { env: emulator.env, cwd: root });
    expect({ code, calls: call_log.length }).toEqual({ code: 2, calls: 0 });
    expect(error).toMatch(/^input\.\w+ is required\./);
  });

  test.each([
    [
      'record_channel',
      { seconds: -1, storage: [1], cname: ' ' },
      ['cname must not be empty.', 'uid is required.', 'storage must be an object or valid JSON object.', 'seconds must be at least 0.'],
    ],
    [
      'record_channels',
      { channels: [{ cname: 'a' }, 5], at_once: 1.5, storage: {} },
      ['channels[1].uid is required.', 'channels[2] must be an object or valid JSON object.', 'at_once must be an integer.'],
    ],
    ['record_web_page', { url: {}, width: 'wide', storage: {} }, ['url must be a string.', 'width must be an integer.']],
    [
      'rotate_layouts',
      { resource_id: 'r', sid: 's', cname: 'c', uid: 1, layouts: [0, 'x', 3], rounds: 'many' },
      ['layouts[2] must be one of 0, 1, 2.', 'layouts[3] must be one of 0, 1, 2.', 'rounds must be an integer.'],
    ],
    ['rotate_layouts', { resource_id: 'r', sid: 's', cname: 'c', uid: 1, layouts: 2 }, ['layouts must be an array or valid JSON array.']],
    [
      'nightly_upload_check',
      { recordings: { sid: 's' }, timeout: 'soon' },
      ['recordings must be an array or valid JSON array.', 'timeout must be an integer.'],
    ],
    [
      'stop_older_than',
      { recordings: ['s'], hours: true },
      ['recordings[1] must be an object or valid JSON object.', 'hours must be a number.'],
    ],
  ])('%s tells all that is wrong with %j before it calls anything', async (name, input, problems) => {
    const args = [`workflows/${name}.lua`, '--force', '--input', JSON.stringify(input)];
    const { code, error, call_log } = await lua(args, { env: emulator.env, cwd: root });
    expect({ code, calls: call_log.length }).toEqual({ code: 2, calls: 0 });
    for (const problem of problems) expect(error).toContain(`input.${problem}`);
  });

  test.each(readdirSync(path.join(root, 'workflows')).filter((file) => file.endsWith('.lua')))(
    '%s says how to give input that is no object',
    async (file) => {
      const { stderr, code } = await kosmo(['integrations:lua', `workflows/${file}`, '--force', '--input', '5'], {
        env: emulator.env,
        cwd: root,
      });
      expect(code).toBe(2);
      expect(stderr).toMatch(/^error: input must be a JSON object, not a number\.\nhint: .+\n$/);
    },
  );
});

describe('the workflows for what runs already', () => {
  let home: string;
  let env: Record<string, string>;
  beforeEach(() => {
    home = mkdtempSync(path.join(tmpdir(), 'kosmo-workflows-'));
    env = { ...emulator.env, KOSMO_HOME: home };
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  const CONFIG = '{channelType = 1, streamTypes = 2, maxIdleTime = 3600}';
  const STORAGE = '{vendor = 1, region = 0, bucket = "b", accessKey = "fake-access-key", secretKey = "fake-S3CRET-key"}';
  interface Session {
    readonly sid: string;
    readonly resource_id: string;
  }
  const start = async (cname: string): Promise<Session> => {
    const code = `return app.integrations.agora.record{mode = "mix", cname = "${cname}", uid = "${++uid}", recording_config = ${CONFIG}, storage_config = ${STORAGE}}`;
    return (await lua(['--force', '-e', code], { env })).result?.[0] as unknown as Session;
  };
  let uid = 7000;
  const stop = (session: Session, more: string) =>
    lua(
      [
        '--force',
        '-e',
        `local s = input s.async_stop = ${more} return app.integrations.agora.stop_recording(s)`,
        '--input',
        JSON.stringify(session),
      ],
      { env },
    );

  test('stop_older_than stops what is old, and goes on where one cannot be stopped', async () => {
    const [old, young] = [await start('old'), await start('young')];
    const { stdout } = await kosmo(['agora:recordings', '--json'], { env });
    const listed = JSON.parse(stdout) as { recordings: { sid: string; started_at: string; uid: string }[] };
    const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString();
    const recordings = listed.recordings.map((recording) =>
      recording.sid === old.sid ? { ...recording, started_at: hoursAgo(2.1) } : recording,
    );
    const args = ['workflows/stop_older_than.lua', '--force', '--input', '@-', '--arg', 'hours=2'];
    expect(await lua(args, { env, cwd: root, stdin: JSON.stringify({ recordings }) })).toMatchObject({
      code: 0,
      result: [{ stopped: [old.sid], checked: 2 }],
    });
    const after = await kosmo(['agora:recordings', '--json'], { env });
    expect(JSON.parse(after.stdout).recordings).toMatchObject([{ sid: young.sid }]);
    const wrong = { ...recordings.find(({ sid }) => sid === young.sid), started_at: hoursAgo(3), uid: '1' };
    const gone = { ...wrong, sid: '0'.repeat(32), resource_id: 'gone' };
    const lost = { ...gone, sid: null, cname: 'lost' };
    const failed = await lua(args, { env, cwd: root, stdin: JSON.stringify({ recordings: [wrong, gone, lost] }) });
    expect(failed).toMatchObject({ code: 5, error_detail: { agora_code: 432 } });
    expect(failed.output).toContain(`not stopped: ${young.sid} (young): `);
    expect(failed.output).toContain('not stopped: lost, whose sid is not known');
    const refused = await lua(
      args.filter((word) => word !== '--force'),
      { env, cwd: root, stdin: JSON.stringify({ recordings: [wrong] }) },
    );
    expect(refused).toMatchObject({ code: 4, error_detail: { hint: expect.stringContaining('--force') } });
    await stop(young, 'false');
  });

  test('stop_older_than reads the document of agora:recordings as it is', async () => {
    const session = await start('piped');
    const { stdout } = await kosmo(['agora:recordings', '--json'], { env });
    const args = ['run', 'stop_older_than', '--force', '--json', '--input', '@-'];
    const run = async (...more: readonly string[]) =>
      JSON.parse((await kosmo([...args, ...more], { env, cwd: root, stdin: stdout })).stdout);
    expect(await run('--hours', '1')).toMatchObject({ error: null, result: [{ stopped: [], checked: 1 }] });
    expect(await run('--hours', '0')).toMatchObject({ error: null, result: [{ stopped: [session.sid], checked: 1 }] });
    expect(await run('--hour', '0')).toMatchObject({ error_detail: { code: 'USAGE' } });
  });

  // In one of the two, the clocks of the zone went another way than now.
  test.each([0, 6])('stop_older_than knows the age over a change of the clocks, from month %i', async (month) => {
    const session = await start('clocks');
    const { stdout } = await kosmo(['agora:recordings', '--json'], { env });
    const [recording] = (JSON.parse(stdout) as { recordings: object[] }).recordings;
    const began = Date.UTC(new Date().getUTCFullYear() - 1, month, 15, 12);
    const input = JSON.stringify({ recordings: [{ ...recording, started_at: new Date(began).toISOString() }] });
    const age = (Date.now() - began) / 3_600_000;
    const run = (hours: number) =>
      lua(['workflows/stop_older_than.lua', '--force', '--input', input, '--arg', `hours=${hours}`], {
        env: { ...env, TZ: 'Europe/Berlin' },
        cwd: root,
      });
    expect((await run(age + 0.5)).result).toEqual([{ stopped: [], checked: 1 }]);
    expect((await run(age - 0.5)).result).toEqual([{ stopped: [session.sid], checked: 1 }]);
  });

  test('rotate_layouts changes the layout in turn, and fails once the recording has ended', async () => {
    const session = await start('rotating');
    const input = JSON.stringify({ ...session, layouts: [2, 0], seconds: 0, rounds: 2 });
    const rotate = () => lua(['workflows/rotate_layouts.lua', '--force', '--input', input], { env, cwd: root });
    expect(await rotate()).toMatchObject({
      code: 0,
      output: 'layout 2\nlayout 0\nlayout 2\nlayout 0',
      result: [{ changes: 4 }],
    });
    await stop(session, 'false');
    expect((await rotate()).code).toBe(5);
  });

  test('nightly_upload_check waits for uploads', async () => {
    // Only queries move its time: a recording is forgotten soon after its upload, and a busy machine would ask too late.
    const clock = createManualClock();
    let queries = 0;
    const watched = await startEmulator({
      clock,
      onRequest({ path: asked }) {
        if (!asked.endsWith('/query')) return;
        queries++;
        clock.advance(5000);
      },
    });
    onTestFinished(() => watched.close());
    env = { ...env, AGORA_URL: watched.url };
    const session = await start('uploading');
    clock.advance(5000);
    await stop(session, 'true');
    const check = (input: object) => lua(['workflows/nightly_upload_check.lua', '--input', JSON.stringify(input)], { env, cwd: root });
    expect(await check({ recordings: [session] })).toMatchObject({ code: 0, result: [[{ sid: session.sid, upload: 'uploaded' }]] });
    expect(queries).toBe(2);
    expect(await check({ recordings: [session, { resource_id: 'r', mode: 'mix' }] })).toMatchObject({
      code: 2,
      error: 'input.recordings[2].sid is required.',
      call_log: [],
    });
    const running = await start('running');
    expect(await check({ recordings: [running], timeout: 1 })).toMatchObject({
      code: 5,
      error: expect.stringMatching(/was not uploaded within 1 s$/),
      output: expect.stringMatching(/^[0-9a-f]{32}: unknown \(.*was not uploaded within 1 s/),
    });
    await stop(running, 'false');
  });

  test('nightly_upload_check reports every upload, and ends with 10 if one of them failed', async () => {
    const sid = '0'.repeat(32);
    const recordings = ['emulated-stopped', 'lost'].map((resource_id) => ({ resource_id, sid, mode: 'mix', cname: resource_id }));
    const args = ['workflows/nightly_upload_check.lua', '--input', JSON.stringify({ recordings, timeout: 60 })];
    expect(await lua(args, { env, cwd: root })).toMatchObject({
      code: 10,
      error_detail: { code: 'SCRIPT_EXIT' },
      result: [
        [
          { cname: 'emulated-stopped', upload: 'uploaded' },
          { cname: 'lost', upload: 'unknown', error: expect.any(String) },
        ],
      ],
      log: [{ text: expect.stringMatching(/^failed: 0{32}: /) }],
    });
  });

  test('allowlist.sh writes the file again when the addresses changed, and leaves it unchanged when they are not available', async () => {
    const file = path.join(home, 'allow.conf');
    const run = (more: Record<string, string> = {}, ...args: string[]) =>
      spawnSync('sh', [path.join(root, 'workflows/allowlist.sh'), ...args], {
        env: cleanEnvironment({ ...env, KOSMO: `${process.execPath} ${KOSMO}`, ...more }),
        encoding: 'utf8',
      }).status;
    expect(run({}, file)).toBe(3);
    const written = readFileSync(file, 'utf8');
    expect(written).toMatch(/^(allow [\d.]+;\n)+$/);
    expect(run({}, file)).toBe(0);
    expect(run({ AGORA_CUSTOMER_SECRET: 'wrong' }, file)).toBe(1);
    expect(run({}, file, 'none')).toBe(1);
    expect(readFileSync(file, 'utf8')).toBe(written);
    expect(readdirSync(home)).toEqual(['allow.conf']);
    expect(run({}, file, 'nftables')).toBe(3);
    expect(run({}, home)).toBe(1);
    symlinkSync(file, `${file}.link`);
    expect(run({}, `${file}.link`)).toBe(3);
    expect(readFileSync(file, 'utf8')).toBe(written);
  });
});

test.each([
  [[], 'where the Lua code comes from already'],
  [['-'], 'where the Lua code comes from already'],
  [['--repl'], 'where the Lua code comes from already'],
  [['-e', 'print(1)'], '--input is not valid JSON'],
])('--input @- with %j is refused where stdin cannot be that', async (args, message) => {
  expect(await kosmo(['integrations:lua', ...args, '--input', '@-'], { stdin: 'print(1)' })).toMatchObject({
    stderr: expect.stringContaining(message),
    code: 2,
  });
});

test('every snippet of the specification page works as one script', async () => {
  const { error, output, call_log } = await lua(['--force', '-'], { env: emulator.env, stdin: SPEC_BLOCKS });
  expect(error).toBeNull();
  expect(output).toMatch(/^[1-5]\nuploaded\n[\d.]+(?:\n[\d.]+)*$/);
  expect(call_log.map(({ name, status }) => `${name} ${status}`)).toEqual([
    'acquire_recording_resource ok',
    'start_recording ok',
    'query_recording ok',
    'update_recording ok',
    'update_recording_layout ok',
    'stop_recording ok',
    'get_notification_ips ok',
  ]);
});

describe('what the documentation shows', () => {
  test("the README's first command prints the report of a finished recording", async () => {
    const readme = readFileSync(path.join(root, 'README.md'), 'utf8');
    const command = /```sh\nnpm ci && node bin\/kosmo\.js (.+)\n```/.exec(readme)?.[1] ?? '';
    const { code, stdout, stderr } = await kosmo(command.split(' '), { cwd: root });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('upload: uploaded');
    expect(stdout).toContain('"uploading_status": "uploaded"');
  });

  const pages = ['README.md', ...readdirSync(path.join(root, 'lua-docs')).map((file) => `lua-docs/${file}`)];
  const blocks = pages.flatMap((page) =>
    [...readFileSync(path.join(root, page), 'utf8').matchAll(/```lua\n([\s\S]*?)```/g)].map(
      ([, code = ''], index): [string, number, string] => [page, index + 1, code],
    ),
  );
  // The MCP server that the pages call `github`.
  const tools = mcpPlace({ github: fakeServer('github') });

  // For workflows with required input, here that of the shipped one.
  const inputs: Readonly<Record<string, string>> = {
    'lua-docs/workflows.md 1': `@${path.join(root, 'workflows/record_channel.example.json')}`,
  };

  test.each(blocks)('%s, Lua block %i runs as it stands', async (page, index, code) => {
    const input = inputs[`${page} ${index}`];
    const args = input === undefined ? [] : ['--input', input];
    const { error } = await lua(['--emulator', '--force', ...args, '-'], { ...tools.options, stdin: code });
    expect(error).toBeNull();
  });

  test.each([
    'acquire_recording_resource',
    'get_notification_ips',
    'query_recording',
    'start_recording',
    'stop_recording',
    'update_recording',
    'update_recording_layout',
  ])('the example on the page of %s runs as it stands', async (name) => {
    const { output } = await lua(['-e', `print(docs.read("agora.${name}"))`]);
    const example = output.slice(output.indexOf('\nExample:\n') + 10, output.indexOf('\nReturns:\n'));
    expect(example).toContain(name);
    const { error, call_log } = await lua(['--emulator', '--force', '-'], { stdin: example });
    expect(error).toBeNull();
    expect(call_log.at(-1)?.name).toBe(name);
  });
});

test('killing the emulator in the middle of a call is a lost connection, with the function named', async () => {
  const slow = await startEmulatorProcess(['--latency', '60000']);
  const relay = await startRelay(Number(new URL(slow.url).port), () => slow.process.kill('SIGKILL'));
  const { code, stderr } = await kosmo(['integrations:lua', '-e', 'app.integrations.agora.query_recording("R", "S", "mix")'], {
    env: { ...slow.env, AGORA_URL: relay.url },
  });
  relay.close();
  expect(code).toBe(5);
  expect(stderr).toMatch(/^error: app\.integrations\.agora\.query_recording: .*lost.*\nhint: .+\n$/);
});

// Passes bytes on to a port of this machine, and tells when the first have gone through.
async function startRelay(port: number, onFirstData: () => void): Promise<{ readonly url: string; readonly close: () => void }> {
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    near.pipe(far).pipe(near);
    near.once('data', (bytes: Buffer) => far.write('', () => bytes.length > 0 && onFirstData()));
    for (const socket of [near, far]) socket.on('error', () => near.destroy());
    far.on('close', () => near.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() };
}

describe('kosmo agora:emulator', () => {
  test('ends cleanly on SIGTERM, and frees its port', async () => {
    const first = await startEmulatorProcess();
    expect(await first.stop()).toBe(0);
    const again = await startEmulatorProcess(['--port', new URL(first.url).port]);
    expect(again.url).toBe(first.url);
    await again.stop();
  });

  test('says what to do when its port is in use', async () => {
    const { code, stdout, stderr } = await kosmo(['agora:emulator', '--port', new URL(emulator.url).port]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('is in use; choose another with --port, or --port 0 for a free one');
  });

  test('is never chosen silently', async () => {
    const { code, meta } = await lua(['-e', 'return app.integrations.agora.get_notification_ips()']);
    expect({ code, emulator: meta.emulator }).toEqual({ code: 3, emulator: false });
    expect((await lua(['--emulator', '-e', 'return app.integrations.agora.get_notification_ips()'])).meta.emulator).toBe(true);
  });
});
