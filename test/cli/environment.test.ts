import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { environmentVariables } from '../../src/cli/environment.ts';

const root = path.join(import.meta.dirname, '../../src');

/** `process.env.X`, `env.X`, and `NAME_VARIABLE = 'X'` of what is read by a name in a constant. */
const READ = /\benv\.([A-Z][A-Z0-9_]+)\b|_VARIABLE = '([A-Z][A-Z0-9_]+)'/g;

/** Where programs and caches are found, and what time it is, is the system's business. */
const NOT_TOLD = ['PATH', 'PATHEXT', 'LOCALAPPDATA', 'TZ'];

test('every environment variable that the source reads is described', () => {
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  const found = files.flatMap((file) =>
    [...withoutComments(readFileSync(path.join(root, file), 'utf8')).matchAll(READ)].map(([, a, b]) => a ?? b ?? ''),
  );
  const told = environmentVariables().map(({ name }) => name);
  expect([...new Set(found)].filter((name) => !told.includes(name) && !NOT_TOLD.includes(name))).toEqual([]);
  expect(told).toContain('AGORA_CUSTOMER_SECRET');
  expect(new Set(told).size).toBe(told.length);
});

function withoutComments(source: string): string {
  return source.replaceAll(/^ *(?:\/\/|\*|\/\*).*$/gm, '');
}
