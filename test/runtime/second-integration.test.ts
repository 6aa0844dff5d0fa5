// What a host does with an integration that has no emulator, and whose open resources are no recordings.
import path from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { defineIntegration, defineTool, type IntegrationEntry } from '../../src/integration/index.ts';
import type { Host } from '../../src/runtime/index.ts';

const NOTHING = { type: 'object', properties: {}, required: [] } as const;
const DOCS = { returns: '', example: '', errors: [] };
const listNotes = defineTool({
  ...{
    name: 'list_notes',
    slug: 'notes_list_notes',
    operation: 'read',
    description: 'List notes.',
    input: NOTHING,
    output: {},
    docs: DOCS,
  },
  run: async () => [],
});
const createNote = defineTool({
  ...{ name: 'create_note', slug: 'notes_create_note', operation: 'write', description: 'Create a note.', input: NOTHING, output: {} },
  docs: DOCS,
  async run(_args, _connection, { trackOpenResource }) {
    trackOpenResource?.({ id: '2', facts: { number: 2 } });
    trackOpenResource?.({ id: '3', label: 'the draft 3', stopCommand: 'kosmo notes:drafts', facts: { number: 3 } });
    return {};
  },
});
const notes = defineIntegration({
  ...{ id: 'notes', title: 'Notes', description: 'Keep notes.', authStrategy: 'bearer_token' },
  credentials: [{ name: 'token', label: 'Token', required: true, secret: true, description: 'A token.' }],
  tools: [listNotes, createNote],
  connect: () => undefined,
  disconnect: async () => undefined,
  commands: [],
});

vi.mock('../../src/integrations/generated/manifest.ts', async (original) => {
  const { manifest } = await original<{ readonly manifest: readonly IntegrationEntry[] }>();
  const valid = Object.assign(() => true, { errors: null });
  const entry: IntegrationEntry = {
    ...notes,
    ...{ commandNames: [], hasEmulator: false, tools: notes.tools.map((tool) => ({ ...tool, fields: [] })) },
    load: async () => notes,
    loadValidators: async () => ({ notes_list_notes: valid, notes_create_note: valid }),
  } as never;
  return { manifest: [...manifest, entry] };
});

let host: Host | undefined;
afterEach(() => host?.close());

const open = async (emulate: boolean): Promise<Host> => {
  const { createHost } = await import('../../src/runtime/index.ts');
  const guideFolder = path.join(import.meta.dirname, '../../lua-docs');
  host = await createHost({ env: { NOTES_TOKEN: 'a-token' }, guideFolder, emulate });
  return host;
};

test('a script that calls an integration without an emulator is told to leave the emulator out', async () => {
  const { error_detail } = await (await open(true)).run('return app.integrations.notes.list_notes{}', {
    chunk: 'script',
    policy: { force: true },
  });
  expect(error_detail).toMatchObject({
    code: 'NOT_CONFIGURED',
    message: expect.stringContaining('notes has no emulator; leave out --emulator'),
  });
});

test('a direct call of it is refused, and nothing is asked', async () => {
  const { signal } = new AbortController();
  const call = { integration: 'notes', name: 'create_note', account: 'default', args: {} };
  const { error_detail } = await (await open(true)).call(call, { policy: { force: false }, signal });
  expect(error_detail).toMatchObject({
    code: 'NOT_CONFIGURED',
    message: expect.stringContaining('notes has no emulator; leave out --emulator'),
  });
});

test('its status is that of its accounts, with or without an emulator for others', async () => {
  for (const emulate of [true, false]) {
    const opened = await open(emulate);
    expect(opened.readDocs('notes').text).toMatch(/Status: active$/m);
    expect(opened.readDocs('agora').text).toMatch(emulate ? /Status: active \(emulator\)/ : /Status: inactive/);
    await opened.close();
  }
});

test('it is called as configured without the option', async () => {
  const report = await (await open(false)).run('return app.integrations.notes.list_notes{}', { chunk: 'script', policy: { force: false } });
  expect(report).toMatchObject({ success: true, result: [[]] });
});

test('what a script leaves open is reported in the words of its integration', async () => {
  const left: unknown[] = [];
  const { open_recordings } = await (await open(false)).run('return app.integrations.notes.create_note{}', {
    chunk: 'script',
    policy: { force: true },
    onLeftOpen: (resources) => left.push(...resources),
  });
  expect(open_recordings).toEqual([{ number: 2 }, { number: 3 }]);
  expect(left).toEqual([
    { sentence: 'notes: 2 is still open', facts: { number: 2 } },
    { sentence: 'the draft 3 still runs', stopCommand: 'kosmo notes:drafts', facts: { number: 3 } },
  ]);
});
