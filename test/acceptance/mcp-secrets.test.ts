import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import type { CliResult } from '../helpers/cli.ts';
import { fakeServer } from '../helpers/mcp.ts';
import { makeMcpProject } from '../helpers/mcp-project.ts';
import { runCli as kosmo } from '../helpers/run-cli.ts';

let project = makeMcpProject();
let marker = '';
beforeEach(() => {
  project = makeMcpProject();
  marker = path.join(project.folder, 'marker');
});

const run = (args: readonly string[], env: Record<string, string> = {}, stdin = ''): Promise<CliResult> =>
  kosmo(args, { cwd: project.folder, env: { ...project.env, ...env }, stdin });

/** The variables that a trusted server of the project sees, or why it was not started. */
const seen = async (env: Record<string, string>, outside: Record<string, string> = {}): Promise<Record<string, unknown>> => {
  project.write('.mcp.json', { mcpServers: { github: fakeServer('plain', [`--marker=${marker}`], { env }) } });
  await run(['mcp:trust', 'github', '--yes']);
  const { stdout } = await run(['mcp:call', 'github.environment', '--json'], outside);
  const { data, error_detail: detail } = JSON.parse(stdout) as Record<string, Record<string, unknown>>;
  return data ?? detail ?? {};
};

test('AC-186, AC-187 a server gets its secrets, and no output has them', async () => {
  await run(['mcp:secret:set', 'github', 'env.GITHUB_TOKEN', '--stdin'], {}, 'gh-S3CRET\n');
  const written = { A: '${KOSMO_SECRET:mcp.github.env.GITHUB_TOKEN}', B: 'Bearer @secret:mcp.github.env.GITHUB_TOKEN', C: 'plain' };
  expect(await seen(written)).toMatchObject({ A: '[redacted]', B: 'Bearer [redacted]', C: 'plain' });
  // On disk it is nowhere to be read.
  expect(readFileSync(path.join(project.home, 'secrets.json'), 'utf8')).not.toContain('S3CRET');
});

test('AC-187 but not those of another server, and not those of integrations', async () => {
  await run(['mcp:secret:set', 'other', 'key', '--stdin'], {}, 'other-S3CRET');
  for (const key of ['mcp.other.key', 'integration.agora.accounts.default.customer_secret']) {
    expect(await seen({ A: `\${KOSMO_SECRET:${key}}` })).toMatchObject({
      code: 'INVALID_CONFIGURATION',
      message: `The secret '${key}' is not one of MCP server 'github'.`,
    });
  }
  expect(existsSync(marker)).toBe(false);
});

test('AC-188 variables that are not allowed are refused, and nothing is started', async () => {
  expect(await seen({ A: '${FOO}' }, { FOO: 'foo' })).toMatchObject({
    code: 'INVALID_CONFIGURATION',
    message: expect.stringContaining("MCP env reference 'FOO' is not allowed"),
  });
  expect(await seen({ A: '${KOSMO_SECRET:mcp.github.nope}' })).toMatchObject({
    code: 'NOT_CONFIGURED',
    hint: 'kosmo mcp:secret:set github nope --stdin',
  });
  expect(existsSync(marker)).toBe(false);
  expect(await seen({ A: '${FOO}', B: '${KOSMO_MCP_X:-def}' }, { FOO: 'foo', KOSMO_MCP_ALLOWED_ENV: 'FOO' })).toMatchObject({
    A: 'foo',
    B: 'def',
  });
  expect(existsSync(marker)).toBe(true);
});

test('AC-174, AC-177 force passes no trust, and what changed is told', async () => {
  await seen({ A: 'a' });
  project.write('.mcp.json', { mcpServers: { github: fakeServer('plain', [`--marker=${marker}2`], { env: { A: 'b' } }) } });
  const { stdout, code } = await run(['mcp:call', 'github.echo', '--message=x', '--force', '--json'], { KOSMO_MCP_ALLOW_FORCE: '1' });
  expect(JSON.parse(stdout)).toMatchObject({
    success: false,
    error: expect.stringContaining("'github' of ") && expect.stringContaining('is not trusted: its args, env changed since you trusted it'),
    error_detail: { code: 'NOT_TRUSTED', outcome: 'none', hint: expect.stringContaining('kosmo mcp:trust github') },
  });
  expect([code, existsSync(`${marker}2`)]).toEqual([4, false]);
});
