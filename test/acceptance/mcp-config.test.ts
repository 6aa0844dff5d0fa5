import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import type { CliOptions } from '../helpers/cli.ts';
import { makeMcpProject } from '../helpers/mcp-project.ts';
import { runCli as kosmo } from '../helpers/run-cli.ts';

let project = makeMcpProject();
beforeEach(() => {
  project = makeMcpProject();
});

interface Result {
  readonly document: Record<string, unknown>;
  readonly stderr: string;
  readonly code: number | null;
}

const run = async (line: string | readonly string[], options: CliOptions = {}): Promise<Result> => {
  const [command = '', ...words] = typeof line === 'string' ? line.split(' ') : line;
  const { stdout, stderr, code } = await kosmo([command, '--json', ...words], {
    cwd: project.folder,
    ...options,
    env: { ...project.env, ...options.env },
  });
  expect(stdout, stderr).toMatch(/^[^\n]+\n$/);
  return { document: JSON.parse(stdout) as Record<string, unknown>, stderr, code };
};
const done = async (line: string | readonly string[], options?: CliOptions): Promise<Record<string, unknown>> => {
  const { document, code } = await run(line, options);
  expect([document, code]).toEqual([expect.objectContaining({ success: true }), 0]);
  return document;
};
const read = (file: string): string => readFileSync(path.resolve(project.folder, file), 'utf8');
const config = (file = '.mcp.json'): { mcpServers: Record<string, Record<string, unknown>> } => JSON.parse(read(file));

const FAKE = { command: 'node', args: ['fake.js'] };

