import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { MAX_LINES, openHistory } from '../../../src/cli/repl/history.ts';
import { rememberSecret } from '../../../src/errors/index.ts';

let folder: string;
let file: string;
let problems: string[];

const open = (at = file): ReturnType<typeof openHistory> => openHistory(at, (problem) => problems.push(problem));

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'kosmo-history-'));
  file = path.join(folder, 'a', 'home', 'lua_history');
  problems = [];
});

afterEach(() => rmSync(folder, { recursive: true }));

test('nothing is written before there is something to keep, then missing folders are made', () => {
  const history = open();
  expect(history.earlier).toEqual([]);
  history.add('  ');
  history.add(' a = "not kept"');
  expect(existsSync(path.dirname(file))).toBe(false);
  history.add('a = 1');
  history.add('a = 1');
  history.add('function f()\n  return a\nend');
  expect(readFileSync(file, 'utf8')).toBe('a = 1\nfunction f()\n  return a\nend\n');
  expect(open().earlier).toEqual(['end', '  return a', 'function f()', 'a = 1']);
  expect(problems).toEqual([]);
});

test('the file stays short, and readable for the owner alone', () => {
  open().add('first');
  writeFileSync(file, Array.from({ length: MAX_LINES + 5 }, (_, index) => `line ${index}\n`).join(''));
  chmodSync(file, 0o644);
  const history = open();
  expect(history.earlier).toHaveLength(MAX_LINES);
  expect(history.earlier.at(-1)).toBe('line 5');
  expect(readFileSync(file, 'utf8').split('\n')).toHaveLength(MAX_LINES + 1);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  history.add('x'.repeat(100_000));
  expect(statSync(file).size).toBeLessThan(100_000);
});

test('a secret that is known is not kept', () => {
  rememberSecret('key-of-a-bucket');
  open().add('start{secretKey = "key-of-a-bucket"}');
  expect(readFileSync(file, 'utf8')).toBe('start{secretKey = "[redacted]"}\n');
});

test('damaged lines are removed with a note, and the others are used', () => {
  open().add('a = 1');
  writeFileSync(file, `\0\0\0\n\x1b[2J\n${readFileSync(file, 'utf8')}b = 2`);
  const history = open();
  expect(history.earlier).toEqual(['b = 2', 'a = 1']);
  expect(problems).toEqual([`2 damaged lines of the history ${file} were removed`]);
  history.add('c = 3');
  expect(readFileSync(file, 'utf8')).toBe('a = 1\nb = 2\nc = 3\n');
});

test.each<readonly [string, () => void]>([
  ['a named pipe', () => execFileSync('mkfifo', [file])],
  ['a folder', () => mkdirSync(file)],
  ['a link to a device', () => symlinkSync('/dev/zero', file)],
])('%s in its place is reported once, and the session goes on', (_what, make) => {
  mkdirSync(path.dirname(file), { recursive: true });
  make();
  const history = open();
  expect(history.earlier).toEqual([]);
  history.add('a = 1');
  expect(problems).toEqual([expect.stringContaining('cannot be used')]);
});

test('a file that cannot be used is reported once, and the session goes on', () => {
  writeFileSync(path.join(folder, 'a'), '');
  const history = open();
  history.add('a = 1');
  expect(problems).toEqual([expect.stringMatching(/lua_history cannot be used \(what is above it is no folder\)/)]);
});
