import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { runCli as kosmo } from '../helpers/run-cli.ts';

const root = path.join(import.meta.dirname, '../..');
const base = mkdtempSync(path.join(tmpdir(), 'kosmo-check-workflows-'));
afterAll(() => rmSync(base, { recursive: true }));
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(base, 'scripts-'));
  mkdirSync(path.join(folder, 'lib'));
});

const write = (name: string, text: string | Uint8Array): void => writeFileSync(path.join(folder, name), text);

const writeSparse = (file: string, bytes: number): void => {
  writeFileSync(file, '');
  truncateSync(file, bytes);
};

/** The findings of `script.lua`, each as `file:line:column severity rule message`. */
const check = async (script: string, ...args: readonly string[]): Promise<readonly string[]> => {
  write('script.lua', script);
  const { stdout } = await kosmo(['integrations:check', 'script.lua', '--json', ...args], { cwd: folder });
  const { findings } = JSON.parse(stdout) as { findings: Record<'file' | 'severity' | 'rule' | 'message' | 'line' | 'column', string>[] };
  return findings.map(({ file, line, column, severity, rule, message }) => `${file}:${line}:${column} ${severity} ${rule} ${message}`);
};
const declare = (field: string): string => `local input = workflow {\n  input = {\n    seconds = ${field},\n  },\n}`;

test('the shipped workflows and their modules have no findings', async () => {
  const files = readdirSync(path.join(root, 'workflows')).filter((file) => file.endsWith('.lua'));
  const { code, stderr, stdout } = await kosmo(['integrations:check', ...files.map((file) => `workflows/${file}`)], { cwd: root });
  expect({ code, stdout, stderr }).toMatchObject({ code: 0, stdout: '', stderr: expect.stringContaining('0 errors, 0 warnings') });
});

describe('a declaration', () => {
  test.each([
    ['{ type = "strng" }', '3:17 error workflow workflow: input.seconds.type must be one of string, number'],
    [
      '{ type = "number", minimum = 5, default = 1 }',
      '3:47 error workflow workflow: input.seconds.default does not satisfy the field itself.',
    ],
    ['{ type = "string", enum = { "a", "b" }, default = "c" }', '3:55 error workflow workflow: input.seconds.default does not'],
    ['{ type = "number", minimum = 5, maximum = 1 }', '3:47 error workflow workflow: input.seconds.maximum is 1, less than the minimum 5.'],
    ['{ type = "string", patern = "x" }', '3:34 error workflow workflow: input.seconds.patern is unknown. Did you mean pattern?'],
    ['{ type = "string", pattern = "(" }', '3:34 error workflow workflow: input.seconds.pattern is not a regular expression'],
    ['"number"', '3:5 error workflow workflow: input.seconds must be a table such as'],
    ['{ type = "array", items = { type = "text" } }', '3:43 error workflow workflow: input.seconds.items.type must be one of'],
  ])('with the field %s is an error at its place', async (field, finding) => {
    const [found, ...more] = await check(declare(field));
    expect(found).toContain(`script.lua:${finding}`);
    expect(more).toEqual([]);
  });

  test.each([
    ['"agora.stop_recordin"', "calls[1] is not a function: 'agora.stop_recordin'. Did you mean agora.stop_recording"],
    ['["agora.start_recording"] = 0', 'calls["agora.start_recording"] must be a whole number of 1 or more, not 0.'],
    ['["agora.start_recording"] = -1', 'must be a whole number of 1 or more, not -1.'],
    ['["agora.start_recording"] = 1.5', 'must be a whole number of 1 or more, not 1.5.'],
    ['5', 'calls[1] must be the name of a function'],
  ])('with the call %s is an error at its place', async (call, message) => {
    const findings = await check(`workflow {\n  calls = {\n    ${call},\n  },\n}`);
    expect(findings).toEqual([expect.stringMatching(/^script\.lua:3:[56] error workflow /)]);
    expect(findings[0]).toContain(message);
  });

  test.each([
    ['a function of it', 'local text = "x"\nworkflow { description = text }', '2:12'],
    ['a field of it', 'workflow { input = { a = { type = "number", default = 2 * 30 } } }', '1:45'],
    ['its calls', 'local all = {}\nworkflow { calls = all }', '2:12'],
    ['the name of a call', 'local stop = "agora.stop_recording"\nworkflow { calls = { [stop] = 1 } }', '2:23'],
    ['all of it', 'local all = {}\nworkflow(all)', '2:10'],
  ])('is a warning if %s is computed', async (_what, script, place) => {
    const findings = await check(script);
    expect(findings).toEqual([expect.stringContaining(`script.lua:${place} warning workflow workflow: this is not a literal.`)]);
    expect(findings[0]).toContain('kosmo workflows');
  });

  test('comes first, and once', async () => {
    const call = 'app.integrations.agora.get_notification_ips()';
    expect(await check(`local function later() ${call} end\nworkflow {}\nlater()\n${call}`)).toEqual([]);
    expect(await check(`${call}\nworkflow {}`)).toEqual([expect.stringContaining('script.lua:1:1 error workflow')]);
    expect(await check('workflow {}\nworkflow {}')).toEqual([expect.stringContaining('script.lua:2:1 error workflow')]);
  });

  test('says nothing about a function of the same name', async () => {
    expect(await check('local function workflow(t) return t end\nworkflow { input = 5 }')).toEqual([]);
  });

  test('makes a call that it does not have an error, in the script and in its modules', async () => {
    write('lib/stop.lua', 'return function(s) app.integrations.agora.stop_recording(s) end');
    const findings = await check(
      'workflow { calls = { "agora.query_recording" } }\nlocal stop = require "lib.stop"\napp.integrations.agora.get_notification_ips()',
    );
    expect(findings).toEqual([
      expect.stringMatching(/^script\.lua:3:24 error undeclared-call agora\.get_notification_ips is not declared/),
      expect.stringMatching(/^lib\/stop\.lua:1:43 error undeclared-call agora\.stop_recording is not declared/),
    ]);
  });
});

