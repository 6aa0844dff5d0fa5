import { chmodSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { findServer, readServers, recordTrust, type ServerEntry, subjectOf, withdrawTrust } from '../../../src/mcp-client/index.ts';
import { isTrusted, trustServer } from '../../../src/mcp-client/trust/trust.ts';
import { makeMcpProject } from '../../helpers/mcp-project.ts';

let project = makeMcpProject();
beforeEach(() => {
  project = makeMcpProject();
});

const STDIO = { command: 'node', args: ['a.js', 'b'], env: { A: '${KOSMO_MCP_A}', B: 'b' }, cwd: 'sub' };
const HTTP = { url: 'https://a.test/mcp', headers: { X: 'y' } };

const entryOf = async (entry: unknown, file = '.mcp.json'): Promise<ServerEntry> => {
  project.write(file, { mcpServers: { fake: entry } });
  return findServer(await readServers(project), 'fake');
};
const trust = async (entry: ServerEntry): Promise<void> => recordTrust(entry, subjectOf(entry, project.env), project.env);

test("what the user's own file names runs without further ado", async () => {
  const { launch } = await trustServer(await entryOf(STDIO, '../home/mcp.json'), project.env);
  expect(launch).toEqual({ command: expect.stringMatching(/^\/.*node$/), cwd: path.resolve('sub') });
});

test.each(['.mcp.json', '.cursor/mcp.json', '.vscode/mcp.json'])('AC-171 what %s names runs once the user trusts it', async (file) => {
  const entry = await entryOf(STDIO, file);
  await expect(trustServer(entry, project.env)).rejects.toMatchObject({
    code: 'NOT_TRUSTED',
    message: `Project MCP server 'fake' of ${path.join(project.folder, file)} is not trusted. Nothing was started.`,
    hint: 'look at what it would run, and trust it: kosmo mcp:trust fake',
  });
  expect(await isTrusted(entry, project.env)).toBe(false);
  await trust(entry);
  expect(await trustServer(entry, project.env)).toMatchObject({ entry, launch: { cwd: path.join(project.folder, 'sub') } });
});

test.each([
  ['command', STDIO, { ...STDIO, command: 'sh' }],
  ['args', STDIO, { ...STDIO, args: ['b', 'a.js'] }],
  ['args', STDIO, { ...STDIO, args: ['a.js b'] }],
  ['env', STDIO, { ...STDIO, env: { ...STDIO.env, LD_PRELOAD: './evil.so' } }],
  ['env', STDIO, { ...STDIO, env: { A: 'b', B: '${KOSMO_MCP_A}' } }],
  ['cwd', STDIO, { ...STDIO, cwd: '.' }],
  ['transport, url, headers', STDIO, HTTP],
  ['url', HTTP, { ...HTTP, url: 'https://b.test/mcp' }],
  ['headers', HTTP, { ...HTTP, headers: { X: 'z' } }],
  ['transport', HTTP, { ...HTTP, type: 'sse' }],
])('AC-177 another %s and it is not trusted any more', async (changed, before, after) => {
  await trust(await entryOf(before));
  await expect(trustServer(await entryOf(after), project.env)).rejects.toThrow(
    `is not trusted: its ${changed} changed since you trusted it.`,
  );
  // And back.
  expect(await isTrusted(await entryOf(before), project.env)).toBe(true);
});

test('what decides nothing of what runs can change, and so can the order of names', async () => {
  await trust(await entryOf(STDIO));
  const { env, ...others } = STDIO;
  const changed = { timeout: 5, description: 'mine', env: { B: env.B, A: env.A }, ...others };
  expect(await isTrusted(await entryOf(changed), project.env)).toBe(true);
});

test('another program of the same name is not trusted', async () => {
  const entry = await entryOf({ command: 'tool' });
  for (const folder of ['one', 'two']) chmodSync(project.write(`bin/${folder}/tool`, '#!/bin/sh\n'), 0o700);
  const inFolder = (folder: string): Record<string, string> => ({ ...project.env, PATH: path.join(project.folder, 'bin', folder) });
  await recordTrust(entry, subjectOf(entry, inFolder('one')), inFolder('one'));
  expect(await isTrusted(entry, inFolder('one'))).toBe(true);
  await expect(trustServer(entry, inFolder('two'))).rejects.toThrow('its command changed');
});

test('the same server in another project, and another one in the same, are not trusted', async () => {
  await trust(await entryOf(STDIO));
  project.write('../other/.kosmo/config.yaml', '');
  project.write('../other/.mcp.json', { mcpServers: { fake: STDIO } });
  const elsewhere = await readServers({ env: project.env, folder: path.resolve(project.folder, '../other') });
  expect(await isTrusted(findServer(elsewhere, 'fake'), project.env)).toBe(false);
  project.write('.mcp.json', { mcpServers: { fake: STDIO, twin: STDIO } });
  expect(await isTrusted(findServer(await readServers(project), 'twin'), project.env)).toBe(false);
});

test('a program that does not exist cannot be trusted, nor started', async () => {
  const entry = await entryOf({ command: 'no-such-program' });
  await expect(trust(entry)).rejects.toThrow("The command 'no-such-program' of MCP server 'fake' is not found.");
  project.write('.mcp.json', {});
  const own = await entryOf({ command: './missing' }, '../home/mcp.json');
  await expect(trustServer(own, project.env)).rejects.toMatchObject({ code: 'INVALID_CONFIGURATION' });
});

test('trust can be withdrawn', async () => {
  const entry = await entryOf(STDIO);
  await trust(entry);
  expect(await withdrawTrust(entry, 'fake', project.env)).toBe(true);
  expect(await withdrawTrust(entry, 'fake', project.env)).toBe(false);
  expect(await isTrusted(entry, project.env)).toBe(false);
});

test('decisions are kept for the user alone, and hold no value of the configuration', async () => {
  await trust(await entryOf({ command: 'node', args: ['--key=S3CRET'], env: { K: 'S3CRET' } }));
  const file = path.join(project.home, 'trust.json');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readFileSync(file, 'utf8')).not.toContain('S3CRET');
});

test('AC-176 what a repository says of trust is not looked at', async () => {
  const entry = await entryOf(STDIO);
  const { fingerprint, parts } = subjectOf(entry, project.env);
  const decision = { version: 1, projects: { [project.folder]: { fake: { fingerprint, parts, trusted_at: '2026-01-01' } } } };
  for (const file of ['trust.json', '.kosmo/trust.json']) project.write(file, decision);
  project.write(
    '.kosmo/config.yaml',
    `kosmo: { mcp: { permissions_default: allow, allow_force_bypass: true, trust: { fake: { fingerprint: ${fingerprint} } } } }`,
  );
  expect(await isTrusted(entry, project.env)).toBe(false);
});

test.each(['nope', '[]', '{"projects":[]}', '{"projects":{"/x":{"fake":"yes"}}}'])(
  'a damaged list of decisions %s is an error',
  async (text) => {
    const entry = await entryOf(STDIO);
    const file = project.write('../home/trust.json', text);
    await expect(trustServer(entry, project.env)).rejects.toMatchObject({
      code: 'INVALID_CONFIGURATION',
      message: expect.stringContaining(file),
    });
    await expect(trust(entry)).rejects.toMatchObject({ code: 'INVALID_CONFIGURATION' });
    expect(readFileSync(file, 'utf8')).toBe(text);
  },
);
