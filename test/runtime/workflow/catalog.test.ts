import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findWorkflow, isName, listWorkflows, readScriptDeclaration } from '../../../src/runtime/workflow/catalog.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'kosmo-catalog-'));
});
afterEach(() => rmSync(root, { recursive: true }));

const folder = (name: string, scope: 'project' | 'user' = 'project') => {
  mkdirSync(path.join(root, name), { recursive: true });
  return { path: path.join(root, name), scope };
};
const write = (file: string, text: string): void => writeFileSync(path.join(root, file), text);
const declared = (description: string): string => `workflow { description = "${description}" }`;

test('workflows are sorted by name, and the first folder wins', () => {
  const folders = [folder('a'), folder('b', 'user')];
  write('a/stop.lua', declared('from a'));
  write('b/stop.lua', declared('from b'));
  write('b/all.lua', declared('all'));
  write('b/.hidden.lua', declared('hidden'));
  write('b/notes.txt', 'notes');
  mkdirSync(path.join(root, 'a/lib.lua'));
  expect(
    listWorkflows(folders, []).map(({ name, declaration, isHidden, scope }) => [name, declaration?.description, isHidden, scope]),
  ).toEqual([
    ['all', 'all', false, 'user'],
    ['stop', 'from a', false, 'project'],
    ['stop', 'from b', true, 'user'],
  ]);
  expect(findWorkflow('stop', folders, []).declaration?.description).toBe('from a');
});

test('a file that cannot be read is listed with its problem, and takes no other away', () => {
  const folders = [folder('a'), { path: path.join(root, 'missing'), scope: 'user' } as const];
  write('a/good.lua', declared('good'));
  write('a/plain.lua', 'return 1');
  write('a/syntax.lua', 'return 1\nreturn {');
  write('a/computed.lua', 'local text = "x"\nworkflow { description = text }');
  write('a/twice.lua', 'workflow {}\nworkflow {}');
  write('a/type.lua', 'workflow { input = { a = { type = "strng" } } }');
  write('a/big.lua', '');
  truncateSync(path.join(root, 'a/big.lua'), 1024 ** 3);
  symlinkSync(path.join(root, 'nowhere'), path.join(root, 'a/link.lua'));
  execFileSync('mkfifo', [path.join(root, 'a/pipe.lua')]);
  const problems = Object.fromEntries(listWorkflows(folders, []).map(({ name, problem }) => [name, problem]));
  expect(problems).toEqual({
    big: 'it is longer than 4 MiB',
    computed: 'line 2: the declaration is not made of literals',
    good: undefined,
    link: 'the file does not exist',
    pipe: 'it is no regular file',
    plain: undefined,
    syntax: expect.stringMatching(/^line \d is not valid Lua$/),
    twice: 'the script declares itself twice',
    type: expect.stringMatching(/^input\.a\.type must be one of string, .*Did you mean string\?$/),
  });
});

test('a folder that cannot be read has no workflows', () => {
  const folders = [folder('a')];
  chmodSync(path.join(root, 'a'), 0);
  if (process.getuid?.() !== 0) expect(listWorkflows(folders, [])).toEqual([]);
  chmodSync(path.join(root, 'a'), 0o700);
  expect(listWorkflows(folders, [])).toEqual([]);
});

test.each([
  ['record_chanel', 'did you mean record_channel'],
  ['record-channel', 'did you mean record_channel'],
  ['zzz', 'kosmo workflows lists them'],
])('the name %s is unknown, with what to do', (name, hint) => {
  const folders = [folder('a')];
  write('a/record_channel.lua', declared('x'));
  expect(() => findWorkflow(name, folders, [])).toThrow(
    expect.objectContaining({ code: 'USAGE', message: `unknown workflow '${name}'`, hint: expect.stringContaining(hint) }),
  );
});

test('a name that leaves the folder is unknown', () => {
  write('secret.lua', declared('secret'));
  for (const name of ['../secret', '..', './a', '/etc/hosts', 'a.lua', '-', 'a\0b']) {
    expect(isName(name)).toBe(false);
    expect(() => findWorkflow(name, [folder('a')], [])).toThrow(expect.objectContaining({ code: 'USAGE' }));
  }
});

test('2 MB of text in a declaration are a problem, and cost little', () => {
  const { declaration, problem } = readScriptDeclaration(Buffer.from(declared('x'.repeat(2_000_000))), []);
  expect(problem).toMatch(/^the declaration has \d+ characters; at most 65536 are possible$/);
  expect(declaration?.input).toEqual({ type: 'object', properties: {}, required: [] });
});
