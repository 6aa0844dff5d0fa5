import { cpSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { KOSMO, kosmo, lua } from '../helpers/cli.ts';
import { tempFolder } from '../helpers/temp-folder.ts';

const CODE = 'return app.integrations.agora.acquire_recording_resource{cname = "a", uid = 5}.cname';
const RUN = ['--emulator', '--force', '-e', CODE];

const filesOf = (folder: string): readonly string[] => (readdirSync(folder, { recursive: true }) as string[]).sort();

function inCache(): { readonly env: Readonly<Record<string, string>>; readonly files: () => readonly string[] } {
  const base = tempFolder();
  const folder = path.join(base, 'kosmo');
  const files = (): readonly string[] => filesOf(folder).map((name) => path.join(folder, name));
  return { env: { XDG_CACHE_HOME: base, LOCALAPPDATA: base }, files };
}

test.skipIf(process.platform === 'darwin')(
  'compiled code is kept apart from the package, grows with what is used, and then stays',
  async () => {
    const { env, files } = inCache();
    const installed = path.join(path.dirname(KOSMO), '../dist');
    const before = filesOf(installed).map((name) => [name, statSync(path.join(installed, name)).mtimeMs]);
    await kosmo(['--version'], { env });
    const ofVersion = files();
    expect((await lua(RUN, { env })).result).toEqual(['a']);
    const ofRun = files();
    expect(ofRun.length).toBeGreaterThan(ofVersion.length);
    const contents = ofRun.map((file) => readFileSync(file));
    expect((await lua(RUN, { env })).result).toEqual(['a']);
    await kosmo(['--version'], { env });
    expect(files()).toEqual(ofRun);
    expect(ofRun.map((file, index) => contents[index]?.equals(readFileSync(file)))).toEqual(ofRun.map(() => true));
    // A package that cannot be written to serves as well.
    expect(filesOf(installed).map((name) => [name, statSync(path.join(installed, name)).mtimeMs])).toEqual(before);
  },
);

test.skipIf(process.platform === 'darwin')('compiled code of commands that take turns is made once for all of them', async () => {
  const { env, files } = inCache();
  const documentation = ['-e', 'return #docs.read("agora") > 0'];
  const inTurn = async (): Promise<void> => {
    expect((await lua(RUN, { env })).success).toBe(true);
    expect((await lua(documentation, { env })).success).toBe(true);
  };
  await inTurn();
  await inTurn();
  const contents = files().map((file) => readFileSync(file));
  await inTurn();
  expect(files().map((file, index) => contents[index]?.equals(readFileSync(file)))).toEqual(contents.map(() => true));
});

test.skipIf(process.platform === 'darwin').each<readonly [string, (code: Buffer) => Buffer | string]>([
  ['damaged', (code) => Buffer.from(code).fill('damage', 2000, 4000)],
  ['cut off', (code) => code.subarray(0, code.length / 2)],
  ['text', () => 'process.exit(9)'],
])('compiled code that is %s is ignored and made again', async (_what, change) => {
  const { env, files } = inCache();
  await lua(RUN, { env });
  for (const file of files()) writeFileSync(file, change(readFileSync(file)));
  const damaged = files().map((file) => readFileSync(file));
  expect(await kosmo(['integrations:lua', ...RUN], { env })).toEqual({ code: 0, stdout: 'a\n', stderr: '' });
  expect(files().some((file, index) => damaged[index]?.equals(readFileSync(file)))).toBe(false);
  expect((await lua(RUN, { env })).result).toEqual(['a']);
});

test('starts where no cache can be kept', async () => {
  const nowhere = path.join(KOSMO, 'no folder');
  const { stdout } = await kosmo(['integrations:lua', '-e', 'return 1'], {
    env: { XDG_CACHE_HOME: nowhere, HOME: nowhere, LOCALAPPDATA: nowhere },
  });
  expect(stdout).toBe('1\n');
});

test('a script that uses no integration reads nothing of them', async () => {
  const copy = tempFolder();
  for (const name of ['bin', 'dist']) cpSync(path.join(path.dirname(KOSMO), '..', name), path.join(copy, name), { recursive: true });
  rmSync(path.join(copy, 'dist/chunks/integrations'), { recursive: true });
  const bin = path.join(copy, 'bin/kosmo.js');
  expect((await lua(['-e', 'return 1'], { bin })).result).toEqual([1]);
  expect((await lua(['-e', 'return app.integrations.agora.query_recording'], { bin })).success).toBe(false);
});
