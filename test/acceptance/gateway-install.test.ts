import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { makeMcpProject } from '../helpers/mcp-project.ts';
import { runCli } from '../helpers/run-cli.ts';

let project = makeMcpProject();
let home = '';
beforeEach(() => {
  project = makeMcpProject();
  home = mkdtempSync(path.join(tmpdir(), 'kosmo-person-'));
});

const install = async (...words: string[]): Promise<{ document: Record<string, unknown>; code: number | null }> => {
  const env = { ...project.env, HOME: home };
  const { stdout, code } = await runCli(['mcp:gateway:install', '--json', ...words], { cwd: project.folder, env });
  return { document: JSON.parse(stdout), code };
};
const read = (file: string): string => readFileSync(file, 'utf8');

test.each([
  ['claude-code', '.mcp.json', '.claude.json', ['mcpServers']],
  ['claude-desktop', null, '.config/Claude/claude_desktop_config.json', ['mcpServers']],
  ['codex', '.codex/config.toml', '.codex/config.toml', ['mcp_servers']],
  ['cursor', '.cursor/mcp.json', '.cursor/mcp.json', ['mcpServers']],
  ['gemini', '.gemini/settings.json', '.gemini/settings.json', ['mcpServers']],
  ['opencode', 'opencode.json', '.config/opencode/opencode.json', ['mcp', 'servers']],
  ['vscode', '.vscode/mcp.json', '.config/Code/User/mcp.json', ['servers']],
  ['windsurf', null, '.codeium/windsurf/mcp_config.json', ['mcpServers']],
])('%s gets the gateway in the file of the project, or with --global in that of the user', async (client, inProject, inHome, root) => {
  const file = inProject === null ? path.join(home, inHome) : path.join(project.folder, inProject);
  const { document, code } = await install('--client', client, '--tools=code');
  expect([code, document.path]).toEqual([0, file]);
  await install('--client', client, '--global');
  for (const written of [file, path.join(home, inHome)]) {
    if (client === 'codex')
      expect(read(written)).toMatch(/^\[mcp_servers\.kosmo\]\ncommand = "kosmo"\nargs = \[ "mcp:serve", "--write=deny".*\]\n$/);
    else {
      const servers = root.reduce((value, key) => value[key], JSON.parse(read(written)));
      const command = client === 'opencode' ? ['kosmo', 'mcp:serve', '--write=deny'] : 'kosmo';
      if (written !== file || inProject === null) expect(servers.kosmo).toMatchObject({ command });
      else expect(JSON.stringify(servers.kosmo)).toContain('--tools=code');
    }
  }
  if (inProject === null) expect((await install('--client', client, '--project')).code).toBe(2);
});

test('whatever else is in a file of JSON stays, comments too', async () => {
  const file = project.write(
    '.gemini/settings.json',
    '{\n  // mine\n  "theme": "dark",\n  "mcpServers": {\n    "a": { "httpUrl": "x" } // a\n  }\n}\n',
  );
  expect((await install('--client', 'gemini')).code).toBe(0);
  expect(read(file)).toContain('// mine\n  "theme": "dark"');
  for (const kept of ['"httpUrl": "x"', '// a']) expect(read(file)).toContain(kept);
  expect(read(file)).toContain('"command": "kosmo"');
});

test('OpenCode keeps the form that its file has', async () => {
  const file = project.write('opencode.json', { mcp: { a: { type: 'local', command: ['x'] } } });
  await install('--client', 'opencode');
  expect(Object.keys(JSON.parse(read(file)).mcp)).toEqual(['a', 'kosmo']);
});

test('VS Code reads servers only, also if its file has mcpServers', async () => {
  const file = project.write('.vscode/mcp.json', { mcpServers: {} });
  await install('--client', 'vscode');
  expect(JSON.parse(read(file))).toMatchObject({ mcpServers: {}, servers: { kosmo: { type: 'stdio' } } });
});

test.each([
  [
    'appended',
    'model = "x" # mine\r\n\r\n[profiles.a]\r\nb = 1\r\n',
    /^model = "x" # mine\r\n\r\n\[profiles\.a\]\r\nb = 1\r\n\r\n\[mcp_servers\.kosmo\]\r\ncommand/,
  ],
  [
    'replaced with its own tables, between the others',
    '# top\n[mcp_servers.kosmo]\ncommand = "old"\nargs = [\n  "x",\n]\n\n[mcp_servers.kosmo.env]\nA = "1"\n\n# of the next\n[mcp_servers.other]\ncommand = "y"\n',
    /^# top\n\[mcp_servers\.kosmo\]\ncommand = "kosmo"\nargs = .*\n\n# of the next\n\[mcp_servers\.other\]\ncommand = "y"\n$/,
  ],
  [
    'replaced under a quoted name',
    '[mcp_servers."kosmo"]\ncommand = "old"\n[tui]\na = "[x]"\n',
    /^\[mcp_servers\.kosmo\]\ncommand = "kosmo"\nargs = .*\n\[tui\]\na = "\[x\]"\n$/,
  ],
])('the table of Codex is %s', async (_how, text, expected) => {
  const file = project.write('.codex/config.toml', text);
  expect((await install('--client', 'codex')).code).toBe(0);
  expect(read(file)).toMatch(expected);
  const once = read(file);
  await install('--client', 'codex');
  expect(read(file)).toBe(once);
});

test.each([
  ['codex', '.codex/config.toml', 'a = 1\nb = ['],
  ['codex', '.codex/config.toml', 'mcp_servers = { kosmo = { command = "x" } }\n'],
  ['codex', '.codex/config.toml', 'mcp_servers.kosmo.command = "x"\n'],
  ['gemini', '.gemini/settings.json', '{ "theme": '],
  ['opencode', 'opencode.json', '[]'],
])('a file of %s that does not parse, or that only a person can change, is not written: %s %s', async (client, name, text) => {
  const file = project.write(name, text);
  const { document, code } = await install('--client', client);
  expect([code, document.success, read(file)]).toEqual([3, false, text]);
  expect(document.error).toContain('It was left as it is.');
});

test('an unknown client and a name with a space write nothing', async () => {
  expect((await install('--client', 'emacs')).code).toBe(2);
  expect((await install('--name', 'a b')).code).toBe(2);
  expect(existsSync(path.join(project.folder, '.mcp.json'))).toBe(false);
});

test('export prints the form of the client', async () => {
  const { stdout } = await runCli(['mcp:gateway:export', '--client', 'codex'], { cwd: project.folder, env: project.env });
  expect(stdout).toMatch(/^\[mcp_servers\.kosmo\]\ncommand = "kosmo"\n/);
});
