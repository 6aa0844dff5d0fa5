import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { fakeServer } from '../helpers/mcp.ts';
import { makeMcpProject } from '../helpers/mcp-project.ts';
import { runCli } from '../helpers/run-cli.ts';

let project = makeMcpProject();
beforeEach(() => {
  project = makeMcpProject();
});

// biome-ignore lint/suspicious/noExplicitAny: documents of many commands, read by their names
type Any = any;

interface Result {
  readonly document: Record<string, Any>;
  readonly stderr: string;
  readonly code: number | null;
}

const run = async (words: readonly string[], env: Record<string, string> = {}): Promise<Result> => {
  const { stdout, stderr, code } = await runCli([...words, '--json'], { cwd: project.folder, env: { ...project.env, ...env } });
  expect(stdout, stderr).toMatch(/^[^\n]+\n$/);
  return { document: JSON.parse(stdout), stderr, code };
};
const own = (entry: object): string => project.write('../home/mcp.json', { mcpServers: { s: entry } });
const imported = (): Record<string, Any> => JSON.parse(readFileSync(path.join(project.folder, '.mcp.json'), 'utf8')).mcpServers;

describe('a file of another program is imported as that program means it', () => {
  test('Codex: TOML, variables by name, seconds', async () => {
    const toml = [
      'model = "x" # mine',
      '[mcp_servers.fs]',
      'command = "npx"',
      'args = ["-y", "server"]',
      'env_vars = ["TOKEN"]',
      'tool_timeout_sec = 60',
      'enabled_tools = ["read"]',
      'sandbox = "off"',
      '[mcp_servers.fs.env]',
      'LEVEL = "debug"',
      '[mcp_servers.web]',
      'url = "https://a.test/mcp"',
      'bearer_token_env_var = "WEB_TOKEN"',
      'http_headers = { X = "1" }',
    ];
    project.write('config.toml', toml.join('\r\n'));
    const { document } = await run(['mcp:import', 'config.toml']);
    expect(document).toMatchObject({
      success: true,
      imported: ['fs', 'web'],
      warnings: [{ server: 'fs', message: "its field 'sandbox' has no effect" }],
    });
    expect(imported()).toEqual({
      fs: {
        command: 'npx',
        args: ['-y', 'server'],
        env: { TOKEN: '${TOKEN}', LEVEL: 'debug' },
        timeout: 60,
        includeTools: ['read'],
        sandbox: 'off',
      },
      web: { url: 'https://a.test/mcp', headers: { X: '1', Authorization: 'Bearer ${WEB_TOKEN}' } },
    });
  });

  test.each([
    ['mcp alone', { mcp: { fs: { type: 'local', command: ['node', 'a.js'], environment: { T: '{env:TOKEN}' }, timeout: 5000 } } }],
    [
      'mcp.servers',
      { mcp: { servers: { fs: { type: 'local', command: ['node', 'a.js'], environment: { T: '{env:TOKEN}' }, timeout: 5000 } } } },
    ],
  ])('OpenCode: %s, a command with its arguments, milliseconds', async (_form, content) => {
    project.write('opencode.json', { $schema: 'https://opencode.ai/config.json', ...content });
    expect((await run(['mcp:import', 'opencode.json'])).document).toMatchObject({ imported: ['fs'] });
    expect(imported()).toEqual({ fs: { command: 'node', args: ['a.js'], env: { T: '${TOKEN}' }, timeout: 5 } });
  });

  test('Gemini CLI: httpUrl, url for server-sent events, milliseconds, and no trust', async () => {
    project.write('.gemini/settings.json', {
      theme: 'x',
      mcpServers: {
        a: { httpUrl: 'https://a.test/mcp', timeout: 30000, trust: true, excludeTools: ['wipe'] },
        b: { url: 'https://b.test/sse' },
      },
    });
    const { document, stderr } = await run(['mcp:import', '.gemini/settings.json']);
    expect(document.warnings).toMatchObject([
      { server: 'a', message: expect.stringContaining("its field 'trust' has no effect; permissions") },
    ]);
    expect(stderr).toContain("a: its field 'trust' has no effect");
    expect(imported()).toEqual({
      a: { url: 'https://a.test/mcp', type: 'http', timeout: 30, trust: true, excludeTools: ['wipe'] },
      b: { url: 'https://b.test/sse', type: 'sse' },
    });
  });

  test('VS Code settings, and a file that has the entries alone', async () => {
    project.write('settings.json', '{ // mine\n "editor.tabSize": 2, "mcp": { "inputs": [], "servers": { "v": { "command": "node" } } } }');
    project.write('alone.json', { one: { command: 'node' }, two: { baseUrl: 'https://a.test/mcp' } });
    await run(['mcp:import', 'settings.json']);
    await run(['mcp:import', 'alone.json']);
    expect(imported()).toEqual({ v: { command: 'node' }, one: { command: 'node' }, two: { baseUrl: 'https://a.test/mcp' } });
    expect((await run(['mcp:list'])).document.servers.two).toMatchObject({ type: 'http', url: 'https://a.test/mcp' });
  });

  test('~/.claude.json: also the servers of this project; those of others are named', async () => {
    const claude = {
      mcpServers: { all: { command: 'node' } },
      projects: {
        [project.folder]: { mcpServers: { here: { command: 'node' } } },
        '/elsewhere': { mcpServers: { there: { command: 'node' } }, allowedTools: [] },
      },
    };
    const file = project.write('../home/claude.json', claude);
    const { document } = await run(['mcp:import', file]);
    expect(document).toMatchObject({
      imported: ['all', 'here'],
      skipped: [{ server: 'there', message: 'it belongs to the project /elsewhere' }],
    });
  });

  test.each([
    ['other.json', '{ "theme": "dark", "extensions": {} }', 'it has theme, extensions; kosmo also reads'],
    ['config.yaml', 'mcpServers: {}', undefined],
    ['config.toml', 'a = 1\n[mcp_servers.x\n', undefined],
  ])('%s without servers is refused with what it has', async (file, text, hint) => {
    project.write(file, text);
    const { document, code } = await run(['mcp:import', file]);
    expect([document.success, code]).toEqual([false, 1]);
    if (hint === undefined) expect(document.error).toMatch(/YAML|config\.toml:2 cannot be imported: it is not valid TOML/);
    else expect(document.error_detail.hint).toContain(hint);
  });

  test('without a file, the files that exist are named', async () => {
    const home = path.join(project.folder, '..', 'person');
    project.write(path.join(home, '.cursor/mcp.json'), { mcpServers: { a: { command: 'node' } } });
    const { document, code } = await run(['mcp:import'], { HOME: home });
    expect([code, document.error_detail.files]).toEqual([2, [path.join(home, '.cursor/mcp.json')]]);
  });
});

