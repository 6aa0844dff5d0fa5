import { beforeEach, expect, test } from 'vitest';
import { redactText } from '../../../src/errors/index.ts';
import { findServer, readServers, recordTrust, subjectOf } from '../../../src/mcp-client/index.ts';
import { type ResolvedServer, resolvePlaceholders } from '../../../src/mcp-client/trust/placeholders.ts';
import { trustServer } from '../../../src/mcp-client/trust/trust.ts';
import { makeMcpProject } from '../../helpers/mcp-project.ts';

let project = makeMcpProject();
beforeEach(() => {
  project = makeMcpProject();
});

const SECRETS: Readonly<Record<string, string>> = {
  'mcp.fake.env.TOKEN': 'token-S3CRET',
  'mcp.fake.key': 'key/S3CRET',
  'mcp.other.key': 'other-S3CRET',
  'integration.agora.accounts.default.customer_secret': 'agora-S3CRET',
};

const resolve = async (entry: unknown, env: Record<string, string> = {}, file = '.mcp.json'): Promise<ResolvedServer> => {
  project.write(file, { mcpServers: { fake: entry } });
  const found = findServer(await readServers(project), 'fake');
  await recordTrust(found, subjectOf(found, project.env), project.env);
  const sources = { env: { ...project.env, ...env }, secrets: { get: async (key: string) => SECRETS[key] } };
  return resolvePlaceholders(await trustServer(found, project.env), sources);
};
const text = async (written: string, env: Record<string, string> = {}, file?: string): Promise<string | undefined> => {
  const resolved = await resolve({ command: 'node', args: [written] }, env, file);
  return resolved.transport === 'stdio' ? resolved.args[0] : undefined;
};

test.each([
  ['${KOSMO_MCP_A}', 'a'],
  ['${env:KOSMO_MCP_A}', 'a'],
  ['$KOSMO_MCP_A', 'a'],
  ['<${KOSMO_MCP_A}|${KOSMO_MCP_A}>', '<a|a>'],
  ['${KOSMO_MCP_X:-def}', 'def'],
  ['${KOSMO_MCP_X:-}', ''],
  ['${KOSMO_MCP_BLANK:-def}', 'def'],
  ['${KOSMO_MCP_A:-def}', 'a'],
  ['${KOSMO_MCP_DOLLAR}', '$&${KOSMO_MCP_A}'],
  ['${KOSMO_SECRET:mcp.fake.env.TOKEN}', 'token-S3CRET'],
  ['@secret:mcp.fake.env.TOKEN', 'token-S3CRET'],
  ['Bearer @secret:mcp.fake.key.', 'Bearer key/S3CRET.'],
  ['a $HOME b', 'a $HOME b'],
  ['costs $5', 'costs $5'],
])('AC-187, AC-188 %s is filled in', async (written, value) => {
  expect(await text(written, { KOSMO_MCP_A: 'a', KOSMO_MCP_BLANK: '', KOSMO_MCP_DOLLAR: '$&${KOSMO_MCP_A}' })).toBe(value);
});

test('placeholders stand anywhere in args, env, headers and url, and the folder of the project among them', async () => {
  const secret = '${KOSMO_SECRET:mcp.fake.env.TOKEN}';
  expect(await resolve({ command: 'node', args: ['--key', secret, '${workspaceFolder}/x'], env: { T: `t:${secret}` } })).toMatchObject({
    args: ['--key', 'token-S3CRET', `${project.folder}/x`],
    env: { T: 't:token-S3CRET' },
  });
  expect(await resolve({ url: `https://a.test/mcp?k=${secret}`, headers: { Authorization: `Bearer ${secret}` } })).toEqual({
    transport: 'http',
    name: 'fake',
    timeout: 30,
    url: 'https://a.test/mcp?k=token-S3CRET',
    headers: { Authorization: 'Bearer token-S3CRET' },
  });
});

