// MCP servers behind the gateway: what of them is passed on, and what is not.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { UriTemplate } from '@modelcontextprotocol/client';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { KOSMO, kosmo } from '../helpers/cli.ts';
import { openGateway, type TestGateway } from '../helpers/gateway.ts';
import { fakeServer, type McpPlace, mcpPlace } from '../helpers/mcp.ts';

const GATEWAY = { command: process.execPath, args: [KOSMO, 'mcp:serve', '--upstream=all'] };

let place: McpPlace;
let gateway: TestGateway | undefined;

beforeEach(() => {
  place = mcpPlace({ 'fake-server': fakeServer(), changing: fakeServer('changed'), dead: { command: 'no-such-program' }, self: GATEWAY });
});
afterEach(async () => {
  await gateway?.close();
  gateway = undefined;
});

const open = async (args: readonly string[], approve?: (message: string) => boolean): Promise<TestGateway> => {
  const { env, cwd = '' } = place.options;
  gateway = await openGateway(args, { env, cwd, ...(approve === undefined ? {} : { approve }) });
  return gateway;
};

describe('tools', () => {
  test('AC-212 are listed and called by a name of their server, and this gateway is not passed on to itself', async () => {
    const { names, call } = await open(['--upstream=all', '--tools=functions']);
    const listed = await names();
    expect(listed).toContain('mcp__fake_server__echo');
    expect(listed).not.toContain('mcp__fake_server__create_issue');
    expect(listed.filter((name) => name.startsWith('mcp__self') || name.startsWith('mcp__dead'))).toEqual([]);
    const echoed = await call('mcp__fake_server__echo', { message: 'from gateway' });
    expect([echoed.text, echoed.data]).toEqual(['from gateway', undefined]);
    expect((await call('mcp__fake_server__structured')).data).toEqual({ value: 'this', none: null, list: [] });
    const failed = await call('mcp__fake_server__fail');
    expect([failed.isError, failed.text]).toEqual([true, expect.stringContaining('it is broken')]);
    expect((await call('mcp__fake_server__echo', { massage: 'x' })).data.error.code).toBe('INVALID_ARGUMENTS');
  });

  test('AC-213, AC-214, AC-217 writes are there when they are allowed, and then the policy decides', async () => {
    const reading = await open(['--upstream=fake-server']);
    const refused = await reading.call('mcp__fake_server__create_issue', { title: 'x' });
    expect(refused.text).toContain('write_policy=deny');
    const script = await reading.call('execute_lua', { code: 'return app.mcp.fake_server.create_issue{title = "x"}' });
    expect(script.text).toContain('write_policy=deny');
    await reading.close();

    place.write('home/config.yaml', 'kosmo: { mcp: { servers: { fake-server: { permissions: { write: deny } } } } }\n');
    const denied = await open(['--upstream=fake-server', '--write=allow']);
    expect(await denied.names()).toContain('mcp__fake_server__create_issue');
    expect((await denied.call('mcp__fake_server__create_issue', { title: 'x' })).data.error.code).toBe('POLICY_DENIED');
    await denied.close();

    place.write('home/config.yaml', 'kosmo: { mcp: { servers: { fake-server: { permissions: { write: allow } } } } }\n');
    const allowed = await open(['--upstream=fake-server', '--write=allow']);
    expect(JSON.parse((await allowed.call('mcp__fake_server__create_issue', { title: 'x' })).text)).toEqual({ created: true, title: 'x' });
  });

  test('of a server that was not chosen are refused, and it is not started', async () => {
    const log = path.join(place.folder, 'log');
    place.write('home/mcp.json', { mcpServers: { quiet: fakeServer('plain', [`--log=${log}`]) } });
    const { call, names } = await open([]);
    expect((await names()).filter((name) => name.startsWith('mcp__'))).toEqual([]);
    expect((await call('mcp__quiet__echo', { message: 'x' })).text).toContain("MCP server 'quiet' is not exposed");
    expect((await call('execute_lua', { code: 'return app.mcp.quiet.echo{message = "x"}' })).isError).toBe(true);
    expect((await call('execute_lua', { code: 'return mcp.tools("quiet")' })).isError).toBe(true);
    expect(() => readFileSync(log)).toThrow();
  });

  test('have pages for the agent and for its scripts, where their server is exposed', async () => {
    const { call } = await open(['--upstream=fake-server', '--tools=code']);
    const list = (await call('lua_list_docs')).text;
    expect(list).toContain('mcp.fake-server');
    expect(list).not.toContain('mcp.changing');
    const page = (await call('lua_read_doc', { page: 'mcp.fake-server' })).text;
    expect(page).toContain('app.mcp.fake_server');
    expect(page).toContain('  echo ');
    expect(page).not.toContain('create_issue');
    expect((await call('lua_read_doc', { page: 'app.mcp.fake_server.echo' })).text).toContain('message');
    const refused = [
      await call('lua_read_doc', { page: 'mcp.changing' }),
      await call('lua_read_doc', { page: 'mcp.changing.echo' }),
      await call('execute_lua', { code: 'return docs.read("mcp.changing")' }),
    ];
    for (const { isError, text } of refused) {
      expect([isError, text]).toEqual([true, expect.stringContaining("MCP server 'changing' is not exposed")]);
    }
    const write = await call('lua_read_doc', { page: 'mcp.fake-server.create_issue' });
    expect([write.isError, write.text]).toEqual([true, expect.stringContaining('write_policy=deny')]);
  });

  test('this gateway is not reached from a script either', async () => {
    const { call } = await open(['--upstream=all', '--write=allow', '--force']);
    const code = 'return mcp.call("self.execute_lua", {code = "return 1"})';
    const script = await call('execute_lua', { code });
    expect(script.isError).toBe(true);
    expect(script.text).toContain('is a gateway of kosmo');
  });

  test('a person is asked for the approval of a write', async () => {
    const questions: string[] = [];
    const { call } = await open(['--upstream=fake-server', '--write=allow'], (message) => questions.push(message) > 0);
    expect(JSON.parse((await call('mcp__fake_server__create_issue', { title: 'x' })).text)).toEqual({ created: true, title: 'x' });
    expect(questions).toEqual([expect.stringContaining('MCP fake-server.create_issue changes something')]);
  });

  test('that come later are announced', async () => {
    const { call, client, names } = await open(['--upstream=changing', '--tools=functions']);
    expect(await names()).not.toContain('mcp__changing__added');
    const told = new Promise<void>((resolve) => client.setNotificationHandler('notifications/tools/list_changed', () => resolve()));
    await call('mcp__changing__echo', { message: 'x' });
    await told;
    expect(await names()).toContain('mcp__changing__added');
  });
});