describe('an entry that another program accepts is a server', () => {
  test('a name with a space', async () => {
    project.write('../home/mcp.json', { mcpServers: { 'My Server': fakeServer() } });
    const script = 'return app.mcp["My Server"].echo{ message = "a" }, app.mcp.My_Server.echo{ message = "b" }';
    const { document } = await run(['mcp:lua', '--force', '--eval', script]);
    expect(document).toMatchObject({ success: true, error: null });
    expect((await run(['mcp:call', 'My Server.echo', '--message', 'c', '--force'])).code).toBe(0);
  });

  test('fields that switch tools off are obeyed', async () => {
    for (const [filter, names] of [
      [{ disabledTools: ['echo'] }, false],
      [{ excludeTools: ['echo(*)'] }, false],
      [{ disabled_tools: ['echo'] }, false],
      [{ includeTools: ['add'] }, false],
      [{ enabled_tools: [] }, false],
      [{ enabledTools: ['echo', 'add'], excludeTools: ['add'] }, true],
      [{ tools: ['*'] }, true],
    ] as const) {
      own(fakeServer('plain', [], filter));
      const { document } = await run(['mcp:tools', 's']);
      expect([filter, document.tools.some(({ name }: { name: string }) => name === 'echo')]).toEqual([filter, names]);
      const { document: call } = await run(['mcp:call', 's.echo', '--message', 'x', '--force']);
      expect(call.error_detail?.code ?? null).toBe(names ? null : 'UNKNOWN_FUNCTION');
    }
  });

  test('fields without effect are named, and those that would grant rights grant none', async () => {
    own(fakeServer('plain', [], { autoApprove: ['echo'], trust: true, sandbox: {}, description: 'mine' }));
    const { document } = await run(['mcp:list']);
    const { stderr } = await runCli(['mcp:list'], { cwd: project.folder, env: project.env });
    expect(document.problems).toEqual([]);
    expect(document.warnings.map(({ message }: { message: string }) => message)).toEqual([
      "its field 'autoApprove' has no effect; permissions come from your policy: kosmo mcp:add s --read=allow",
      "its field 'trust' has no effect; permissions come from your policy: kosmo mcp:add s --read=allow",
      "its field 'sandbox' has no effect",
    ]);
    expect(stderr).toContain("the server 's': its field 'sandbox' has no effect");
    expect((await run(['mcp:doctor'])).document).toMatchObject({ success: true, warnings: [{ server: 's' }, {}, {}] });
    expect((await run(['mcp:call', 's.write', '--text', 'x'])).document.success).toBe(false);
  });

  test('a timeout that looks like milliseconds is doubted', async () => {
    own({ command: 'node', timeout: 30000 });
    const { document } = await run(['mcp:doctor']);
    expect(document.warnings).toMatchObject([{ message: 'its timeout is 30000 s; timeout is in seconds, so is 30 meant?' }]);
  });

  test('arguments in the command get a hint', async () => {
    own({ command: 'node /x.mjs -v' });
    const { document, code } = await run(['mcp:call', 's.a']);
    expect([code, document.error_detail.hint]).toEqual([3, 'the arguments belong in args: "command": "node", "args": ["/x.mjs","-v"]']);
  });
});