test('what is filled in of secrets is never printed, also as a URL has it', async () => {
  await text('${KOSMO_SECRET:mcp.fake.key}');
  await resolve({ command: 'node', env: { API_KEY: '${KOSMO_MCP_V}' } }, { KOSMO_MCP_V: 'variable-S3CRET' });
  expect(redactText('key/S3CRET key%2FS3CRET variable-S3CRET')).toBe('[redacted] [redacted] [redacted]');
});

test.each([
  '${KOSMO_SECRET:mcp.other.key}',
  '@secret:mcp.other.key',
  '${KOSMO_SECRET:integration.agora.accounts.default.customer_secret}',
  '${KOSMO_SECRET:}',
])('AC-187 a server gets no secret of another: %s', async (written) => {
  await expect(text(written)).rejects.toMatchObject({
    code: 'INVALID_CONFIGURATION',
    message: expect.stringMatching(/^The secret '.*' is not one of MCP server 'fake'\.$/),
  });
});

test('AC-188 a variable that is not allowed is refused, unless the user allows it or names it in the own file', async () => {
  await expect(text('x${FOO}', { FOO: 'foo' })).rejects.toMatchObject({
    code: 'INVALID_CONFIGURATION',
    message: expect.stringContaining("MCP env reference 'FOO' is not allowed"),
    hint: 'add it to KOSMO_MCP_ALLOWED_ENV, or store the value with kosmo mcp:secret:set fake env.FOO',
  });
  await expect(text('${FOO:-x}', { FOO: 'foo' })).rejects.toThrow('not allowed');
  expect(await text('${FOO}', { FOO: 'foo', KOSMO_MCP_ALLOWED_ENV: 'BAR, FOO' })).toBe('foo');
  project = makeMcpProject();
  expect(await text('${FOO}', { FOO: 'foo' }, '../home/mcp.json')).toBe('foo');
});

test.each([
  ['${KOSMO_MCP_X}', "MCP server 'fake' needs the variable KOSMO_MCP_X for args[0], and it is not set. Nothing was started."],
  [
    '${KOSMO_SECRET:mcp.fake.nope}',
    "MCP server 'fake' needs the secret 'mcp.fake.nope' for args[0], and it is not set. Nothing was started.",
  ],
])('what is not set is an error before anything starts: %s', async (written, message) => {
  await expect(text(written)).rejects.toMatchObject({ code: 'NOT_CONFIGURED', message });
});

test('placeholders of editors that mean nothing here are an error', async () => {
  await expect(text('${input:token}')).rejects.toThrow("args[0] of MCP server 'fake' has the unknown placeholder ${input:token}.");
});

test('a url that is invalid after its placeholders were replaced is refused', async () => {
  await expect(resolve({ url: '${KOSMO_MCP_URL}' }, { KOSMO_MCP_URL: 'file:///etc/passwd' })).rejects.toMatchObject({
    code: 'INVALID_CONFIGURATION',
    hint: 'it is written as ${KOSMO_MCP_URL}',
  });
});

test('AC-189 a process gets what programs need, and no credentials', async () => {
  const env = { AWS_SECRET_ACCESS_KEY: 'aws-S3CRET', KOSMO_CREDENTIAL_KEY: 'ck-S3CRET', HOME: '/home/me', USER: 'me' };
  const entry = { command: 'node', env: { A: 'b', HOME: '/elsewhere' } };
  const plain = { PATH: process.env.PATH, HOME: '/elsewhere', USER: 'me', A: 'b' };
  expect(await resolve(entry, env)).toMatchObject({ env: plain });
  expect(Object.keys(((await resolve(entry, env)) as { env: object }).env).sort()).toEqual(['A', 'HOME', 'PATH', 'USER']);
  expect(await resolve(entry, { ...env, KOSMO_MCP_INHERIT_ENV: '1' })).toMatchObject({
    env: { ...plain, AWS_SECRET_ACCESS_KEY: 'aws-S3CRET' },
  });
  expect(await resolve(entry, { ...env, KOSMO_MCP_INHERIT_ENV: '1' })).not.toHaveProperty('env.KOSMO_CREDENTIAL_KEY');
});
