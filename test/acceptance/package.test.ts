import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cleanEnvironment, kosmo } from '../helpers/cli.ts';

const root = path.join(import.meta.dirname, '../..');
const folder = mkdtempSync(path.join(tmpdir(), 'kosmo-package-'));
afterAll(() => rmSync(folder, { recursive: true }));

const run = (command: string, args: readonly string[], cwd = root) =>
  promisify(execFile)(command, args, { cwd, env: cleanEnvironment({}) });
const install = (...args: readonly string[]) => run('npm', ['install', '--offline', '--no-audit', '--no-fund', ...args, tarball], folder);

let tarball: string;
beforeAll(async () => {
  // The bundle is there already, and building it again would pull it from under the other tests.
  await run('npm', ['pack', '--ignore-scripts', '--pack-destination', folder]);
  tarball = path.join(folder, readdirSync(folder)[0] ?? '');
});

test('the packed tarball, installed globally, gives a working kosmo with nothing else installed', async () => {
  const prefix = path.join(folder, 'global');
  await install('--global', '--prefix', prefix);
  const modules = path.join(prefix, 'lib/node_modules');
  expect(readdirSync(modules)).toEqual(['kosmo']);
  expect(readdirSync(path.join(modules, 'kosmo'))).not.toContain('node_modules');
  const bin = path.join(prefix, 'bin/kosmo');
  const code = 'return app.integrations.agora.acquire_recording_resource{cname = "a", uid = 5}.cname, docs.read("limits"):sub(1, 1)';
  const { stdout, stderr } = await kosmo(['integrations:lua', '--emulator', '--force', '--json', '-e', code], { bin, cwd: folder });
  expect(stderr).toBe('');
  expect((JSON.parse(stdout) as { result: unknown }).result).toEqual(['a', '#']);
});

const PROGRAM = `
import { createHost, isKosmoError, KosmoError, type EmbeddedHost, type HostFunction, type JsonValue, type RunReport } from 'kosmo';

interface Price { readonly sku: string; readonly eur: number; readonly note?: string }

const price: HostFunction = async ([query], { signal }): Promise<Price> => {
  signal.throwIfAborted();
  const { sku } = query as { sku: string };
  if (sku === 'none') throw new KosmoError('INVALID_ARGUMENTS', 'no such thing', { hint: 'try another' });
  return { sku, eur: 5 };
};
const host: EmbeddedHost = await createHost({ emulate: true, functions: { shop: { price } } });
const reports: RunReport[] = await Promise.all(
  ['a', 'none'].map((sku) => host.run('return shop.price{sku = input.sku}.eur', { input: { sku }, limits: { cpuMs: 5000, memoryBytes: 2 ** 26 } })),
);
const results: (readonly JsonValue[] | null)[] = reports.map(({ result }) => result);
const ips = await host.run('return #app.integrations.agora.get_notification_ips({}).data.service.hosts > 0, docs.read("limits"):sub(1, 1)');
await host.close();
// @ts-expect-error a limit that does not exist
const wrong = () => host.run('return 1', { limits: { cpu: 5 } });
console.log(JSON.stringify([results, reports[1]?.error_detail?.code, ips.result, isKosmoError(wrong)]));
`;

test('a TypeScript program outside type-checks against the tarball and embeds the host', async () => {
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ type: 'module', private: true }));
  writeFileSync(path.join(folder, 'program.ts'), PROGRAM);
  await install();
  const options = ['--strict', '--exactOptionalPropertyTypes', '--module', 'nodenext', '--target', 'es2022', '--skipLibCheck', 'false'];
  const types = ['--typeRoots', path.join(root, 'node_modules/@types'), '--types', 'node'];
  const tsc = path.join(root, 'node_modules/typescript/bin/tsc');
  const checked = await run(process.execPath, [tsc, ...options, ...types, 'program.ts'], folder).catch(
    (error: { stdout: string }) => error,
  );
  expect(checked.stdout).toBe('');
  const { stdout } = await run(process.execPath, ['program.js'], folder);
  expect(JSON.parse(stdout)).toEqual([[[5], null], 'INVALID_ARGUMENTS', [true, '#'], false]);
});
