import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { kosmo as kosmoProcess } from '../helpers/cli.ts';
import { makeMcpProject } from '../helpers/mcp-project.ts';
import { runCli as kosmo } from '../helpers/run-cli.ts';

const SCRIPT = 'all.lua';

/** Everything on the command line that could reach a server, by command; a test finds commands that are missing here. */
const COMMANDS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  'mcp:list': [[], ['--all']],
  'mcp:status': [[], ['fake']],
  'mcp:doctor': [[]],
  'mcp:add': [
    ['other', 'node'],
    ['fake', '--read=allow', '--write=allow'],
    ['fake', '--timeout', '9'],
  ],
  'mcp:remove': [['fake']],
  'mcp:enable': [['fake']],
  'mcp:disable': [['fake']],
  'mcp:untrust': [['fake']],
  'mcp:trust': [
    ['web', '--yes'],
    ['fake', '--yes'],
  ],
  'mcp:secret:set': [['fake', 'key', 'value-S3CRET']],
  'mcp:secret:list': [[], ['fake']],
  'mcp:secret:unset': [['fake', 'key']],
  'mcp:import': [['.mcp.json'], ['.mcp.json', '--replace']],
  'mcp:export': [[]],
  'mcp:gateway:export': [[]],
  'mcp:gateway:install': [['--name', 'gateway']],
  'mcp:examples': [[]],
  'mcp:tools': [[], ['fake'], ['web']],
  'mcp:schema': [['fake.echo'], ['mcp.fake.echo'], ['web.echo']],
  'mcp:call': [['fake.echo', '--message=x'], ['web.echo'], ['fake.echo', '{"message":"x"}', '--dry-run']],
  'mcp:fake': [[], ['echo', '--message=x']],
  'mcp:web': [['echo']],
  'mcp:resources': [['fake'], ['web']],
  'mcp:resource': [
    ['fake', 'fake://readme'],
    ['web', 'x://y'],
  ],
  'mcp:prompts': [['fake'], ['web']],
  'mcp:prompt': [
    ['fake', 'summarize'],
    ['web', 'x'],
  ],
  'mcp:login': [['web']],
  'mcp:logout': [['web']],
  'mcp:serve': [[], ['--upstream=all', '--write=allow']],
  docs: [[], ['mcp.fake'], ['mcp.fake.echo']],
  introspect: [[], ['mcp:call']],
  completion: [['bash']],
  __complete: [
    ['fish', '--', 'mcp:tools', ''],
    ['fish', '--', 'mcp:call', 'fake.'],
    ['fish', '--', 'mcp:fake', ''],
  ],
  'config:list': [[]],
  'config:get': [['audit_log']],
  'config:set': [['audit_log', 'true']],
  'config:unset': [['audit_log']],
  'secrets:list': [[]],
  'secrets:status': [[]],
  'secrets:set': [['mcp.fake.token', '--stdin']],
  'secrets:unset': [['mcp.fake.token']],
  workflows: [[]],
  'workflows:approve': [['nothing.lua', '--yes']],
  'workflows:approvals': [[]],
  'workflows:revoke': [['nothing.lua']],
  runs: [[]],
  'runs:show': [['nothing']],
  'runs:resume': [[]],
  'runs:cancel': [['nothing']],
  'runs:retry': [['nothing']],
  'runs:prune': [[]],
  init: [['record_channel']],
  run: [[`./${SCRIPT}`]],
  'policy:explain': [['mcp.fake.echo'], ['fake.echo']],
  'secrets:rotate': [[]],
  'policy:set': [['mcp.fake.echo', 'deny', '--project']],
  'policy:unset': [['mcp.fake.echo', '--project']],
  'policy:list': [[]],
  'integrations:list': [[]],
  'integrations:status': [[]],
  'integrations:search': [['echo']],
  'integrations:docs': [['mcp.fake'], ['mcp.fake.echo'], ['mcp']],
  'integrations:examples': [['mcp.fake.echo']],
  'integrations:schema': [['mcp.fake.echo'], ['fake.echo']],
  'integrations:types': [[]],
  'integrations:check': [[SCRIPT]],
  'integrations:call': [['mcp.fake.echo'], ['fake.echo']],
  'integrations:doctor': [[], ['fake']],
  'integrations:fields': [['fake']],
  'integrations:configure': [['fake', '--enable']],
  'integrations:accounts': [[]],
};

