import { execFileSync } from 'node:child_process';
import { chmodSync, linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createHost, type Host } from '../../../src/runtime/index.ts';
import { ModuleReader } from '../../../src/runtime/workflow/modules.ts';

let root: string;
let folder: string;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'kosmo-modules-'));
  folder = path.join(root, 'scripts');
  mkdirSync(path.join(folder, 'lib'), { recursive: true });
  write('lib/real.lua', 'return 1');
});
afterEach(() => rmSync(root, { recursive: true }));

const write = (name: string, text: string | Uint8Array): void => writeFileSync(path.join(folder, name), text);
const writeSparse = (name: string, bytes: number): void => {
  write(name, '');
  truncateSync(at(name), bytes);
};
const at = (name: string): string => path.join(folder, name);

describe('the text of a module', () => {
  test.each<[string, string, () => void, string]>([
    ['a missing file', 'lib.x', () => undefined, "there is no module 'lib.x': lib/x.lua does not exist beside the script."],
    ['a link to a file beside it', 'lib.x', () => symlinkSync('real.lua', at('lib/x.lua')), 'lib/x.lua is, or is behind, a link.'],
    ['a link out of the folder', 'x', () => symlinkSync('/etc/passwd', at('x.lua')), 'x.lua is, or is behind, a link.'],
    ['a link that leads nowhere', 'x', () => symlinkSync('/nowhere/at/all', at('x.lua')), 'x.lua is, or is behind, a link.'],
    ['a file behind a linked folder', 'far.x', () => symlinkSync(root, at('far')), "there is no module 'far.x'"],
    ['a file in a folder that is a link', 'twin.real', () => symlinkSync('lib', at('twin')), 'twin/real.lua is, or is behind, a link.'],
    ['a named pipe', 'x', () => execFileSync('mkfifo', [at('x.lua')]), 'x.lua is not a regular file.'],
    ['a folder', 'x', () => mkdirSync(at('x.lua')), 'x.lua is not a regular file.'],
    ['a device behind a link', 'x', () => symlinkSync('/dev/zero', at('x.lua')), 'x.lua is, or is behind, a link.'],
    ['a file of 1 GB', 'x', () => writeSparse('x.lua', 1024 ** 3), 'x.lua is longer than 1 MiB.'],
    ['one byte too many', 'x', () => write('x.lua', ' '.repeat(1024 ** 2 + 1)), 'x.lua is longer than 1 MiB.'],
  ])('is not read from %s', (_what, name, make, message) => {
    make();
    expect(() => new ModuleReader({ folder }).find(name)).toThrow(
      expect.objectContaining({ code: 'MODULE_ERROR', message: expect.stringContaining(message) }),
    );
  });

  test.each(['..', '../x', 'lib/x', '/etc/passwd', 'lib..x', '.x', 'x.', '', 'a b', 'x\0', 'é', '%2e%2e', 'C:\\x', `${'x'.repeat(1000)}/`])(
    'is not read for the name %j',
    (name) => {
      write('lib/x.lua', 'return 1');
      expect(() => new ModuleReader({ folder }).find(name)).toThrow(
        expect.objectContaining({ code: 'MODULE_ERROR', message: expect.stringContaining('is not the name of a module') }),
      );
    },
  );

  test('may be 1 MiB long, and be a hard link', () => {
    write('x.lua', ' '.repeat(1024 ** 2));
    linkSync(at('x.lua'), at('y.lua'));
    expect(new ModuleReader({ folder }).find('y')).toMatchObject({ chunk: 'y.lua', text: expect.objectContaining({ length: 1024 ** 2 }) });
  });

  test('may be in a folder that is reached over a link', () => {
    write('lib/x.lua', 'return 1');
    symlinkSync(folder, path.join(root, 'link'));
    expect(new ModuleReader({ folder: path.join(root, 'link') }).find('lib.x').chunk).toBe('lib/x.lua');
  });

  test('is read once: a later change of the file does not count', () => {
    write('x.lua', 'return "first"');
    const modules = new ModuleReader({ folder });
    modules.find('x');
    write('x.lua', 'return "second"');
    expect(modules.find('x').text.toString()).toBe('return "first"');
    expect([...modules.texts.keys()]).toEqual(['x']);
  });

  test('is read for at most 64 modules', () => {
    const modules = new ModuleReader({ folder });
    for (let index = 0; index <= 64; index++) write(`m${index}.lua`, 'return 1');
    for (let index = 0; index < 64; index++) modules.find(`m${index}`);
    expect(() => modules.find('m64')).toThrow('a script can load at most 64 modules.');
    expect(modules.find('m0').chunk).toBe('m0.lua');
  });

  test('that may not be read says so', () => {
    write('x.lua', 'return 1');
    chmodSync(at('x.lua'), 0);
    if (process.getuid?.() === 0) expect(new ModuleReader({ folder }).find('x').chunk).toBe('x.lua');
    else expect(() => new ModuleReader({ folder }).find('x')).toThrow('x.lua cannot be read (EACCES).');
  });
});