describe('placeholders and paths', () => {
  test('a command and a folder can name variables and the home folder', async () => {
    const { args } = fakeServer() as { args: string[] };
    mkdirSync(path.join(project.folder, 'bin'));
    symlinkSync(process.execPath, path.join(project.folder, 'bin/srv'));
    for (const command of ['${TOOLS}/srv', '${NOPE:-bin}/srv', '~/bin/srv', '${workspaceFolder}/bin/srv']) {
      own({ command, args, cwd: '~/' });
      const env = { TOOLS: path.join(project.folder, 'bin'), HOME: project.folder };
      expect([command, (await run(['mcp:call', 's.echo', '--message', 'x', '--force'], env)).code]).toEqual([command, 0]);
    }
  });

  test('a server of the project gets only the variables that it may have', async () => {
    project.write('.mcp.json', { mcpServers: { s: { command: '${TOOLS}/srv' } } });
    const refused = await run(['mcp:trust', 's'], { TOOLS: '/x' });
    expect(refused.document.error).toContain("MCP env reference 'TOOLS' is not allowed");
    const missing = await run(['mcp:trust', 's'], { KOSMO_MCP_ALLOWED_ENV: 'TOOLS' });
    expect(missing.document.error).toContain('needs the variable TOOLS for command');
  });

  test('a folder that does not exist is named', async () => {
    own(fakeServer('plain', [], { cwd: '~/nope' }));
    const { document, code } = await run(['mcp:call', 's.echo', '--message', 'x', '--force'], { HOME: project.folder });
    expect([code, document.error]).toEqual([
      3,
      `The folder '${project.folder}/nope' of MCP server 's' does not exist. Nothing was started.`,
    ]);
    const { document: doctor } = await run(['mcp:doctor'], { HOME: project.folder });
    expect(doctor.servers.s.obstacles).toMatchObject([{ message: `its folder '${project.folder}/nope' does not exist` }]);
  });

  test('a relative program in your own file gets a warning', async () => {
    mkdirSync(path.join(project.folder, 'node_modules/.bin'), { recursive: true });
    symlinkSync(process.execPath, path.join(project.folder, 'node_modules/.bin/x'));
    const add = (command: string) => run(['mcp:add', 'files', '--global', '--command', command]);
    const { stderr } = await add('node_modules/.bin/x');
    expect(stderr).toContain('found only in folders that have it');
    expect((await add('node')).stderr).not.toContain('found only');
  });
});

