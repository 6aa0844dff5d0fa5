import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CallReport, RunReport } from '../../src/runtime/index.ts';
import { type EmulatorProcess, startEmulatorProcess } from '../helpers/cli.ts';
import { fakeServer, type McpPlace, mcpPlace, npmServer } from '../helpers/mcp.ts';
import { runCli as kosmo } from '../helpers/run-cli.ts';

let place: McpPlace;

beforeAll(() => {
  place = mcpPlace({
    fake: fakeServer(),
    'fake-server': fakeServer(),
    'a-b': fakeServer(),
    a_b: fakeServer('plain', ['--marker=started']),
    silent: fakeServer('silent-call', [], { timeout: 1 }),
    crash: fakeServer('crash'),
    huge: fakeServer('huge'),
    off: fakeServer('plain', [], { enabled: false }),
    files: npmServer('server-filesystem', ['.']),
    memory: { ...npmServer('server-memory'), env: { MEMORY_FILE_PATH: '${KOSMO_MCP_MEMORY}' } },
    everything: npmServer('server-everything'),
  });
});

async function run(command: string, code: string, words: readonly string[] = [], env = {}): Promise<RunReport> {
  const { stdout } = await kosmo([command, '--eval', code, '--json', ...words], {
    ...place.options,
    env: { ...place.options.env, ...env },
  });
  return JSON.parse(stdout) as RunReport;
}
const lua = (code: string, words: readonly string[] = []): Promise<RunReport> => run('mcp:lua', code, words);

async function call(words: readonly string[], env = {}): Promise<CallReport & { readonly code: number | null }> {
  const { stdout, code } = await kosmo([...words, '--json'], { ...place.options, env: { ...place.options.env, ...env } });
  return { ...(JSON.parse(stdout) as CallReport), code };
}

describe('tools from the shell', () => {
  test('are listed, described and called, by their full name or below the command of their server', async () => {
    const { stdout } = await kosmo(['mcp:tools', 'fake', '--json'], place.options);
    expect(JSON.parse(stdout)).toMatchObject({
      success: true,
      tools: expect.arrayContaining([
        expect.objectContaining({
          server: 'fake',
          name: 'echo',
          function: 'fake.echo',
          lua_path: 'app.mcp.fake.echo',
          operation: 'read',
          description: 'Says it again',
          parameters: [{ name: 'message', type: 'string', required: true, description: '' }],
          schema: expect.objectContaining({ type: 'object', required: ['message'] }),
        }),
        expect.objectContaining({ name: 'create_issue', operation: 'write' }),
      ]),
    });
    expect(await call(['mcp:call', 'fake.echo', '--message=hello'])).toMatchObject({ code: 0, success: true, data: 'hello' });
    expect(await call(['mcp:fake', 'echo', '--message=dynamic'])).toMatchObject({ code: 0, data: 'dynamic' });
    const schema = await kosmo(['mcp:schema', 'mcp.fake.echo'], place.options);
    expect(JSON.parse(schema.stdout)).toMatchObject({ type: 'object', properties: { message: { type: 'string' } } });
  });

  test('a write needs approval, and --force is one; a dry run sends nothing and still checks', async () => {
    const refused = await call(['mcp:call', 'fake.create_issue', '--title=x']);
    expect(refused).toMatchObject({ code: 4, error: expect.stringContaining('requires approval') });
    expect(await call(['mcp:call', 'fake.create_issue', '--title=x', '--force'])).toMatchObject({
      data: { created: true, title: 'x' },
      meta: { permission_bypassed: true, account: null },
    });
    expect(await call(['mcp:call', 'fake.create_issue', '--title=x', '--dry-run', '--force'])).toMatchObject({
      code: 0,
      data: null,
      meta: { operation: 'write', dry_run: true, request: { body: { name: 'create_issue', arguments: { title: 'x' } } } },
    });
    const missing = await call(['mcp:call', 'fake.create_issue', '--dry-run', '--force']);
    expect(missing).toMatchObject({ code: 1, error: expect.stringContaining('Missing required parameter(s): title') });
  });

  test('resources and prompts are documents of their own', async () => {
    expect(await call(['mcp:resources', 'fake'])).toMatchObject({ success: true, resources: [{ uri: 'fake://readme' }] });
    expect(await call(['mcp:resource', 'fake', 'fake://readme'])).toMatchObject({ resource: { contents: [{ text: 'fake resource' }] } });
    expect(await call(['mcp:prompts', 'fake'])).toMatchObject({ prompts: [{ name: 'summarize' }] });
    expect(await call(['mcp:prompt', 'fake', 'summarize', '--topic=ice'])).toMatchObject({
      prompt: { messages: [{ content: { text: 'Summarize ice' } }] },
    });
  });

  test('an unknown server or tool, a disabled server, a wrong flag: said before anything is called', async () => {
    expect(await call(['mcp:call', 'fakee.echo'])).toMatchObject({
      code: 1,
      error_detail: { code: 'UNKNOWN_SERVER', hint: 'did you mean fake?' },
    });
    expect(await call(['mcp:call', 'fake.ecoh'])).toMatchObject({ error: expect.stringContaining('Did you mean: echo?') });
    expect(await call(['mcp:call', 'off.echo'])).toMatchObject({ code: 3, error: expect.stringContaining("MCP server 'off' is disabled") });
    expect(await call(['mcp:call', 'fake.echo', '--mesage=x'])).toMatchObject({ code: 2, error: expect.stringContaining('--message') });
    expect(await call(['mcp:call', 'fake'])).toMatchObject({ code: 2 });
    expect((await kosmo(['mcp:nothing'], place.options)).code).toBe(2);
  });
});

