import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { kosmo } from '../helpers/cli.ts';

const schema = JSON.parse(readFileSync(new URL('../../dist/schemas/lua-run.schema.json', import.meta.url), 'utf8')) as object;
const validate = new Ajv2020({ strict: false }).compile(schema);

test.each([
  ['success', ['-e', 'return 1, {x = {}}']],
  ['success without values', ['-e', 'print(1)']],
  [
    'a call of the emulator',
    ['--emulator', '--force', '-e', 'return app.integrations.agora.acquire_recording_resource{cname = "a", uid = 5}'],
  ],
  ['a failed call', ['--emulator', '-e', 'app.integrations.agora.query_recording("R", "S", "mix")']],
  ['refused arguments', ['--emulator', '-e', 'app.integrations.agora.query_recording()']],
  ['a refused write', ['--emulator', '-e', 'app.integrations.agora.acquire_recording_resource{cname = "a", uid = "5"}']],
  ['no credentials', ['-e', 'app.integrations.agora.get_notification_ips()']],
  ['an unknown function', ['-e', 'app.integrations.nothing.here()']],
  ['a script error', ['-e', 'error({a = 1})']],
  ['a syntax error', ['-e', 'return return']],
  ['the CPU limit', ['-e', 'while true do end', '--cpu-limit', '0.1']],
  ['the memory limit', ['-e', 'string.rep("x", 1e9)']],
  ['the timeout', ['-e', 'sleep(9)', '--timeout', '0.1']],
  ['cut output', ['-e', 'for i = 1, 9 do print(("x"):rep(1e6)) end']],
  ['a wrong option', ['--nonsense']],
  ['no code', []],
])('the document of %s fits the schema that the package ships', async (_what, args) => {
  const { stdout } = await kosmo(['integrations:lua', ...args, '--json']);
  validate(JSON.parse(stdout));
  expect(validate.errors).toBeNull();
});
