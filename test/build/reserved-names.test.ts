import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { generateManifest } from '../../src/build/generate-manifest.mjs';
import { findReservedNames } from '../../src/build/reserved-names.mjs';
import { createHost } from '../../src/index.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'kosmo-reserved-'));
afterAll(() => rmSync(folder, { recursive: true }));

let count = 0;

/** Reads an integration in a folder `id`, with further fields, as the build does. */
function build(id: string, fields = ''): Promise<unknown> {
  const parent = path.join(folder, String(count++));
  mkdirSync(path.join(parent, id), { recursive: true });
  writeFileSync(
    path.join(parent, id, 'index.ts'),
    `const integration = { id: '${id}', tools: [], credentials: [], commands: [], ${fields} };\nexport { integration as ${JSON.stringify(id)} };\n`,
  );
  return generateManifest([parent], path.join(parent, 'generated'));
}

test.each([
  ['list', 'the command integrations:list'],
  ['call', 'the command integrations:call'],
  ['integrations', 'the command integrations'],
  ['mcp', 'the command mcp'],
  ['config', 'the command config'],
  ['policy', 'the command policy'],
  ['secrets', 'the command secrets'],
  ['introspect', 'the command introspect'],
  ['completion', 'the command completion'],
  ['help', 'the command help'],
  ['docs', 'the command integrations:docs'],
  ['goto', 'the keyword goto of Lua'],
  ['string', 'the global string of scripts'],
  ['parallel', 'the global parallel of scripts'],
  ['limits', 'the guide limits'],
  ['kosmo', 'the environment variables of kosmo'],
])('the build refuses an integration %s, because it would take the place of %s', async (id, owner) => {
  await expect(build(id)).rejects.toThrow(`the id '${id}' is reserved for ${owner}; rename the folder and the integration`);
});

test.each(['Notes', '2nd', 'my-notes', '_notes'])('the build refuses the id %s', async (id) => {
  await expect(build(id)).rejects.toThrow(`the id '${id}' must be lower-case letters, digits and _, and begin with a letter`);
});

test('the build refuses two integrations with one id', async () => {
  const parents = ['first', 'second'].map((name) => path.join(folder, name));
  for (const parent of parents) {
    mkdirSync(path.join(parent, 'notes'), { recursive: true });
    writeFileSync(path.join(parent, 'notes/index.ts'), `export const notes = { id: 'notes', tools: [], credentials: [], commands: [] };\n`);
  }
  await expect(generateManifest(parents, path.join(folder, 'generated'))).rejects.toThrow(
    `the id 'notes' is reserved for the integration in ${parents[0]}/notes`,
  );
});

test('the build refuses a page that does not exist', async () => {
  await expect(build('notes', `page: 'notes.md'`)).rejects.toThrow(
    `the page 'notes.md' exists neither below the package nor below this folder`,
  );
});

test('a guide that an integration names as its page is not reserved', async () => {
  expect((await findReservedNames([])).get('agora')).toBe('the guide agora');
  expect((await findReservedNames(['lua-docs/agora.md'])).get('agora')).toBeUndefined();
});

test('every global of scripts, every command and every guide is reserved', async () => {
  const reserved = await findReservedNames([]);
  const host = await createHost();
  const { result } = await host.run(
    'local names = {} for name in pairs(_G) do names[#names + 1] = name end return table.concat(names, " ")',
  );
  await host.close();
  const globals = String(result?.[0]).split(' ');
  const guides = readdirSync('lua-docs').map((file) => path.basename(file, '.md'));
  expect([...globals, ...guides, 'lua', 'check', 'status'].filter((name) => !reserved.has(name))).toEqual([]);
});
