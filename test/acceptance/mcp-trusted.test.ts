import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { RunReport } from '../../src/runtime/index.ts';
import { cleanEnvironment, KOSMO } from '../helpers/cli.ts';
import { fakeServer, type McpPlace, mcpPlace } from '../helpers/mcp.ts';
import { runCli as kosmo } from '../helpers/run-cli.ts';

let place: McpPlace;
let marker: string;

beforeEach(() => {
  place = mcpPlace({ own: fakeServer() });
  marker = path.join(place.folder, 'marker');
  place.write('project/.mcp.json', { mcpServers: { fake: fakeServer('plain', [`--marker=${marker}`]) } });
});

describe('a server that a project brought', () => {
  test.each([
    ['mcp:tools'],
    ['mcp:tools', 'fake'],
    ['mcp:schema', 'fake.echo'],
    ['mcp:schema', 'mcp.fake.echo'],
    ['mcp:call', 'fake.echo', '--message=x', '--force'],
    ['mcp:call', 'fake.echo', '--dry-run'],
    ['mcp:fake'],
    ['mcp:fake', 'echo', '--message=x'],
    ['mcp:resources', 'fake'],
    ['mcp:resource', 'fake', 'fake://readme'],
    ['mcp:prompts', 'fake'],
    ['mcp:prompt', 'fake', 'summarize', '--topic=x'],
    [
      'mcp:lua',
      '--force',
      '-e',
      'pcall(mcp.tools) pcall(mcp.tools, "fake") pcall(mcp.call, "fake.echo", {message = "x"}) pcall(mcp.schema, "fake.echo")',
    ],
    [
      'mcp:lua',
      '--force',
      '-e',
      'pcall(app.mcp.fake.echo, "x") pcall(pairs, app.mcp.fake) for _ in pairs(app.mcp) do end app.mcp.own.echo("x")',
    ],
    [
      'mcp:lua',
      '-e',
      'pcall(mcp.resources, "fake") pcall(mcp.read_resource, "fake", "u") pcall(mcp.prompts, "fake") print(docs.read("mcp.fake"))',
    ],
    ['integrations:lua', '-e', 'return 1'],
    ['integrations:check', '-'],
    ['--version'],
    ['--help'],
  ])('is not started before it is trusted: %s %s %s %s', async (...words) => {
    await kosmo(words, place.options);
    expect(existsSync(marker)).toBe(false);
  });

  test('is missing from the list of all tools, which says why; so is one that does not start', async () => {
    place.write('home/mcp.json', { mcpServers: { own: fakeServer(), dead: fakeServer('crash-start') } });
    const { stdout, code } = await kosmo(['mcp:tools', '--json'], place.options);
    expect(code).toBe(0);
    const { tools, problems } = JSON.parse(stdout) as { tools: { server: string }[]; problems: unknown[] };
    expect(new Set(tools.map(({ server }) => server))).toEqual(new Set(['own']));
    expect(problems).toEqual(
      expect.arrayContaining([
        { server: 'fake', code: 'NOT_TRUSTED', message: expect.any(String) },
        { server: 'dead', code: 'CONNECTION_FAILED', message: expect.stringContaining('no licence found') },
      ]),
    );
  });

  test('is refused with how to trust it, and works once it is', async () => {
    const refused = await kosmo(['mcp:call', 'fake.echo', '--message=x', '--json'], place.options);
    expect(refused.code).toBe(4);
    expect(JSON.parse(refused.stdout)).toMatchObject({
      success: false,
      error: expect.stringContaining('is not trusted'),
      error_detail: { code: 'NOT_TRUSTED', hint: expect.stringContaining('kosmo mcp:trust fake') },
    });
    const { stdout } = await kosmo(
      ['mcp:lua', '--json', '-e', 'return #mcp.tools(), app.mcp.own.echo("x"), docs.read("mcp.fake")'],
      place.options,
    );
    const { result } = JSON.parse(stdout) as RunReport;
    expect(result).toEqual([10, 'x', expect.stringContaining('Status: not trusted')]);
  });
});