/** The entry points of scripts; each is run on its own, whatever the others do. */
const SNIPPETS: readonly string[] = [
  'return 1',
  'return app.mcp',
  'for name in pairs(app.mcp or {}) do print(name) end',
  'return app.mcp.fake',
  'return app.mcp.fake.echo',
  'return app.mcp["fake"]["echo"]({message = "x"})',
  'app.mcp.fake.echo{message = "x"}',
  'app.mcp.web.echo{message = "x"}',
  'for name in pairs(app.mcp.fake) do print(name) end',
  'return mcp.servers()',
  'return mcp.tools()',
  'return mcp.tools("fake")',
  'return mcp.tools("web")',
  'return mcp.schema("fake.echo")',
  'return mcp.schema("mcp.fake.echo")',
  'return mcp.call("fake.echo", {message = "x"})',
  'return mcp.call("web.echo", {message = "x"})',
  'return mcp.resources("fake")',
  'return mcp.read_resource("fake", "fake://readme")',
  'return mcp.prompts("fake")',
  'return mcp.get_prompt("fake", "summarize", {})',
  'return docs.list(), docs.read("mcp.fake"), docs.read("fake.echo"), docs.search("echo")',
  'return parallel.all{function() return mcp.tools("fake") end, function() return mcp.tools("web") end}',
];

const LUA_COMMANDS = ['integrations:lua', 'mcp:lua'];

/** An MCP client that asks `mcp:serve` for all it has, and calls it. */
const CLIENT = [
  { id: 1, method: 'initialize', params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '1' } } },
  { method: 'notifications/initialized' },
  { id: 2, method: 'tools/list' },
  { id: 3, method: 'tools/call', params: { name: 'mcp__fake__echo', arguments: { message: 'x' } } },
  { id: 4, method: 'tools/call', params: { name: 'fake.echo', arguments: { message: 'x' } } },
  { id: 5, method: 'resources/list' },
  { id: 6, method: 'prompts/list' },
]
  .map((message) => `${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`)
  .join('');

let connections = 0;
const web = createServer((_request, response) => void response.writeHead(404).end()).on('connection', () => {
  connections++;
});
beforeAll(() => new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve)));
afterAll(() => new Promise((resolve) => web.close(resolve)));

const SERVER = `require('node:fs').writeFileSync(process.env.MARKER, '')`;

let project = makeMcpProject();
let marker = '';
beforeEach(() => {
  connections = 0;
  project = makeMcpProject();
  marker = path.join(project.folder, 'marker');
  project.write(SCRIPT, SNIPPETS.map((code) => `pcall(load(${JSON.stringify(code)}))`).join('\n'));
  project.write('.mcp.json', {
    mcpServers: {
      fake: { command: 'node', args: ['-e', SERVER], env: { MARKER: marker } },
      web: { url: `http://127.0.0.1:${(web.address() as AddressInfo).port}/mcp` },
    },
  });
});

const run = async (args: readonly string[], stdin = ''): Promise<void> => {
  const isServer = args[0] === 'mcp:serve';
  // The gateway speaks over stdio of its process.
  const { stderr } = await (isServer ? kosmoProcess : kosmo)(args, {
    cwd: project.folder,
    env: { ...project.env, KOSMO_MCP_ALLOW_FORCE: '1' },
    stdin: isServer ? CLIENT : stdin,
  });
  expect(stderr).not.toContain('internal error');
};
const expectUntouched = (): void => expect({ started: existsSync(marker), connections }).toEqual({ started: false, connections: 0 });

