import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { runCli as kosmo } from '../helpers/run-cli.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'kosmo-quiet-'));
afterAll(() => rmSync(folder, { recursive: true }));
const script = path.join(folder, 'script.lua');
writeFileSync(script, 'print(1)');

const WARNED = [
  'integrations:call',
  'agora.acquire_recording_resource',
  '--cname=a',
  '--uid=5',
  '--emulator',
  '--force',
  '--client-request={"nonsense": 1}',
];

test.each([
  ['a count', ['integrations:check', script]],
  ['a warning', WARNED],
  [
    'a warning of a script',
    [
      'integrations:lua',
      '--emulator',
      '--force',
      '-e',
      'app.integrations.agora.acquire_recording_resource{cname = "a", uid = 5, client_request = {nonsense = 1}}',
    ],
  ],
  ['that nothing was found', ['integrations:search', 'zzzzzz']],
  ['that nothing is open', ['agora:recordings']],
])('--quiet keeps %s from stderr, and changes nothing else', async (_what, args) => {
  const env = { KOSMO_HOME: folder };
  const loud = await kosmo(args, { env });
  const quiet = await kosmo([...args, '--quiet'], { env });
  expect(loud.stderr).not.toBe('');
  expect(quiet.stderr).toBe('');
  expect(quiet.code).toBe(loud.code);
  expect(quiet.stdout.length > 0).toBe(loud.stdout.length > 0);
});

test.each([
  ['of a script', ['integrations:lua', '-e', 'error("no")']],
  ['of the command line', ['integrations:docs', 'nothing']],
])('an error %s is told nevertheless', async (_what, args) => {
  const { stderr, code } = await kosmo([...args, '--quiet']);
  expect(stderr).toMatch(/^error: ./);
  expect(code).not.toBe(0);
});