describe('the policy of a server', () => {
  const run = async (config: string, code: string, words: readonly string[] = []): Promise<RunReport> => {
    place.write('home/config.yaml', config);
    const { stdout } = await kosmo(['mcp:lua', '--json', '-e', code, ...words], place.options);
    return JSON.parse(stdout) as RunReport;
  };
  const rules = (permissions: string): string => `kosmo: { mcp: { servers: { own: { permissions: ${permissions} } } } }`;

  test('writes ask by default, rules decide, --force and --allow let through', async () => {
    const write = 'return app.mcp.own.create_issue{title = "x"}.created';
    expect(await run('', write)).toMatchObject({
      error: expect.stringContaining('requires approval'),
      error_detail: { code: 'APPROVAL_REQUIRED' },
    });
    expect(await run(rules('{ write: allow }'), write)).toMatchObject({ result: [true] });
    expect(await run(rules('{ write: allow, functions: { create_issue: deny } }'), write)).toMatchObject({
      error_detail: { code: 'POLICY_DENIED' },
    });
    expect(await run(rules('{ functions: { create_issue: allow } }'), write)).toMatchObject({ result: [true] });
    expect(await run('', write, ['--force'])).toMatchObject({ result: [true] });
    expect(await run('', write, ['--allow', 'mcp.own.create_issue'])).toMatchObject({ result: [true] });
  });

  test('holds for resources and prompts, which are read, and for names as scripts write them', async () => {
    const denied = await run(
      rules('{ read: deny }'),
      'local ok, err = pcall(mcp.resources, "own") local ok2, err2 = pcall(mcp.get_prompt, "own", "summarize", {topic = "x"}) return err.code, err2.code',
    );
    expect(denied.result).toEqual(['POLICY_DENIED', 'POLICY_DENIED']);
    expect(await run(rules('{ functions: { say_hello_world: deny } }'), 'return app.mcp.own["say-hello.world"]()')).toMatchObject({
      error_detail: { code: 'POLICY_DENIED' },
    });
  });

  test('an enabled server changes nothing of --force for integrations', async () => {
    const { stdout, code } = await kosmo(
      [
        'integrations:lua',
        '--emulator',
        '--force',
        '--json',
        '-e',
        'return app.integrations.agora.acquire_recording_resource{cname="r", uid="1"}.resourceId ~= nil',
      ],
      place.options,
    );
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ result: [true], meta: { permission_bypassed: true } });
  });
});

describe('documentation', () => {
  test('of a server and its tools is read like any other page', async () => {
    const { stdout } = await kosmo(
      [
        'mcp:lua',
        '--json',
        '-e',
        'return docs.read("mcp.own"), docs.read("app.mcp.own.echo"), docs.read("mcp.own.ecoh"), docs.read("mcp.on")',
      ],
      place.options,
    );
    const { result } = JSON.parse(stdout) as RunReport;
    expect(result).toEqual([
      expect.stringMatching(/^mcp\.own\n[\s\S]*Functions:\n {2}echo +Says it again/),
      expect.stringMatching(/Operation: read[\s\S]*app\.mcp\.own\.echo\(\{ message = "value" \}\)[\s\S]*message +string +required/),
      "No MCP docs found for 'mcp.own.ecoh'. Did you mean: mcp.own.echo?",
      expect.stringContaining('Did you mean: mcp.own?'),
    ]);
  });

  test('integrations:check takes the names of servers and tools as they are', async () => {
    const { stdout } = await kosmo(['integrations:check', '-', '--json'], {
      ...place.options,
      stdin: 'app.mcp.whatever.tool{} local t = mcp.tools("x") mcp.call("a.b", {}) print(mcp.tolls)',
    });
    const { findings } = JSON.parse(stdout) as { findings: { message: string }[] };
    expect(findings.map(({ message }) => message)).toEqual([expect.stringContaining("mcp has no 'tolls'")]);
  });
});

test('a server ends when the process that started it is killed', async () => {
  place.write('home/mcp.json', { mcpServers: { own: fakeServer('silent-call', [`--marker=${marker}`]) } });
  const child = spawn(process.execPath, [KOSMO, 'mcp:lua', '-e', 'print("calling") app.mcp.own.echo("x")'], {
    env: cleanEnvironment(place.options.env),
    cwd: place.project,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await once(createInterface(child.stdout), 'line');
  await vi.waitFor(() => expect(existsSync(marker)).toBe(true), { timeout: 20_000 });
  const pid = Number(readFileSync(marker, 'utf8'));
  child.kill('SIGKILL');
  await vi.waitFor(() => expect(isGone(pid)).toBe(true), { timeout: 10_000 });
});

// Where nobody waits for an orphan, it stays as a zombie.
function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return process.platform === 'linux' && /\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return true;
  }
}
