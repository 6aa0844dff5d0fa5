import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import type { JsonObject, JsonValue } from '../../src/json/index.ts';
import { runCli } from '../helpers/run-cli.ts';
import { tempFolder } from '../helpers/temp-folder.ts';

const TEMPLATES = readdirSync(path.join(import.meta.dirname, '../../workflows'))
  .filter((name) => name.endsWith('.lua'))
  .map((name) => name.slice(0, -4));

let folder: string;
let env: Record<string, string>;
beforeEach(() => {
  folder = tempFolder();
  mkdirSync(path.join(folder, '.git'));
  env = { KOSMO_HOME: path.join(folder, 'home') };
});

const kosmo = (...args: string[]) => runCli(args, { env, cwd: folder });
const read = (file: string): string => readFileSync(path.join(folder, file), 'utf8');
const files = (): readonly string[] =>
  (readdirSync(folder, { recursive: true }) as string[]).filter((name) => !/^(?:\.git$|home)/.test(name)).sort();

test('from init to five channels each night without --force takes five commands, and none edits Lua', async () => {
  const { code, stderr } = await kosmo('init', 'record_channels', '--cron');
  expect({ code, stderr }).toMatchObject({
    code: 0,
    stderr: expect.stringContaining('kosmo workflows:approve workflows/record_channels.lua'),
  });
  expect(stderr).toMatch(/^Next, in .*:$/m);
  const steps = stderr.match(/^ {2}\d\. .*$/gm) ?? [];
  expect(steps.length + 1).toBeLessThanOrEqual(5);

  // 2: the input in an editor, with five channels.
  const input = JSON.parse(read('workflows/record_channels.input.json')) as JsonObject;
  expect(input.channels).toEqual([{ cname: expect.stringMatching(/^<fill in: /), uid: expect.stringMatching(/^<fill in: /) }]);
  expect(JSON.stringify(input)).not.toMatch(/fake-(?:access|secret)-key/);
  const filled = {
    channels: [1, 2, 3, 4, 5].map((n) => ({ cname: `room${n}`, uid: String(n) })),
    storage: { vendor: 1, region: 0, bucket: 'b', accessKey: 'k', secretKey: 's' },
    seconds: 0.1,
  };
  const before = await runTheJob();
  expect(before).toMatchObject({ code: 2, stderr: expect.stringContaining('input.channels[1].cname still has its placeholder.') });
  writeFileSync(path.join(folder, 'workflows/record_channels.input.json'), JSON.stringify(filled));
  expect(await runTheJob()).toMatchObject({ code: 4, stderr: expect.stringContaining('requires approval') });

  expect((await kosmo('workflows:approve', 'workflows/record_channels.lua', '--yes')).code).toBe(0);
  expect(await runTheJob()).toMatchObject({ code: 0, stderr: '' });
  expect(read('workflows/record_channels.last-run.txt').match(/^room[1-5]: 2 file\(s\)/gm)).toHaveLength(5);
});

// Runs the command of the cron line as cron would, in this process, with an emulator.
async function runTheJob(): Promise<{ code: number | null; stderr: string }> {
  const line =
    read('workflows/record_channels.cron')
      .split('\n')
      .find((text) => text.startsWith('0 2 * * * ')) ?? '';
  const words = execFileSync('sh', ['-c', `printf '%s\\n' ${/ && (.*) > /.exec(line)?.[1] ?? ''}`], { encoding: 'utf8' })
    .trim()
    .split('\n');
  expect(line).toContain(`cd ${folder} && `);
  expect(words[0]).toBe(process.execPath);
  const { stdout, stderr, code } = await kosmo(...words.slice(2), '--emulator');
  writeFileSync(path.join(folder, / > (\S+)$/.exec(line)?.[1] ?? ''), stdout);
  return { code, stderr };
}

describe.each(TEMPLATES)('the template %s', (name) => {
  test('is written with its modules, and its input is refused until it is filled in', async () => {
    expect((await kosmo('init', name)).code).toBe(0);
    expect(files()).toEqual(expect.arrayContaining([`workflows/${name}.lua`, `workflows/${name}.input.json`]));
    expect(statSync(path.join(folder, `workflows/${name}.input.json`)).mode & 0o777).toBe(0o600);
    const input = JSON.parse(read(`workflows/${name}.input.json`)) as JsonObject;
    const { code, stdout } = await kosmo('run', name, '--emulator', '--force', '--input', `@workflows/${name}.input.json`, '--json');
    const { error_detail: detail } = JSON.parse(stdout) as { error_detail: { code: string; problems: { path: string }[] } | null };
    if (!JSON.stringify(input).includes('<fill in: ')) return expect(code).toBe(0);
    expect([code, detail?.code]).toEqual([2, 'INVALID_INPUT']);
    expect(detail?.problems.length).toBe(JSON.stringify(input).split('<fill in: ').length - 1);
  });
});