describe('what a server says of its tools', () => {
  test('reaches the client: title, annotations and the form of answers, which none is held to', async () => {
    place.write('home/mcp.json', { mcpServers: { rich: fakeServer('rich') } });
    const { client, call } = await open(['--upstream=rich', '--write=allow', '--force', '--tools=functions', '--max-result-chars=1000']);
    const tools = Object.fromEntries((await client.listTools()).tools.map((tool) => [tool.name, tool]));
    expect(tools.mcp__rich__measure).toMatchObject({
      title: 'Measure it',
      annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
      outputSchema: { type: 'object', properties: { height: { description: 'number: in metres' } } },
    });
    expect(tools.mcp__rich__rename).toMatchObject({ title: 'Rename', annotations: { readOnlyHint: false, destructiveHint: false } });
    expect(tools.mcp__rich__echo).not.toHaveProperty('outputSchema');
    expect((await call('mcp__rich__measure')).data).toEqual({ height: 2 });
    expect((await call('mcp__rich__measure', { wrong: true })).data).toEqual({ value: 'no number' });
    expect((await call('mcp__rich__picture')).content).toEqual([{ type: 'image', data: 'AAAA', mimeType: 'image/png' }]);
  });

  test('of its progress is passed on and never goes back', async () => {
    place.write('home/mcp.json', { mcpServers: { rich: fakeServer('rich') } });
    const { call } = await open(['--upstream=rich', '--tools=functions']);
    const told: { readonly progress: number; readonly message?: string | undefined }[] = [];
    const onprogress = (progress: { readonly progress: number; readonly message?: string | undefined }): void => {
      told.push(progress);
      if (progress.message === 'measured 1') void call('mcp__rich__go_on');
    };
    await call('mcp__rich__measure', { waits: true }, { onprogress });
    // On a slow machine the gateway says first that the call is running, one step a second; the server's progress comes on top.
    const measured = told.filter(({ message }) => message?.startsWith('measured'));
    const steps = told.length - measured.length;
    expect(measured).toEqual([
      { progress: steps + 0.5, total: steps + 1, message: 'measured 0.5' },
      { progress: steps + 1, total: steps + 1, message: 'measured 1' },
    ]);
  });
});

