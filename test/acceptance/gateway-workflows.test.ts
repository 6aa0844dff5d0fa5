import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { kosmo } from '../helpers/cli.ts';
import { openGateway, type TestGateway, type TestGatewayOptions } from '../helpers/gateway.ts';
import { runCli } from '../helpers/run-cli.ts';
import { tempFolder } from '../helpers/temp-folder.ts';

const ACQUIRE = `local input = workflow {
  description = "Acquire a resource.",
  input = {
    cname = { type = "string", minLength = 1, description = "Channel." },
    key = { type = "string", secret = true, optional = true, description = "A key." },
  },
  calls = { ["agora.acquire_recording_resource"] = 1 },
}
local names = require "lib.names"
log("acquiring", input.cname, input.key)
local acquired = app.integrations.agora.acquire_recording_resource { cname = input.cname, uid = names.uid }
log("acquired")
return { has_resource = #acquired.resourceId > 0 }`;

let folder: string;
let gateway: TestGateway | undefined;
const write = (file: string, text: string): void => writeFileSync(path.join(folder, file), text);
beforeEach(() => {
  folder = tempFolder();
  mkdirSync(path.join(folder, 'workflows/lib'), { recursive: true });
  write('workflows/acquire.lua', ACQUIRE);
  write('workflows/lib/names.lua', 'return { uid = "5" }');
  write('workflows/look.lua', 'workflow { description = "Look.", calls = { "agora.get_notification_ips" } }\nreturn 1');
  write('workflows/broken.lua', 'workflow { calls = {');
  write('workflows/plain.lua', 'return 1');
  write('workflows/free.lua', 'workflow { description = "No calls." }');
});
afterEach(() => gateway?.close());

const env = () => ({ KOSMO_HOME: path.join(folder, 'home') });
const open = async (words: readonly string[] = [], options: TestGatewayOptions = {}): Promise<TestGateway> => {
  gateway = await openGateway(['--emulator', '--workflows', '--tools=code', ...words], { env: env(), cwd: folder, ...options });
  return gateway;
};

test('each workflow is a tool with its schema, and broken files are left out', async () => {
  const { client } = await open(['--write=allow']);
  const { tools } = await client.listTools();
  const own = tools.filter(({ name }) => name.startsWith('workflow__'));
  expect(own.map(({ name }) => name)).toEqual(['workflow__acquire', 'workflow__look']);
  expect(own[0]).toMatchObject({
    title: 'acquire',
    description: 'Acquire a resource.',
    inputSchema: {
      type: 'object',
      required: ['cname'],
      properties: { cname: { type: 'string', minLength: 1 }, key: { description: 'Secret. A key.' } },
    },
    annotations: { readOnlyHint: false, destructiveHint: true },
  });
  expect(own[1]?.annotations).toMatchObject({ readOnlyHint: true, destructiveHint: false });
});

test('files that cannot be offered are named on stderr', async () => {
  const { stderr } = await kosmo(['mcp:serve', '--workflows'], { env: env(), cwd: folder });
  for (const name of ['broken', 'plain', 'free']) expect(stderr).toContain(`the workflow workflows/${name}.lua is not offered: `);
});

test('a write is asked about through the client, and log is progress without secrets', async () => {
  const questions: string[] = [];
  const { call } = await open(['--write=allow'], { approve: (message) => questions.push(message) > 0 });
  const progress: (string | undefined)[] = [];
  const { data, isError } = await call(
    'workflow__acquire',
    { cname: 'room', key: 'very-secret-key' },
    { onprogress: ({ message }) => progress.push(message) },
  );
  expect([isError, data.result]).toEqual([false, [{ has_resource: true }]]);
  expect(questions).toEqual([expect.stringContaining('agora.acquire_recording_resource (account default)')]);
  expect(progress).toEqual(expect.arrayContaining(['acquiring\troom\t[redacted]', 'acquired']));
});

test('without a user to ask the write is refused, unless the workflow is approved', async () => {
  const { call } = await open(['--write=allow']);
  expect(await call('workflow__acquire', { cname: 'room' })).toMatchObject({
    isError: true,
    text: expect.stringContaining('APPROVAL_REQUIRED'),
  });
  await runCli(['workflows:approve', 'acquire', '--yes'], { env: env(), cwd: folder });
  expect(await call('workflow__acquire', { cname: 'room' })).toMatchObject({ isError: false });
  write('workflows/lib/names.lua', 'return { uid = "6" }');
  expect(await call('workflow__acquire', { cname: 'room' })).toMatchObject({
    isError: true,
    text: expect.stringContaining('lib/names.lua changed'),
  });
});

test('wrong input is refused with every problem before anything is called', async () => {
  const { call } = await open(['--write=allow', '--force']);
  const { isError, text, data } = await call('workflow__acquire', { cname: '', other: 1 });
  expect([isError, data.call_log]).toEqual([true, []]);
  expect(text).toContain('INVALID_INPUT');
  expect(text).toContain('input.cname must not be empty');
  expect(text).toContain('input.other is not declared');
});

test('a gateway without writes offers no workflow that declares one', async () => {
  const { names, call } = await open();
  expect((await names()).filter((name) => name.startsWith('workflow__'))).toEqual(['workflow__look']);
  expect(await call('workflow__acquire', { cname: 'a' })).toMatchObject({
    isError: true,
    text: expect.stringContaining('write_policy=deny'),
  });
});

test('a folder can be named, and must exist', async () => {
  mkdirSync(path.join(folder, 'other'));
  write('other/mine.lua', 'workflow { description = "Mine.", calls = {} }');
  gateway = await openGateway(['--workflows=other', '--tools=code'], { env: env(), cwd: folder });
  expect((await gateway.names()).filter((name) => name.startsWith('workflow__'))).toEqual(['workflow__mine']);
  const { code, stderr } = await kosmo(['mcp:serve', '--workflows=nowhere'], { env: env(), cwd: folder });
  expect([code, stderr]).toEqual([2, expect.stringContaining('--workflows=nowhere is not a folder')]);
});