test('the input has defaults, one item of each list, and no optional field', async () => {
  await kosmo('init', 'record_channels');
  expect(JSON.parse(read('workflows/record_channels.input.json'))).toEqual({
    channels: [
      {
        cname: '<fill in: Channel to record, for example standup>',
        uid: '<fill in: Uid of the recorder, not used by a participant, for example 527841>',
      },
    ],
    storage: expect.objectContaining({
      vendor: '<fill in: storage.vendor, for example 1>',
      secretKey: '<fill in: storage.secretKey>',
      fileNamePrefix: [expect.stringMatching(/^<fill in: storage\.fileNamePrefix/)],
    }) as JsonValue,
    seconds: 5,
    at_once: 5,
    account: 'default',
  } satisfies JsonValue | object as object);
});

test('nothing is overwritten: each file that exists is named, and nothing is written', async () => {
  mkdirSync(path.join(folder, 'workflows'));
  writeFileSync(path.join(folder, 'workflows/record_channels.input.json'), 'mine');
  symlinkSync('/nowhere', path.join(folder, 'workflows/record_channels.cron'));
  const before = files();
  const { code, stdout } = await kosmo('init', 'record_channels', '--cron', '--json');
  expect([code, JSON.parse(stdout).error_detail]).toMatchObject([
    1,
    { code: 'FILE_EXISTS', files: ['workflows/record_channels.input.json', 'workflows/record_channels.cron'] },
  ]);
  expect(files()).toEqual(before);
  expect(read('workflows/record_channels.input.json')).toBe('mine');
});

test('two templates share a module, unless it is another one', async () => {
  expect((await kosmo('init', 'record_channels')).code).toBe(0);
  expect((await kosmo('init', 'record_channel')).code).toBe(0);
  writeFileSync(path.join(folder, 'workflows/lib/recording.lua'), 'return {}');
  expect(await kosmo('init', 'record_web_page')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('workflows/lib/recording.lua exists already'),
  });
  expect(existsSync(path.join(folder, 'workflows/record_web_page.lua'))).toBe(false);
});

test.each([
  ['record_chanels', /did you mean record_channels/],
  ['record-channels', /did you mean record_channels/],
  ['nothing', /templates: .*record_channel/],
  ['../workflows/record_channel', /unknown template/],
  ['lib/recording', /unknown template/],
])('the template %s does not exist', async (name, message) => {
  const { code, stderr } = await kosmo('init', name);
  expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
  expect(files()).toEqual([]);
});

test('one job at a time', async () => {
  expect(await kosmo('init', 'record_channel', '--cron', '--github')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('exclude each other'),
  });
  expect(files()).toEqual([]);
});

test('the job of GitHub pins the hash of the script, and takes input and credentials from secrets', async () => {
  const { stdout } = await kosmo('init', 'record_channel', '--github', '--json');
  const { hash, next } = JSON.parse(stdout) as { hash: string; next: readonly string[] };
  const job = read('.github/workflows/record_channel.yml');
  expect(job).toContain(`--approved ${hash}\n`);
  expect(job).toContain('INPUT: ${{ secrets.RECORD_CHANNEL_INPUT }}');
  expect(job).toContain('AGORA_CUSTOMER_SECRET: ${{ secrets.AGORA_CUSTOMER_SECRET }}');
  expect(next.join('\n')).not.toContain('workflows:approve');
  expect((await kosmo('workflows:approve', 'record_channel', '--print')).stdout.trim()).toBe(hash);
});

test('the units of systemd run the workflow in the folder of the project', async () => {
  await kosmo('init', 'record_channel', '--systemd');
  const service = read('workflows/kosmo-record_channel.service');
  expect(service).toContain(`WorkingDirectory=${folder}\n`);
  expect(service).toMatch(
    /^ExecStart=\/.*node.* \/.*bin\/kosmo\.js run workflows\/record_channel\.lua --quiet --input @workflows\/record_channel\.input\.json$/m,
  );
  expect(read('workflows/kosmo-record_channel.timer')).toContain('OnCalendar=');
});