describe('resources and prompts', () => {
  test('templates are passed on, and what they expand to is read', async () => {
    place.write('home/mcp.json', { mcpServers: { rich: fakeServer('rich'), other: fakeServer('rich') } });
    const { client } = await open(['--upstream=rich']);
    const { resourceTemplates } = await client.listResourceTemplates();
    expect(resourceTemplates).toEqual([{ name: 'page', mimeType: 'text/plain', uriTemplate: expect.stringMatching(/^kosmo:/) }]);
    const uri = new UriTemplate(resourceTemplates[0]?.uriTemplate ?? '').expand({ name: 'a b', draft: '1' });
    const { contents } = await client.readResource({ uri });
    expect(contents).toEqual([expect.objectContaining({ uri, text: 'of fake://pages/a%20b?draft=1' })]);
    await expect(client.readResource({ uri: uri.replace('/rich/', '/other/') })).rejects.toThrow('Unknown resource');
  });

  test('are passed on under names of their server', async () => {
    const { client } = await open(['--upstream=fake-server']);
    const [resource] = (await client.listResources()).resources;
    expect(resource).toMatchObject({ name: 'readme', uri: expect.stringMatching(/^kosmo:\/\/mcp\/fake-server\//) });
    const { contents } = await client.readResource({ uri: resource?.uri ?? '' });
    expect(contents[0]).toMatchObject({ text: 'fake resource', uri: resource?.uri });
    const [prompt] = (await client.listPrompts()).prompts;
    expect(prompt?.name).toBe('mcp__fake_server__prompt__summarize');
    const { messages } = await client.getPrompt({ name: prompt?.name ?? '', arguments: { topic: 'tea' } });
    expect(messages[0]?.content).toEqual({ type: 'text', text: 'Summarize tea' });
    await expect(client.getPrompt({ name: 'mcp__fake_server__prompt__other' })).rejects.toThrow('Unknown prompt');
  });

  test('AC-218 of what is not exposed are neither listed nor read', async () => {
    const uri = `kosmo://mcp/fake-server/${Buffer.from('fake://readme').toString('base64url')}`;
    for (const args of [[], ['--upstream=fake-server', '--no-resources', '--no-prompts'], ['--upstream=changing']]) {
      const { client, close, call } = await open(args);
      const { resources } = await client.listResources();
      expect(resources.filter((resource) => resource.uri.includes('fake-server'))).toEqual([]);
      await expect(client.readResource({ uri })).rejects.toThrow('Unknown resource');
      await expect(client.getPrompt({ name: 'mcp__fake_server__prompt__summarize' })).rejects.toThrow();
      const script = await call('execute_lua', { code: 'return mcp.read_resource("fake-server", "fake://readme")' });
      expect(script.isError).toBe(true);
      await close();
    }
    gateway = undefined;
  });
});

describe('mcp:gateway', () => {
  const run = async (...args: readonly string[]) => {
    const { stdout, code } = await kosmo([...args, '--json'], place.options);
    return { ...(JSON.parse(stdout) as { readonly config: { mcpServers?: unknown; servers?: unknown }; readonly path: string }), code };
  };

  test('AC-210, AC-211 export gives the entry that starts it as asked', async () => {
    const { config } = await run('mcp:gateway:export', '--integration=agora', '--upstream=fake-server', '--write=deny');
    expect(config).toEqual({
      mcpServers: {
        kosmo: { type: 'stdio', command: 'kosmo', args: ['mcp:serve', '--integration=agora', '--upstream=fake-server', '--write=deny'] },
      },
    });
    place.write(
      'home/config.yaml',
      'kosmo: { mcp_gateway: { profiles: { claude: { write_policy: allow, upstreams: [fake-server] } } } }\n',
    );
    const { config: profile } = await run('mcp:gateway:export', '--profile=claude', '--client=vscode');
    expect(profile).toEqual({ servers: { kosmo: { type: 'stdio', command: 'kosmo', args: ['mcp:serve', '--profile=claude'] } } });
    const { names } = await open(['--profile=claude']);
    expect(await names()).toContain('mcp__fake_server__create_issue');
  });

  test.each([
    ['claude-code', '.mcp.json'],
    ['cursor', '.cursor/mcp.json'],
    ['vscode', '.vscode/mcp.json'],
  ])('install writes it where %s looks, and leaves the rest alone', async (client, file) => {
    const key = client === 'vscode' ? 'servers' : 'mcpServers';
    place.write(`project/${file}`, `{\n  // mine\n  "${key}": { "other": { "command": "other" } }\n}\n`);
    const { path: written, code } = await run('mcp:gateway:install', '--client', client, '--tools=code');
    expect(code).toBe(0);
    expect(written).toBe(path.join(place.project, file));
    const text = readFileSync(written, 'utf8');
    expect(text).toContain('// mine');
    expect(text).toContain('"other"');
    expect(text).toContain('"--tools=code"');
    expect((await run('mcp:gateway:install', '--client', client)).code).toBe(0);
    expect(readFileSync(written, 'utf8')).not.toContain('--tools=code');
  });

  test.each([['constructor'], ['words']])('a profile %s that does not exist is refused', async (name) => {
    place.write('home/config.yaml', 'kosmo: { mcp_gateway: { profiles: { words: allow } } }\n');
    const { code, stderr } = await kosmo(['mcp:gateway:export', '--profile', name], place.options);
    expect([code, stderr]).toEqual([3, expect.stringContaining(name)]);
  });

  test('a project cannot bring a profile', async () => {
    place.write('project/.kosmo/config.yaml', 'kosmo: { mcp_gateway: { profiles: { ci: { write_policy: allow } } } }\n');
    const { stderr, code } = await kosmo(['mcp:serve', '--profile=ci'], place.options);
    expect(code).toBe(3);
    expect(stderr).toContain("there is no gateway profile 'ci'");
  });
});
