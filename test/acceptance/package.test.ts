import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import { cleanEnvironment, kosmo } from '../helpers/cli.ts';

const root = path.join(import.meta.dirname, '../..');
const folder = mkdtempSync(path.join(tmpdir(), 'kosmo-package-'));
afterAll(() => rmSync(folder, { recursive: true }));

const npm = (args: readonly string[]) => promisify(execFile)('npm', args, { cwd: root, env: cleanEnvironment({}) });

test('the packed tarball, installed globally, gives a working kosmo with nothing else installed', async () => {
  // The bundle is there already, and building it again would pull it from under the other tests.
  await npm(['pack', '--ignore-scripts', '--pack-destination', folder]);
  const [tarball = ''] = readdirSync(folder);
  const prefix = path.join(folder, 'global');
  await npm(['install', '--global', '--prefix', prefix, '--offline', '--no-audit', '--no-fund', path.join(folder, tarball)]);
  const modules = path.join(prefix, 'lib/node_modules');
  expect(readdirSync(modules)).toEqual(['kosmo']);
  expect(readdirSync(path.join(modules, 'kosmo'))).not.toContain('node_modules');
  const bin = path.join(prefix, 'bin/kosmo');
  const code = 'return app.integrations.agora.acquire_recording_resource{cname = "a", uid = 5}.cname, docs.read("limits"):sub(1, 1)';
  const { stdout, stderr } = await kosmo(['integrations:lua', '--emulator', '--force', '--json', '-e', code], { bin, cwd: folder });
  expect(stderr).toBe('');
  expect((JSON.parse(stdout) as { result: unknown }).result).toEqual(['a', '#']);
});