describe('a script', () => {
  test('sees its servers without starting them', async () => {
    const { output } = await lua(
      'dump(mcp.servers()) local n = {} for k in pairs(app.mcp) do n[#n + 1] = k end print(table.concat(n, " "))',
    );
    expect(output).toContain('name: fake');
    expect(output).toContain('type: stdio');
    expect(output).toMatch(/a-b a_b crash everything fake fake_server files huge memory silent$/);
    expect(existsSync(path.join(place.project, 'started'))).toBe(false);
  });

  test('calls tools by name, by position, and by the names that servers and tools really have', async () => {
    const { result, call_log } = await lua(`
      return app.mcp.fake.echo{message = "lua"}, app.mcp.fake.echo("hi"), app.mcp.fake_server.echo("a"), app.mcp["fake-server"].echo("b"),
        app.mcp["a-b"].echo("c"), app.mcp.a_b.echo("d"), app.mcp.fake.say_hello_world(), app.mcp.fake["say-hello.world"]{},
        app.mcp.fake["end"](), app.mcp.fake.end_(), mcp.call("fake.echo", {message = "x"})`);
    expect(result).toEqual(['lua', 'hi', 'a', 'b', 'c', 'd', 'hello', 'hello', 'ended', 'ended', 'x']);
    expect(call_log.map(({ group, tool }) => `${group} ${tool}`)).toEqual(
      expect.arrayContaining(['mcp mcp.fake.echo', 'mcp mcp.fake-server.echo', 'mcp mcp.a-b.echo', 'mcp mcp.a_b.echo']),
    );
    expect((await run('integrations:lua', 'dump(app.mcp.fake.echo({message="shared"}))')).output).toBe('shared');
  });

  test('gets structured content first, then text, decoded where it is an object or a list, then the parts', async () => {
    const { result } = await lua(`
      local fake = app.mcp.fake
      return fake.structured(), fake.echo("12345678901234567890"), fake.echo("007"), fake.echo("null"), fake.echo('[1, {"a": 9007199254740993}]'),
        fake.echo('{"broken": '), fake.two_parts()[2].text, fake.echo("")`);
    expect(result).toEqual([
      { value: 'this', list: [] },
      '12345678901234567890',
      '007',
      'null',
      [1, { a: '9007199254740993' }],
      '{"broken": ',
      'b',
      '',
    ]);
  });

  test('arguments are converted and checked by the schema of the tool, before anything is sent', async () => {
    const { result, error } = await lua(
      'return app.mcp.fake.typed{text = 5, list = {}, map = {}, kind = "red", count = 2, either = ""}.sent',
    );
    expect(error).toBeNull();
    expect(result).toEqual([{ text: '5', list: [], map: {}, kind: 'Red', count: 2, either: '' }]);
    const { result: problems } = await lua(`
      local fake = app.mcp.fake
      local _, count = pcall(fake.typed, {count = 0, list = {"x"}})
      local _, none = pcall(fake.echo, {})
      local _, many = pcall(fake.echo, "a", "b")
      local _, called = pcall(mcp.call, "fake.echo", {})
      return count.code, count.message, none.message, many.message, called.message`);
    expect(problems).toEqual([
      'INVALID_ARGUMENTS',
      expect.stringMatching(/count must be at least 1.*list\[1\] must be an integer.*Nothing was sent/),
      expect.stringContaining('message is required'),
      expect.stringContaining('too many arguments'),
      expect.stringMatching(/^app\.mcp\.fake\.echo: .*message is required/),
    ]);
  });

  test('failures are raised as error values, never nil', async () => {
    const { result } = await lua(`
      local function code(f, ...) local ok, err = pcall(f, ...) return ok and "ok" or (err.code .. ": " .. err.message) end
      return code(app.mcp.fake.fail), code(app.mcp.fake.create_issue, {title = "x"}), code(mcp.call, "fake.ecoh", {}), code(mcp.call, "echo"),
        code(app.mcp.silent.echo, "x"), code(app.mcp.crash.echo, "x"), code(mcp.tools, "none"), code(mcp.read_resource, "fake")`);
    expect(result).toEqual([
      'REMOTE_ERROR: app.mcp.fake.fail: it is broken',
      expect.stringMatching(/^APPROVAL_REQUIRED: .*requires approval/),
      expect.stringMatching(/^UNKNOWN_FUNCTION: Unknown MCP function: fake\.ecoh/),
      expect.stringMatching(/^INVALID_ARGUMENTS: eval:\d+: mcp\.call: expected the name of a tool/),
      expect.stringMatching(/^DEADLINE_EXCEEDED: .*timed out after 1s/),
      expect.stringMatching(/^CONNECTION_LOST: .*exited before responding.*Stderr: out of luck/),
      expect.stringMatching(/^UNKNOWN_SERVER: Unknown MCP server: none/),
      expect.stringMatching(/^INVALID_ARGUMENTS: eval:\d+: mcp\.read_resource: .*uri is required/),
    ]);
  });

  test('lists tools, reads resources and gets prompts by name', async () => {
    const { result } = await lua(`
      local row = mcp.tools("fake")[1]
      return row, mcp.schema("fake.echo").lua_path, mcp.resources("fake")[1].uri, mcp.read_resource("fake", "fake://readme").contents[1].text,
        mcp.prompts("fake")[1].name, mcp.get_prompt("fake", "summarize", {topic = 7}).messages[1].content.text`);
    expect(result).toEqual([
      expect.objectContaining({ server: 'fake', name: 'echo', function: 'fake.echo', lua_path: 'app.mcp.fake.echo', operation: 'read' }),
      'app.mcp.fake.echo',
      'fake://readme',
      'fake resource',
      'summarize',
      'Summarize 7',
    ]);
  });

  test('AC-127 of mcp:lua has everything but integrations', async () => {
    const { result } = await lua(
      'return type(docs.read), type(json.encode), type(regex.match), type(parallel.map), type(sleep), type(defer)',
    );
    expect(new Set(result)).toEqual(new Set(['function']));
    const { error_detail } = await lua('return app.integrations.agora.query_recording{}');
    expect(error_detail).toMatchObject({ code: 'UNKNOWN_FUNCTION', hint: expect.stringContaining('kosmo integrations:lua') });
  });

  test('a server that it does not use costs it nothing, however it behaves; a list of a megabyte is a list', async () => {
    const { result, call_log } = await lua('return app.mcp.huge.echo("x"), #mcp.tools("huge")');
    expect(result).toEqual(['x', 11]);
    expect(call_log).toHaveLength(1);
    expect(await run('integrations:lua', 'return 1')).toMatchObject({ result: [1] });
  });
});

