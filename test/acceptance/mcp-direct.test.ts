import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { fakeServer } from '../helpers/mcp.ts';
import { makeMcpProject } from '../helpers/mcp-project.ts';
import { runCli } from '../helpers/run-cli.ts';

let project = makeMcpProject();
beforeEach(() => {
  project = makeMcpProject();
});

const { command, args } = fakeServer() as { command: string; args: string[] };
const LINE = `'${command}' ${args.join(' ')}`;

const run = (...words: string[]) => runCli(words, { cwd: project.folder, env: project.env });

describe('a server that no file names', () => {
  test('is called, listed and described, and nothing is stored', async () => {
    expect(await run('mcp:call', '--stdio', LINE, 'echo', '--message', 'hi')).toMatchObject({ stdout: 'hi\n', code: 0 });
    expect((await run('mcp:tools', '--stdio', LINE)).stdout).toContain('direct.echo');
    expect(JSON.parse((await run('mcp:schema', '--stdio', LINE, 'echo')).stdout)).toMatchObject({ required: ['message'] });
    for (const words of [['mcp:resources'], ['mcp:prompts']])
      expect((await run(...words, '--stdio', LINE)).stderr).not.toContain('missing');
    const script = 'print(app.mcp.direct.echo{ message = "from Lua" })';
    expect((await run('mcp:lua', '--stdio', LINE, '--eval', script)).stdout).toBe('from Lua\n');
    expect(existsSync(project.home) ? readdirSync(project.home) : []).toEqual([]);
    expect(readdirSync(project.folder)).toEqual(['.git']);
  });

  test('asks before a write, as any other', async () => {
    const { code, stderr } = await run('mcp:call', '--stdio', LINE, 'create_issue', '--title', 'x');
    expect([code, stderr]).toEqual([4, expect.stringContaining('mcp.direct.create_issue')]);
    expect((await run('mcp:call', '--stdio', LINE, 'create_issue', '--title', 'x', '--allow', 'mcp.direct.create_issue')).code).toBe(0);
  });

  test('gets variables, and its words as a shell would split them', async () => {
    const line = `"${command}" '${args[0]}' plain`;
    const { stdout } = await run('mcp:call', '--stdio', line, '--env', 'A=1 2', 'environment', '--env', 'B=3');
    expect(JSON.parse(stdout)).toMatchObject({ A: '1 2', B: '3' });
  });

  test('a parameter of a tool of a configured server can have the name of an option', async () => {
    project.write('../home/mcp.json', { mcpServers: { s: fakeServer() } });
    const { stderr } = await run('mcp:call', 's.echo', '--url', 'https://a.test', '--message', 'x');
    expect(stderr).toContain('unknown flag --url');
  });

  test.each([
    [['mcp:call', '--stdio', 'node "x', 'a'], 'has an open "'],
    [['mcp:call', '--stdio', 'node x | tee y', 'a'], 'without a shell, so | has no effect'],
    [['mcp:call', '--stdio', ' ', 'a'], 'takes the command of a server'],
    [['mcp:call', '--stdio', 'node', '--url', 'http://127.0.0.1:1/', 'a'], 'exclude each other'],
    [['mcp:call', '--url', 'file:///x', 'a'], 'takes an http or https address'],
    [['mcp:call', '--url', 'http://127.0.0.1:1/', '--env', 'A=b', 'a'], '--env is for a program'],
    [['mcp:call', '--stdio', 'node', '--header', 'A: b', 'a'], '--header is for an address'],
    [['mcp:tools', '--header', 'A: b'], '--header is for a server without configuration'],
    [['mcp:call', 'http://127.0.0.1:1/mcp.echo'], 'the name of a tool comes behind the server'],
    [['mcp:resources'], "missing required argument 'server'"],
    [['mcp:resource', 's'], "missing required argument 'uri'"],
    [['mcp:prompt', 's'], "missing required argument 'name'"],
    [['mcp:schema', 's.a', 'b'], 'one tool too many'],
  ])('%j is refused before anything starts', async (words, message) => {
    const { code, stderr } = await run(...words);
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
  });

  test('an address is the first word or an option, and gets headers', async () => {
    const { createServer } = await import('node:http');
    const requests: { url: string | undefined; team: unknown }[] = [];
    const server = createServer((request, response) => {
      requests.push({ url: request.url, team: request.headers['x-team'] });
      response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const address = `http://127.0.0.1:${port}/mcp`;
    try {
      await run('mcp:call', address, 'echo', '--header', 'X-Team: a', '--message', 'x');
      await run('mcp:tools', address, '--header', 'X-Team: b');
      await run('mcp:resource', '--url', address, '--header', 'X-Team: c', 'file:///x');
    } finally {
      server.close();
    }
    const teams = new Set(requests.map(({ url, team }) => `${url} ${String(team)}`));
    expect([...teams].sort()).toEqual(['/mcp a', '/mcp b', '/mcp c']);
    expect(path.basename(project.home)).toBe('home');
  });
});