describe('mcp:add', () => {
  test('AC-170 writes the entry, and the policy beside it', async () => {
    const args = ['--project', '--type=stdio', '--command=php', '--arg=server.php', '--read=allow', '--write=allow'];
    expect(await done(['mcp:add', 'fake', ...args])).toMatchObject({
      server: 'fake',
      path: path.join(project.folder, '.mcp.json'),
      scope: 'project',
    });
    expect(config()).toEqual({ mcpServers: { fake: { type: 'stdio', command: 'php', args: ['server.php'] } } });
    const { servers } = await done('mcp:list');
    expect(servers).toMatchObject({ fake: { type: 'stdio', permissions: { read: 'allow', write: 'allow' }, trusted: false } });
  });

  test('an address, headers, variables, a time limit, and arguments behind --', async () => {
    await done(['mcp:add', 'web', 'https://a.test/mcp', '--header', 'X-Team: a: b', '--timeout', '5', '--disable']);
    await done(['mcp:add', 'files', '--env', 'A=b=c', '--env', 'KOSMO_MCP_T', '--cwd', 'sub', '--', 'npx', '-y', 'server', '--json']);
    expect(config().mcpServers).toEqual({
      web: { url: 'https://a.test/mcp', headers: { 'X-Team': 'a: b' }, timeout: 5, enabled: false },
      files: { command: 'npx', args: ['-y', 'server', '--json'], cwd: 'sub', env: { A: 'b=c', KOSMO_MCP_T: '${KOSMO_MCP_T}' } },
    });
  });

  test('AC-183 on a server that is there changes only what is named', async () => {
    await done('mcp:add github npx server --env A=b --timeout 5');
    const before = read('.mcp.json');
    const { policy_files: files } = await done('mcp:add github --project --read=allow --write=ask');
    expect(read('.mcp.json')).toBe(before);
    expect(files).toEqual([path.join(project.home, 'config.yaml'), path.join(project.folder, '.kosmo/config.yaml')]);
    expect((await done('mcp:status github')).servers).toMatchObject({ github: { permissions: { read: 'allow', write: 'ask' } } });
    await done('mcp:add github --env B=c');
    expect(config().mcpServers.github).toEqual({ command: 'npx', args: ['server'], env: { A: 'b', B: 'c' }, timeout: 5 });
    await done('mcp:add github https://a.test/');
    expect(config().mcpServers.github).toEqual({ url: 'https://a.test/', timeout: 5 });
  });

  test('what is denied for the project can be allowed again', async () => {
    await done('mcp:add a node --write=deny');
    expect((await done('mcp:list')).servers).toMatchObject({ a: { permissions: { write: 'deny' } } });
    await done('mcp:add a --write=allow');
    expect((await done('mcp:list')).servers).toMatchObject({ a: { permissions: { write: 'allow' } } });
  });

  test('--read and --write say in a sentence what changed, and what a stricter file keeps as it is', async () => {
    const said = async (args: string): Promise<string> =>
      (await kosmo(['mcp:add', ...args.split(' ')], { cwd: project.folder, env: project.env })).stderr;
    const key = (operation: string): string => `by kosmo.mcp.servers.a.permissions.${operation} in`;
    const added = await said('a node --read=allow --write=deny');
    expect(added).toContain(`Every read of MCP server a is now allowed, ${key('read')} ${path.join(project.home, 'config.yaml')}.`);
    expect(added).toContain(
      `Every write of MCP server a is now denied, ${key('write')} ${path.join(project.folder, '.kosmo/config.yaml')}.`,
    );
    expect(await said('a --write=ask')).toContain('Every write of MCP server a is now asked about (before: deny), by');
    await done('mcp:add a --write=deny');
    const kept = await done('mcp:add a node --global --write=ask');
    expect(kept.permission_changes).toMatchObject([{ level: 'ask', sentence: expect.stringContaining('mcp.a.* stays denied, by') }]);
  });

  test('AC-184 comments, unknown fields and empty objects survive', async () => {
    const file = project.write(
      '.mcp.json',
      '\ufeff{\n\t// ours\n\t"inputs": [],\n\t"mcpServers": {\n\t\t"a": { "command": "x", "env": {}, "note": 1 /* why */ }, // first\n\t},\n}\n',
    );
    await done('mcp:add b node');
    await done('mcp:add a --timeout 9');
    await done('mcp:remove b');
    expect(readFileSync(file, 'utf8')).toBe(
      '{\n\t// ours\n\t"inputs": [],\n\t"mcpServers": {\n\t\t"a": {\n\t\t\t"command": "x",\n\t\t\t"env": {},\n\t\t\t"note": 1,\n\t\t\t"timeout": 9 /* why */\n\t\t}, // first\n\t},\n}\n',
    );
  });

  test.each([
    ['mcp:add new node', '{ "mcpServers": { "a": '],
    ['mcp:add new node', '[]'],
    ['mcp:add new node', '{ "mcpServers": [] }'],
    ['mcp:import other.json', '{ nope'],
  ])('AC-184 %s leaves a file alone that does not parse: %s', async (line, text) => {
    const file = project.write('.mcp.json', text);
    project.write('other.json', { mcpServers: { fake: FAKE } });
    const { document, code } = await run(line);
    expect([document, code]).toMatchObject([
      { success: false, error: expect.stringContaining(`cannot be changed`), error_detail: { code: 'INVALID_CONFIGURATION' } },
      3,
    ]);
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  test('a name that stands twice is not changed in the wrong place', async () => {
    const text = '{ "mcpServers": { "a": { "command": "x" }, "a": { "command": "y" } } }';
    project.write('.mcp.json', text);
    expect((await run('mcp:disable a')).document.error).toContain('a name stands in it twice');
    expect(read('.mcp.json')).toBe(text);
  });

  test.each([
    [['a'], 'it has no command'],
    [['a', '--type=pipe', 'node'], 'type "pipe"'],
    [['a', '--type=http', 'node'], 'it has no url'],
    [['a', 'node', '--url', 'https://a.test'], 'exclude each other'],
    [['a', 'https://a.test', 'more'], 'an address takes no arguments'],
    [['a', 'ftp://a.test', '--type', 'http'], 'it has no url'],
    [['a::b', 'node'], "'a::b' cannot be the name"],
    [['', 'node'], "'' cannot be the name"],
    [['__proto__', 'node'], "'__proto__' cannot be the name"],
    [['a', 'node', '--write=maybe'], "--write takes allow, ask or deny, not 'maybe'"],
    [['a', 'node', '--timeout=-1'], '--timeout takes'],
    [['a', 'node', '--env', '=x'], '--env takes NAME'],
    [['a', 'node', '--header', 'x'], '--header takes'],
    [['a', 'node', '--global', '--project'], 'exclude each other'],
    [['a', '--write=ask'], 'Unknown MCP server: a'],
  ])('%j is refused, and nothing is written', async (args, message) => {
    const { document, code } = await run(['mcp:add', ...args]);
    expect(document).toMatchObject({ success: false, error: expect.stringContaining(message), error_detail: { outcome: 'none' } });
    // A word that cannot be right is 2; a name that nothing has is 1, as of functions.
    expect(code).toBe(message.startsWith('Unknown') ? 1 : 2);
    expect([existsSync(path.join(project.folder, '.mcp.json')), existsSync(path.join(project.folder, '.kosmo'))]).toEqual([false, false]);
  });

  test('AC-182 many at once lose neither servers nor permissions', async () => {
    const names = ['a', 'b', 'c', 'd'];
    await Promise.all(names.map((name) => done(`mcp:add ${name} node ${name}.js --read=deny --write=allow`)));
    expect(Object.keys(config().mcpServers).sort()).toEqual(names);
    const { servers } = await done('mcp:list');
    expect(Object.values(servers as Record<string, { permissions: object }>).map(({ permissions }) => permissions)).toEqual(
      names.map(() => ({ read: 'deny', write: 'allow' })),
    );
  });

  test("the user's own file is readable by the user alone, the project's by whom it was", async () => {
    await done('mcp:add mine node --global');
    await done('mcp:add ours node --project');
    expect(statSync(path.join(project.home, 'mcp.json')).mode & 0o077).toBe(0);
    expect(statSync(path.join(project.folder, '.mcp.json')).mode & 0o044).toBe(0o044);
  });

  test('a secret that would stand in the file is said to', async () => {
    const { stderr } = await kosmo(['mcp:add', 'a', 'node', '--env', 'API_KEY=abcdef-S3CRET'], { cwd: project.folder, env: project.env });
    expect(stderr).toContain(`the value of API_KEY is readable in ${project.folder}/.mcp.json; kosmo mcp:secret:set a API_KEY`);
    expect(stderr).toContain('it runs once you trust it: kosmo mcp:trust a');
  });
});

describe('mcp:enable, mcp:disable, mcp:remove', () => {
  test('AC-185 a server of the own file comes back as it was', async () => {
    project.write('../home/mcp.json', { mcpServers: { g: { ...FAKE, note: 'mine' } } });
    expect(await done('mcp:disable g')).toMatchObject({ enabled: false, path: path.join(project.home, 'mcp.json'), scope: 'global' });
    expect((await done('mcp:list')).servers).toEqual({});
    expect((await done('mcp:list --all')).servers).toMatchObject({ g: { enabled: false } });
    expect((await done('mcp:status g')).servers).toMatchObject({ g: { status: 'disabled' } });
    await done('mcp:enable g');
    expect(config('../home/mcp.json')).toEqual({ mcpServers: { g: { ...FAKE, note: 'mine' } } });
    expect(existsSync(path.join(project.folder, '.mcp.json'))).toBe(false);
  });

  test('the file that holds the entry is the one that changes', async () => {
    project.write('.vscode/mcp.json', '{ "servers": { "v": { "command": "node", "disabled": true } } }');
    await done('mcp:enable v');
    expect(JSON.parse(read('.vscode/mcp.json'))).toEqual({ servers: { v: { command: 'node' } } });
    await done('mcp:remove v');
    expect(JSON.parse(read('.vscode/mcp.json'))).toEqual({ servers: {} });
  });

  test('of two entries that of the scope is removed, and the other counts', async () => {
    for (const file of ['../home/mcp.json', '.mcp.json']) project.write(file, { mcpServers: { s: FAKE } });
    expect((await run('mcp:remove s')).stderr).toContain(`s of ${path.join(project.home, 'mcp.json')} counts from now on`);
    expect((await run('mcp:remove s --project')).document).toMatchObject({
      error: "MCP server 's' is not in the project's files.",
      error_detail: { hint: expect.stringContaining('leave out --project') },
    });
    await done('mcp:remove s --global');
    expect((await run('mcp:remove s')).document).toMatchObject({
      error: 'Unknown MCP server: s',
      error_detail: { code: 'UNKNOWN_SERVER' },
    });
  });

  test('an entry that cannot be used can be removed', async () => {
    project.write('.mcp.json', { mcpServers: { 'a::b': FAKE, broken: 5 } });
    for (const name of ['a::b', 'broken']) await done(['mcp:remove', name]);
    expect(config()).toEqual({ mcpServers: {} });
  });
});

describe('mcp:list, mcp:status, mcp:doctor', () => {
  test('AC-178, AC-179 tell of every file and of what counts', async () => {
    const files = ['../home/mcp.json', '.vscode/mcp.json', '.cursor/mcp.json', '.mcp.json'];
    for (const file of files) project.write(file, `{ // ${file}\n "servers": { "fake": { "command": "node", "args": ["${file}"] }, } }`);
    const { servers, sources } = await done('mcp:list');
    expect(servers).toEqual({
      fake: {
        name: 'fake',
        type: 'stdio',
        enabled: true,
        trusted: false,
        source: 'project',
        path: path.join(project.folder, '.mcp.json'),
        command: 'node',
        args: ['.mcp.json'],
        env: [],
        url: null,
        headers: [],
        timeout: 30,
        permissions: { read: 'allow', write: 'ask' },
      },
    });
    expect((sources as { source: string }[]).map(({ source }) => source)).toEqual([
      'global',
      'project-vscode',
      'project-cursor',
      'project',
    ]);
  });

  test('values of variables and headers, and secrets elsewhere, are not shown', async () => {
    const args = ['--token=abc1234-S3CRET', '--header', 'Authorization: Bearer abc1234-S3CRET'];
    project.write('.mcp.json', {
      mcpServers: {
        a: { command: 'node', args, env: { API_KEY: 'x-S3CRET' } },
        c: { command: 'node', args: ['--api-key', 'abc1234-S3CRET'], env: { PLAIN: 'x-S3CRET', LEVEL: 'debug' } },
        b: { url: 'https://me:pw-S3CRET@a.test/?api_key=q-S3CRET', headers: { Authorization: 'Bearer h-S3CRET' } },
      },
    });
    const { servers } = await done('mcp:list');
    expect(servers).toMatchObject({
      a: { args: ['--token=***', '--header', 'Authorization: Bearer ***'], env: ['API_KEY'] },
      c: { args: ['--api-key', '***'], env: ['PLAIN', 'LEVEL'] },
      b: { url: 'https://me:***@a.test/?api_key=***', headers: ['Authorization'] },
    });
    // The transcript of all tests is searched for secrets, too.
    for (const name of ['list', 'status', 'doctor', 'export', 'trust a', 'trust b'])
      expect(JSON.stringify(await run(`mcp:${name}`))).not.toContain('S3CRET');
    for (const name of ['a', 'b'])
      expect((await kosmo(['mcp:trust', name, '--yes'], { cwd: project.folder, env: project.env })).stderr).not.toContain('S3CRET');
  });

  test('AC-200 names of commands, of nothing and of prototypes harm nothing', async () => {
    const names = ['trust', '1', '', 'a::b', '__proto__', 'list'];
    project.write('.mcp.json', `{ "mcpServers": { ${names.map((name) => `${JSON.stringify(name)}: { "command": "node" }`).join()} } }`);
    expect((await kosmo(['--version'], { cwd: project.folder, env: project.env })).code).toBe(0);
    const { servers, problems } = await done('mcp:list');
    expect(Object.keys(servers as object)).toEqual(['1', 'list', 'trust']);
    expect((problems as { server: string }[]).map(({ server }) => server)).toEqual(['', 'a::b', '__proto__']);
    expect(await done('mcp:trust trust')).toMatchObject({ server: 'trust', fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/) });
    const { stderr } = await kosmo(['mcp:list'], { cwd: project.folder, env: project.env });
    expect(stderr).toContain(`.mcp.json: the server 'a::b' was skipped: "a::b" cannot be the name of a server`);
  });

  test('the doctor names every obstacle, and the commands that fix them', async () => {
    const secret = '${KOSMO_SECRET:mcp.fake.token}';
    project.write('.mcp.json', {
      mcpServers: {
        fake: {
          command: 'no-such-program',
          enabled: false,
          env: { A: secret, B: '${FOO}', C: '${KOSMO_MCP_C}', D: '@secret:mcp.other.x' },
        },
        bad: {},
      },
    });
    project.write('../home/mcp.json', { mcpServers: { fine: FAKE } });
    const { document, code } = await run('mcp:doctor');
    const { servers, next_commands: next, problems, ...files } = document;
    expect([document.error, code]).toEqual([expect.stringContaining("MCP server 'bad' of"), 3]);
    const obstacles = (servers as { fake: { obstacles: { message: string }[] } }).fake.obstacles.map(({ message }) => message);
    expect(obstacles).toEqual([
      'it is disabled',
      "its command 'no-such-program' is not found",
      'it is not trusted',
      'its secret mcp.fake.token is not set',
      "MCP env reference 'FOO' is not allowed for project server 'fake'.",
      'its variable KOSMO_MCP_C is not set',
      "The secret 'mcp.other.x' is not one of MCP server 'fake'.",
    ]);
    expect(servers).toMatchObject({ fine: { obstacles: [] } });
    expect(next).toEqual(['kosmo mcp:enable fake', 'kosmo mcp:trust fake', 'kosmo mcp:secret:set fake token --stdin']);
    expect(problems).toMatchObject([{ server: 'bad', message: 'it has no command' }]);
    expect(files).toMatchObject({
      project_config: path.join(project.folder, '.mcp.json'),
      global_config: path.join(project.home, 'mcp.json'),
    });
  });

  test('an unknown server is an error with close names', async () => {
    project.write('.mcp.json', { mcpServers: { github: FAKE } });
    expect(await run('mcp:status gihub')).toMatchObject({
      document: { success: false, error: 'Unknown MCP server: gihub', error_detail: { hint: 'did you mean github?' } },
      code: 1,
    });
  });

  test('people get tables', async () => {
    project.write('.mcp.json', { mcpServers: { fake: FAKE } });
    const { stdout } = await kosmo(['mcp:list'], { cwd: project.folder, env: project.env });
    expect(stdout).toBe('Name  Type   Enabled  Trusted  Source   Runs\nfake  stdio  yes      no       project  node fake.js\n');
    expect((await kosmo(['mcp:examples'], { cwd: project.folder, env: project.env })).stdout).toContain('kosmo mcp:trust files');
  });
});

describe('mcp:import, mcp:export', () => {
  test('AC-181 a file of VS Code comes in, and goes out without secrets', async () => {
    project.write(
      'other.json',
      '{ // VS Code\n "servers": { "fake": { "type": "stdio", "command": "node", "envFile": ".env" }, "bad": {} } }',
    );
    expect(await done('mcp:import other.json')).toMatchObject({
      imported: ['fake'],
      skipped: [{ server: 'bad', message: 'it has no command' }],
    });
    expect(config().mcpServers).toEqual({ fake: { type: 'stdio', command: 'node', envFile: '.env' } });
    await done([
      'mcp:add',
      'fake',
      '--env',
      'API_KEY=abcdef-S3CRET',
      '--env',
      'LEVEL=debug',
      '--env',
      'OTHER=x1-S3CRET',
      '--arg=--token=abcdef-S3CRET',
    ]);
    expect((await done('mcp:export --format=vscode')).config).toEqual({
      servers: {
        fake: {
          type: 'stdio',
          command: 'node',
          args: ['--token=${KOSMO_SECRET:mcp.fake.args.0}'],
          env: { API_KEY: '${KOSMO_SECRET:mcp.fake.env.API_KEY}', LEVEL: 'debug', OTHER: '${KOSMO_SECRET:mcp.fake.env.OTHER}' },
        },
      },
    });
  });

  test('what is there is not overwritten unasked', async () => {
    project.write('.mcp.json', { mcpServers: { fake: FAKE } });
    project.write('other.json', { mcpServers: { fake: { command: 'sh' } } });
    expect(await done('mcp:import other.json')).toMatchObject({ imported: [], skipped: [{ server: 'fake' }] });
    expect(config().mcpServers.fake).toEqual(FAKE);
    await done('mcp:import other.json --replace');
    expect(config().mcpServers.fake).toEqual({ command: 'sh' });
    expect((await run('mcp:export --path other.json')).document.error).toContain('other.json is there already');
    expect(await done('mcp:export --path new.json')).toMatchObject({
      path: 'new.json',
      config: { mcpServers: { fake: { command: 'sh' } } },
    });
    expect(config('new.json')).toEqual({ mcpServers: { fake: { command: 'sh', args: [] } } });
  });

  test.each([
    ['none.json', undefined, 'File not found: none.json'],
    ['bad.json', '[]', 'bad.json cannot be imported: it holds no JSON object.'],
    ['bad.json', '{\n nope', 'bad.json:2 cannot be imported: it is not valid JSON'],
    ['bad.json', '{}', 'bad.json has no mcpServers or servers object.'],
  ])('%s that says %s is no list of servers', async (file, text, message) => {
    if (text !== undefined) project.write(file, text);
    expect((await run(`mcp:import ${file}`)).document).toMatchObject({ success: false, error: expect.stringContaining(message) });
    expect(existsSync(path.join(project.folder, '.mcp.json'))).toBe(false);
  });
});

describe('mcp:secret', () => {
  const KEY = 'mcp.github.env.GITHUB_TOKEN';

  test('AC-186 is stored, listed without its value, and forgotten', async () => {
    for (const value of ['T0K-S3CRET\n', 'twelve-S3CR3T'.slice(0, 12)]) {
      const set = await done('mcp:secret:set github env.GITHUB_TOKEN --stdin', { stdin: value });
      expect(set).toMatchObject({ server: 'github', key: KEY, configured: true });
      expect((await done('mcp:secret:list')).secrets).toEqual([{ key: KEY, server: 'github', configured: true, masked: '***' }]);
    }
    expect((await done('mcp:secret:list other')).secrets).toEqual([]);
    expect(await done(`mcp:secret:unset github ${KEY}`)).toMatchObject({ key: KEY, configured: false });
    expect((await done('mcp:secret:list github')).secrets).toEqual([]);
  });

  test('also from an environment variable and as an argument', async () => {
    await done('mcp:secret:set a k --env MINE', { env: { MINE: 'value-S3CRET' } });
    await done('mcp:secret:set a other value-S3CRET');
    expect((await done('mcp:secret:list a')).secrets).toHaveLength(2);
  });

  test.each([
    ['mcp:secret:set a k', 'give a value'],
    ['mcp:secret:set a k v --stdin', 'give one value'],
    ['mcp:secret:set a k --stdin', 'the value is empty'],
    ['mcp:secret:set a k --env NOPE', 'the environment has no NOPE'],
    ['mcp:secret:set a.b k v', "'a.b' cannot be the name"],
    ['mcp:secret:set a k=b v', "not 'k=b'"],
    ['mcp:secret:set a', "missing required argument 'key'"],
    ['mcp:secret:list __proto__', "'__proto__' cannot be the name"],
  ])('%s is refused', async (line, message) => {
    const { document, code } = await run(line);
    expect(document).toMatchObject({ success: false, error: expect.stringContaining(message) });
    expect(code).toBeGreaterThan(0);
    expect(existsSync(path.join(project.home, 'secrets.json'))).toBe(false);
  });
});

describe('mcp:trust', () => {
  test('AC-171, AC-176 is kept in the own files, and asked for again when the server changes', async () => {
    project.write('.mcp.json', { mcpServers: { fake: FAKE } });
    expect(await done('mcp:trust fake --project')).toMatchObject({ fingerprint: expect.any(String), scope: 'project' });
    expect((await done('mcp:list')).servers).toMatchObject({ fake: { trusted: true } });
    expect(existsSync(path.join(project.folder, '.kosmo'))).toBe(false);
    await done('mcp:add fake node other.js');
    expect((await done('mcp:list')).servers).toMatchObject({ fake: { trusted: false } });
  });

  test('shows all that it would run, and needs a yes', async () => {
    const args = ['a b', "it's", 'line\nruns       /bin/true', '--key=abcdef-S3CRET'];
    project.write('.mcp.json', {
      mcpServers: { fake: { command: 'node', args, env: { NODE_OPTIONS: '--require ./evil.js', A: '${KOSMO_MCP_A}' } } },
    });
    const options = { cwd: project.folder, env: project.env };
    const { stdout, stderr, code } = await kosmo(['mcp:trust', 'fake'], options);
    expect({ stdout, code }).toEqual({ stdout: '', code: 4 });
    expect(stderr).toBe(
      [
        `MCP server fake of ${project.folder}/.mcp.json:`,
        "  with        NODE_OPTIONS='--require ./evil.js'",
        '  with        A=${KOSMO_MCP_A}',
        `  in          ${project.folder}`,
        `  runs        ${process.execPath} 'a b' 'it'\\''s' 'line\\nruns       /bin/true' '--key=***'`,
        "error: There is no terminal to ask whether to trust the MCP server 'fake'.",
        'hint: read what it would run, then: kosmo mcp:trust fake --yes',
        '',
      ].join('\n'),
    );
    expect((await done('mcp:list')).servers).toMatchObject({ fake: { trusted: false } });
    expect((await kosmo(['mcp:trust', 'fake', '--yes'], options)).code).toBe(0);
    expect((await done('mcp:list')).servers).toMatchObject({ fake: { trusted: true } });
    expect(await done('mcp:untrust fake')).toMatchObject({ trusted: false, changed: true });
    expect((await done('mcp:list')).servers).toMatchObject({ fake: { trusted: false } });
  });

  test.each([
    ['nope', {}, 'Unknown MCP server: nope', 1],
    ['fake', { command: 'no-such-program' }, "The command 'no-such-program' of MCP server 'fake' is not found.", 3],
  ])('what cannot be trusted is refused: %s %j', async (name, fake, message, exitCode) => {
    project.write('.mcp.json', { mcpServers: { fake } });
    const { document, code } = await run(`mcp:trust ${name}`);
    expect([document.success, document.error, code]).toEqual([false, expect.stringContaining(message), exitCode]);
  });

  test('a server of the own file needs none', async () => {
    project.write('../home/mcp.json', { mcpServers: { mine: FAKE } });
    await done('mcp:trust mine');
    expect((await done('mcp:list')).servers).toMatchObject({ mine: { trusted: true } });
    expect(existsSync(path.join(project.home, 'trust.json'))).toBe(false);
  });
});

test('a folder that cannot be written is an error, and no stack', async () => {
  mkdirSync(path.join(project.folder, '.mcp.json'));
  const { document, code } = await run('mcp:add a node');
  expect(document).toMatchObject({ success: false, error: expect.stringContaining('.mcp.json') });
  expect(code).toBe(3);
});
