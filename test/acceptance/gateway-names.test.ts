// Names of MCP servers and integrations that a gateway is asked to offer.
import { beforeEach, describe, expect, test } from 'vitest';
import { fakeServer, type McpPlace, mcpPlace } from '../helpers/mcp.ts';
import { runCli } from '../helpers/run-cli.ts';

let place: McpPlace;

beforeEach(() => {
  place = mcpPlace({ github: fakeServer(), gitlab: { ...fakeServer(), enabled: false } });
});

const run = (...args: readonly string[]) => runCli(args, place.options);

describe('a server that does not exist', () => {
  test.each([
    ['mcp:serve', '--upstream=githb', '--integration', 'none'],
    ['mcp:serve', '--upstream=github,githb'],
    ['mcp:serve', '--upstreams=githb'],
    ['mcp:gateway:export', '--upstream=githb'],
    ['mcp:gateway:install', '--upstream=githb'],
  ])('is refused with close names: %s %s', async (...args) => {
    const { code, stdout, stderr } = await run(...args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('Unknown MCP server: githb');
    expect(stderr).toContain('did you mean github');
  });

  test.each(['upstreams', 'upstream_mcp'])('is an error of the configuration in %s of a profile', async (key) => {
    place.write('home/config.yaml', `kosmo: { mcp_gateway: { profiles: { ci: { ${key}: [githb] } } } }\n`);
    const { code, stderr } = await run('mcp:serve', '--profile', 'ci');
    expect(code).toBe(3);
    expect(stderr).toContain("gateway profile 'ci': Unknown MCP server: githb");
    expect((await run('mcp:gateway:export', '--profile', 'ci')).code).toBe(3);
  });

  test('may be in a file that cannot be read, which is named', async () => {
    place.write('home/mcp.json', '{"mcpServers":\n{"github": }}');
    const { code, stderr } = await run('mcp:gateway:export', '--upstream=github');
    expect(code).toBe(2);
    expect(stderr).toMatch(/mcp\.json:2 could not be read/);
  });
});

test('a disabled server is named with the command that enables it', async () => {
  const { code, stderr } = await run('mcp:gateway:export', '--upstream=gitlab');
  expect(code).toBe(0);
  expect(stderr).toContain('kosmo mcp:enable gitlab');
});

test('a server that is not trusted is named with the command that trusts it', async () => {
  place.write('project/.mcp.json', { mcpServers: { theirs: fakeServer() } });
  expect((await run('mcp:gateway:export', '--upstream=theirs')).stderr).toContain('kosmo mcp:trust theirs');
});

test('the plural of both options is another spelling, which help does not show', async () => {
  const { stdout } = await run('mcp:gateway:export', '--integrations=none', '--upstreams=github,all', '--json');
  expect(JSON.parse(stdout).config.mcpServers.kosmo.args).toEqual([
    'mcp:serve',
    '--integration=none',
    '--upstream=github',
    '--upstream=all',
    '--write=deny',
  ]);
  const { stdout: help } = await run('mcp:serve', '--help');
  expect(help).toContain('--upstream ');
  expect(help).not.toMatch(/--upstreams|--integrations/);
});
