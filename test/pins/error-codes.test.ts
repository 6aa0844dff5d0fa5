import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { ERROR_CODES, EXIT_CODES } from '../../src/errors/index.ts';

const root = path.join(import.meta.dirname, '../..');

test('the page of errors lists exactly the codes of the source, with the same facts', () => {
  const page = readFileSync(path.join(root, 'lua-docs/errors.md'), 'utf8');
  const listed = page.split('\n').filter((line) => /^\| `[A-Z_]+` \|/.test(line));
  const expected = Object.entries(ERROR_CODES).map(
    ([code, { exitCode, outcome, retryable, help }]) =>
      `| \`${code}\` | ${exitCode} | ${outcome} | ${retryable ? 'yes' : 'no'} | ${help} |`,
  );
  expect(listed).toEqual(expected);
});

test('the page of errors lists exactly the exit codes of the source', () => {
  const page = readFileSync(path.join(root, 'lua-docs/errors.md'), 'utf8');
  const listed = page.split('\n').filter((line) => /^\| \d+ \|/.test(line));
  expect(listed).toEqual(Object.entries(EXIT_CODES).map(([code, meaning]) => `| ${code} | ${meaning} |`));
});

test('every code is thrown somewhere', () => {
  const source = readdirSync(path.join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith(path.join('errors', 'codes.ts')))
    .map((file) => readFileSync(path.join(root, 'src', file), 'utf8'))
    .join('\n');
  const unused = Object.keys(ERROR_CODES).filter((code) => !source.includes(`'${code}'`));
  expect(unused).toEqual([]);
});