describe('in a script', () => {
  let host: Host;
  beforeAll(async () => {
    host = await createHost({ env: {}, guideFolder: path.join(import.meta.dirname, '../../../lua-docs') });
  });
  afterAll(() => host.close());
  const run = (code: string, input = {}) =>
    host.run(code, { chunk: 'main.lua', policy: { force: false }, input, modules: new ModuleReader({ folder }) });

  test('a circle is an error that shows it', async () => {
    write('a.lua', 'return require "lib.b"');
    write('lib/b.lua', 'return require "lib.c"');
    write('lib/c.lua', 'return require "a"');
    expect(await run('require "a"')).toMatchObject({
      error_detail: { code: 'MODULE_ERROR', hint: 'move what both need into a third module' },
      error: expect.stringContaining('a → lib.b → lib.c → a'),
    });
  });

  test('compiled code is refused, and an error of syntax has its place', async () => {
    write('binary.lua', Buffer.from([0x1b, 0x4c, 0x75, 0x61]));
    write('lib/syntax.lua', 'return 1\nreturn {');
    expect((await run('require "binary"')).error).toContain('binary');
    expect((await run('require "lib.syntax"')).error).toMatch(/^lib\/syntax\.lua:2: /);
  });

  test('a declaration in a module says where it belongs', async () => {
    write('a.lua', 'return workflow { description = "x" }');
    expect(await run('return require "a"')).toMatchObject({
      error_detail: { code: 'INVALID_ARGUMENTS' },
      error: expect.stringContaining("a declaration belongs at the top of the script, not into the module 'a'"),
    });
  });

  test('a module sees the finished input, and can end the script', async () => {
    write('a.lua', 'exit(12, input.n + 1)');
    expect(await run('workflow { input = { n = { type = "integer", default = 5 } } } pcall(require, "a") print("no")')).toMatchObject({
      error_detail: { code: 'SCRIPT_EXIT', exit_code: 12 },
      result: [6],
      output: '',
    });
  });

  test.each([
    ['a second declaration', 'workflow {} workflow {}', 'a script declares itself once'],
    ['a call before it', 'docs.list() app.integrations.agora.get_notification_ips() workflow {}', ''],
    ['a text in its place', 'workflow "x"', 'the argument must be a table'],
    ['nothing', 'workflow()', 'the argument must be a table'],
    ['a table with itself inside', 'local t = {} t.input = t workflow(t)', ''],
    ['a function in it', 'workflow { input = { a = print } }', ''],
    ['2 MB of text', 'workflow { description = ("x"):rep(2000000) }', 'the declaration has 2000018 characters; at most 65536 are possible'],
  ])('%s is an error of the script', async (_what, code, message) => {
    const { error, error_detail: detail, call_log: calls } = await run(code);
    expect(error).toContain(message);
    expect(detail?.code).not.toBe('INTERNAL_ERROR');
    expect(calls.filter(({ status }) => status === 'ok')).toEqual([]);
  });
});