describe('a server', () => {
  test('sees a few harmless variables of the environment, and all where that is asked for', async () => {
    const env = { AWS_SECRET_ACCESS_KEY: 'S3CRET-key-of-aws', LC_ALL: 'C' };
    const { data } = await call(['mcp:call', 'fake.environment'], env);
    expect(data).toMatchObject({ LC_ALL: 'C', PATH: expect.any(String) });
    expect(data).not.toHaveProperty('AWS_SECRET_ACCESS_KEY');
    const all = await run('mcp:lua', 'return app.mcp.fake.environment().AWS_SECRET_ACCESS_KEY ~= nil', [], {
      ...env,
      KOSMO_MCP_INHERIT_ENV: '1',
    });
    expect(all.result).toEqual([true]);
  });

  test('from npm is one like any other: everything, filesystem, memory', async () => {
    place.write('project/hello.txt', 'hello file');
    const { result, error } = await run(
      'mcp:lua',
      `
      local everything = app.mcp.everything
      local sum = everything.get_sum and everything.get_sum{a = 2, b = 3}
      local made = app.mcp.memory.create_entities{entities = {{name = "Ada", entityType = "person", observations = {}}}}
      return everything.echo{message = "hi"}, sum, app.mcp.files.read_text_file{path = "hello.txt"}, app.mcp.memory.read_graph{}`,
      ['--force'],
      { KOSMO_MCP_MEMORY: path.join(place.project, 'memory.json') },
    );
    expect(error).toBeNull();
    expect(JSON.stringify(result)).toMatch(/Echo: hi.*5.*hello file.*Ada/);
    expect(readFileSync(path.join(place.project, 'memory.json'), 'utf8')).toContain('Ada');
  });
});

describe('a script with Agora and two servers', () => {
  let emulator: EmulatorProcess;
  beforeAll(async () => {
    emulator = await startEmulatorProcess();
  });
  afterAll(() => emulator.stop());

  test('uses them beside each other', async () => {
    const { result, error, call_log, meta } = await run(
      'integrations:lua',
      `
      local results = parallel.all {
        function() return app.integrations.agora.acquire_recording_resource{cname = "room", uid = "527841"}.resourceId ~= nil end,
        function() return app.mcp.fake.create_issue{title = "started"}.created end,
        function() return app.mcp.everything.echo{message = "and this"} end,
      }
      return table.unpack(results)`,
      ['--force'],
      emulator.env,
    );
    expect(error).toBeNull();
    expect(result).toEqual([true, true, 'Echo: and this']);
    expect(new Set(call_log.map(({ group }) => group))).toEqual(new Set(['agora', 'mcp']));
    expect(meta.permission_bypassed).toBe(true);
  });
});
