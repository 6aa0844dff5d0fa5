import { describe, expect, test } from 'vitest';
import { makeMcpProject } from '../helpers/mcp-project.ts';
import { runCli } from '../helpers/run-cli.ts';

const project = makeMcpProject();
const kosmo = (...args: readonly string[]) => runCli(args, { cwd: project.folder, env: project.env });

const SPELLINGS = [
  'agora.agora_get_notification_ips',
  'agora_get_notification_ips',
  'app.integrations.agora_get_notification_ips',
  'app.integrations.agora.agora_get_notification_ips',
  'integrations.agora.get_notification_ips',
];

describe.each(SPELLINGS)('%s', (name) => {
  test.each([
    ['integrations:schema', name],
    ['integrations:docs', name],
    ['docs', name],
    ['integrations:call', name, '--help'],
    ['policy:explain', name],
  ])('%s %s', async (...words) => {
    const short = words.map((word) => (word === name ? 'agora.get_notification_ips' : word));
    expect(await kosmo(...words)).toEqual(await kosmo(...short));
  });

  test('in both searches, docs.read and a call', async () => {
    expect((await kosmo('integrations:search', name)).stdout).toContain('agora.get_notification_ips');
    const code = `print(docs.search("${name}")) print(docs.read("${name}") == docs.read("agora.get_notification_ips"))`;
    const { stdout } = await kosmo('integrations:lua', '-e', code);
    expect(stdout).toContain('agora.get_notification_ips - ');
    expect(stdout).toContain('true');
    const call = await kosmo('integrations:call', name, '--emulator', '--json');
    expect(JSON.parse(call.stdout)).toMatchObject({ success: true, function: 'agora.get_notification_ips' });
  });
});

test.each([
  'agora.get_notification_ips.x',
  'app.integrations',
  'app.integrations.',
  'app.agora_get_notification_ips',
  'agora.agora_agora_get_notification_ips',
  'agora..get_notification_ips',
  'mcp.agora_get_notification_ips',
])('%s names no function', async (name) => {
  for (const command of ['integrations:call', 'integrations:schema']) {
    const { code, stdout, stderr } = await kosmo(command, name);
    expect([code, stdout + stderr]).toEqual([1, expect.stringContaining('nknown')]);
  }
});

test('a workflow declares its calls by slug', async () => {
  const code = (name: string) => `workflow { calls = { ["${name}"] = 1 } } return type(app.integrations.agora.get_notification_ips{})`;
  for (const name of SPELLINGS)
    expect(await kosmo('integrations:lua', '--emulator', '-e', code(name))).toMatchObject({ code: 0, stdout: 'table\n' });
});

test('a script calls a function by its slug, and the log has its short name', async () => {
  const code =
    'return app.integrations.agora.agora_get_notification_ips == app.integrations.agora.get_notification_ips, #app.integrations.agora.default.agora_get_notification_ips{}';
  const { stdout } = await kosmo(
    'integrations:lua',
    '--emulator',
    '--json',
    '-e',
    `app.integrations.agora.agora_get_notification_ips{} ${code}`,
  );
  expect(JSON.parse(stdout)).toMatchObject({ success: true, call_log: [{ function: 'app.integrations.agora.get_notification_ips' }, {}] });
  const listed = await kosmo('integrations:lua', '-e', 'for name in pairs(app.integrations.agora) do print(name) end');
  expect(listed.stdout).not.toContain('agora_');
});

test('--allow takes a slug, and so do integrations:agora and integrations:check', async () => {
  const allowed = ['--allow', 'agora_acquire_recording_resource', '--emulator', '--json'];
  const call = await kosmo('integrations:agora', 'agora_acquire_recording_resource', '--cname', 'room', '--uid', '5', ...allowed);
  expect(JSON.parse(call.stdout)).toMatchObject({ success: true, function: 'agora.acquire_recording_resource' });
  const code = 'app.integrations.agora.agora_stop_recording{} docs.read("agora.agora_stop_recording")';
  const { stdout } = await kosmo('integrations:check', project.write('check.lua', code), '--json');
  expect(stdout).toContain('agora.stop_recording: ');
  expect(stdout).not.toContain('unknown-function');
  expect(stdout).not.toContain('no page');
});

test('a rule by slug decides, and a second rule of the same function is an error', async () => {
  const rules = (functions: string) => `kosmo:\n  integrations:\n    agora:\n      permissions:\n        functions: ${functions}\n`;
  const file = `${project.home}/config.yaml`;
  project.write(file, rules('{agora_get_notification_ips: deny}'));
  expect(await kosmo('integrations:call', 'agora.get_notification_ips', '--emulator')).toMatchObject({ code: 4 });
  expect((await kosmo('policy:explain', 'agora.get_notification_ips')).stdout).toContain('deny');
  project.write(file, rules('{agora_get_notification_ips: deny, get_notification_ips: allow}'));
  expect((await kosmo('integrations:call', 'agora.get_notification_ips', '--emulator')).stderr).toContain('is another name of');
  project.write(file, '');
});

test('a portable script can ask whether integrations are available', async () => {
  const asks = await kosmo('mcp:lua', '-e', 'print(app.integrations == nil, app.mcp ~= nil) if app.integrations then error("no") end');
  expect(asks).toMatchObject({ code: 0, stdout: 'true\ttrue\n' });
  const calls = await kosmo('mcp:lua', '-e', 'app.integrations.agora.get_notification_ips{}');
  expect(calls).toMatchObject({ code: 1 });
  expect(calls.stderr).toContain('run the script with kosmo integrations:lua');
});