test('every command that could reach a server is in the list', async () => {
  const { stdout } = await kosmo(['introspect', '--json'], { cwd: project.folder, env: project.env });
  const { commands } = JSON.parse(stdout) as { commands: readonly { readonly name: string }[] };
  const names = commands.map(({ name }) => name).filter((name) => !name.startsWith('agora:') && name !== 'integrations:agora');
  expect(names.filter((name) => !Object.hasOwn(COMMANDS, name) && !LUA_COMMANDS.includes(name))).toEqual([]);
});

describe('AC-175 nothing of a project is started, nor connected to, before it is trusted', () => {
  test.each(Object.entries(COMMANDS))('by %s', async (command, variants) => {
    for (const args of variants) for (const force of [[], ['--force']]) await run([command, ...args, ...force]);
    expectUntouched();
  });

  test.each(LUA_COMMANDS)('by %s', async (command) => {
    // One process for all: what one of them raises stops no other.
    for (const force of [[], ['--force']]) await run([command, SCRIPT, ...force]);
    expectUntouched();
  });

  test('by lines that are typed', async () => {
    for (const command of LUA_COMMANDS) await run([command, '--repl'], `${SNIPPETS.join('\n')}\n`);
    expectUntouched();
  });

  test('AC-011 scripts see it, without its secrets', async () => {
    project.write('.mcp.json', {
      mcpServers: { fake: { command: 'node', args: ['-e', SERVER, '--api-key=abcdef-S3CRET'], env: { MARKER: marker, KEY: 'x-S3CRET' } } },
    });
    const { stdout } = await kosmo(['mcp:lua', '--json', '-e', 'local rows = mcp.servers() dump(rows) return rows'], {
      cwd: project.folder,
      env: project.env,
    });
    const { output, result } = JSON.parse(stdout) as { output: string; result: unknown };
    expect(output).toContain('stdio');
    expect(result).toEqual([
      {
        fake: {
          name: 'fake',
          type: 'stdio',
          enabled: true,
          trusted: false,
          source: 'project',
          path: path.join(project.folder, '.mcp.json'),
          command: 'node',
          args: ['-e', SERVER, '--api-key=***'],
          timeout: 30,
          permissions: { read: 'allow', write: 'ask' },
        },
      },
    ]);
    expectUntouched();
  });

  test('AC-176 whatever the project says of itself', async () => {
    project.write(
      '.kosmo/config.yaml',
      'kosmo: { mcp: { permissions_default: allow, allow_force_bypass: true, trust: { fake: { fingerprint: x } }, servers: { fake: { permissions: { read: allow, write: allow } } } } }',
    );
    project.write('.kosmo/trust.json', readFileSync(path.join(project.folder, '.mcp.json'), 'utf8'));
    for (const args of [
      ['mcp:call', 'fake.echo', '--force'],
      ['mcp:tools', 'fake'],
      ['mcp:lua', '-e', 'mcp.tools("fake")', '--force'],
    ])
      await run(args);
    expectUntouched();
  });

  test('and what a project allows itself, it is not allowed once it is trusted', async () => {
    project.write(
      '.kosmo/config.yaml',
      'kosmo: { mcp: { permissions_default: allow, servers: { fake: { permissions: { write: allow } } } } }',
    );
    await run(['mcp:trust', 'fake', '--yes']);
    const { stdout } = await kosmo(['mcp:status', 'fake', '--json'], { cwd: project.folder, env: project.env });
    expect(JSON.parse(stdout)).toMatchObject({ servers: { fake: { trusted: true, permissions: { read: 'allow', write: 'ask' } } } });
  });

  test('but after that it is', async () => {
    for (const name of ['fake', 'web']) await run(['mcp:trust', name, '--yes']);
    for (const name of ['fake', 'web']) await run(['mcp:tools', name]);
    expect({ started: existsSync(marker), connected: connections > 0 }).toEqual({ started: true, connected: true });
  });

  test('nor where a server of the user has the same name', async () => {
    project.write('../home/mcp.json', { mcpServers: { fake: { command: 'node', args: ['-e', ''] } } });
    await run(['mcp:tools', 'fake', '--force']);
    expectUntouched();
  });
});