describe('a module', () => {
  test('is checked with the script that names it, once for all scripts', async () => {
    write('lib/a.lua', 'local b = require "lib.b"\nprnt(1)\nreturn b');
    write('lib/b.lua', 'return {');
    write('other.lua', 'require "lib.a"');
    const findings = await check('require "lib.a"\nrequire "string"', 'other.lua');
    expect(findings).toEqual([
      expect.stringMatching(/^lib\/a\.lua:2:1 warning unknown-global .*print/),
      expect.stringMatching(/^lib\/b\.lua:1:9 error syntax /),
    ]);
  });

  test('that declares a workflow is an error that says where the declaration belongs', async () => {
    write('lib/a.lua', 'workflow {}\nreturn 1');
    expect(await check('require "lib.a"')).toEqual([
      expect.stringContaining(
        "lib/a.lua:1:1 error workflow workflow: a declaration belongs at the top of the script, not into the module 'lib.a'.",
      ),
    ]);
  });

  test.each<[string, () => void, string]>([
    ['missing', () => undefined, "there is no module 'lib.x': lib/x.lua does not exist beside the script."],
    ['a link', () => symlinkSync('/etc/hosts', path.join(folder, 'lib/x.lua')), 'is, or is behind, a link.'],
    ['a folder', () => mkdirSync(path.join(folder, 'lib/x.lua')), 'is not a regular file.'],
    ['a file of 1 GB', () => writeSparse(path.join(folder, 'lib/x.lua'), 1024 ** 3), 'is longer than 1 MiB.'],
  ])('that is %s is an error at its name', async (_what, make, message) => {
    make();
    const findings = await check('local x = require("lib.x")');
    expect(findings).toEqual([expect.stringMatching(/^script\.lua:1:19 error module require: /)]);
    expect(findings[0]).toContain(message);
  });

  test('of compiled code is an error', async () => {
    write('lib/x.lua', '\x1bLua');
    expect(await check('require "lib.x"')).toEqual([expect.stringMatching(/^lib\/x\.lua:1:\d+ error syntax .*binary chunk/)]);
  });

  test.each(['../x', '/etc/hosts', 'lib..x', '..x'])('outside the folder, such as %s, is an error', async (name) => {
    expect(await check(`require "${name}"`)).toEqual([expect.stringContaining('is not the name of a module')]);
  });

  test('in a circle is an error that shows the circle, unless it is loaded later', async () => {
    write('lib/a.lua', 'return require "lib.b"');
    write('lib/b.lua', 'return require "lib.a"');
    const findings = await check('require "lib.a"');
    expect(findings).toEqual([
      expect.stringContaining('lib/a.lua:1:16 error module require: modules load each other in a circle: lib.a → lib.b → lib.a.'),
      expect.stringContaining('lib/b.lua:1:16 error module require: modules load each other in a circle: lib.b → lib.a → lib.b.'),
    ]);
    write('lib/b.lua', 'return function() return require "lib.a" end');
    expect(await check('require "lib.a"')).toEqual([]);
  });

  test('of a script from stdin needs the folder', async () => {
    write('lib/a.lua', 'return 1');
    const run = (...args: readonly string[]) => kosmo(['integrations:check', '-', ...args], { cwd: folder, stdin: 'require "lib.a"' });
    expect(await run()).toMatchObject({ code: 1, stdout: expect.stringContaining('Name the folder with --module-path <folder>.') });
    expect(await run('--module-path', '.')).toMatchObject({ code: 0, stdout: '' });
  });
});