describe('envFile', () => {
  const FILE = 'export A=one # no\r\nB=\'b b\'\r\nC="c\\nc"\r\n# comment\r\n\r\nWINS=file\r\nTOKEN=s3cr3t-of-the-file\r\n';

  test('its variables reach the server, those of env win, and values are secrets', async () => {
    project.write('.env.local', FILE);
    own(fakeServer('plain', [], { envFile: '${workspaceFolder}/.env.local', env: { WINS: 'entry' } }));
    const { document } = await run(['mcp:call', 's.environment', '--force']);
    const { data } = document;
    expect(data).toMatchObject({ A: 'one', B: 'b b', C: 'c\nc', WINS: 'entry', TOKEN: '[redacted]' });
  });

  test('a missing file is an error before the start, and for the doctor', async () => {
    own(fakeServer('plain', [], { envFile: '.env.local' }));
    const { document, code } = await run(['mcp:call', 's.echo', '--message', 'x', '--force']);
    expect([code, document.error]).toEqual([
      3,
      `The envFile '${project.folder}/.env.local' of MCP server 's' cannot be read: it does not exist. Nothing was started.`,
    ]);
    expect((await run(['mcp:doctor'])).document.servers.s.obstacles).toMatchObject([
      { message: expect.stringContaining('does not exist') },
    ]);
  });

  test('trust covers its path, and it stays in the project', async () => {
    project.write('.env.local', FILE);
    project.write('../outside.env', FILE);
    const entry = (envFile: string): string => project.write('.vscode/mcp.json', { servers: { s: fakeServer('plain', [], { envFile }) } });
    entry('.env.local');
    const shown = await runCli(['mcp:trust', 's', '--yes'], { cwd: project.folder, env: project.env });
    expect(shown.stderr).toContain(`variables of ${project.folder}/.env.local`);
    expect((await run(['mcp:call', 's.echo', '--message', 'x', '--force'])).code).toBe(0);
    project.write('.env', FILE);
    entry('.env');
    expect((await run(['mcp:call', 's.echo', '--message', 'x', '--force'])).document.error).toContain(
      'its envFile changed since you trusted it',
    );
    symlinkSync('../outside.env', path.join(project.folder, 'link.env'));
    for (const outside of ['../outside.env', 'link.env', path.join(project.folder, '../outside.env')]) {
      entry(outside);
      expect([outside, (await run(['mcp:trust', 's'])).document.error]).toEqual([outside, expect.stringContaining('outside the project')]);
    }
  });
});

describe('a file that cannot be read', () => {
  test.each([[['mcp:call', 's.a']], [['mcp:lua', '--eval', 'app.mcp.s.a{}']], [['mcp:status', 's']]])(
    'is named where the server is not found: %j',
    async (words) => {
      const file = project.write('../home/mcp.json', '{\n "mcpServers": {\n  "s": { "command": "a\\q" } } }');
      expect((await run(words)).document.error).toContain(`${file}:3 could not be read: it is not valid JSON: invalid escape character`);
    },
  );
});

test('the doctor ends with 0 only if each enabled server can be used', async () => {
  project.write('.mcp.json', { mcpServers: { s: { command: 'node' } } });
  expect(await run(['mcp:doctor'])).toMatchObject({
    code: 4,
    document: { success: false, error: "MCP server 's' cannot be used: it is not trusted." },
  });
  await run(['mcp:disable', 's']);
  expect((await run(['mcp:doctor'])).code).toBe(0);
  project.write('.mcp.json', '{');
  expect((await run(['mcp:doctor'])).code).toBe(3);
});
