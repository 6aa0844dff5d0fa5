import { mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { findServer, readServers, type ServerList } from '../../../src/mcp-client/index.ts';
import { makeMcpProject } from '../../helpers/mcp-project.ts';

let project = makeMcpProject();
beforeEach(() => {
  project = makeMcpProject();
});

const write = (file: string, content: unknown): string => project.write(file, content);
const read = (): Promise<ServerList> => readServers(project);
const serversOf = async (file: string, content: unknown): Promise<unknown> => {
  write(file, content);
  const { entries, problems } = await read();
  expect(problems).toEqual([]);
  return entries.map(({ server }) => server);
};

test('AC-178 of entries with the same name the last of global, .vscode, .cursor, .mcp.json counts', async () => {
  const files = ['../home/mcp.json', '.vscode/mcp.json', '.cursor/mcp.json', '.mcp.json'];
  for (const file of files) write(file, { mcpServers: { same: { command: file }, [`only${files.indexOf(file)}`]: { command: 'x' } } });
  const { effective, sources } = await read();
  expect(effective.get('same')).toMatchObject({
    source: 'project',
    path: path.join(project.folder, '.mcp.json'),
    server: { command: '.mcp.json' },
  });
  expect([...effective.keys()]).toEqual(['only0', 'only1', 'only2', 'only3', 'same']);
  expect(sources.map(({ source, schema, servers }) => [source, schema, servers])).toEqual([
    ['global', 'mcpServers', ['same', 'only0']],
    ['project-vscode', 'mcpServers', ['same', 'only1']],
    ['project-cursor', 'mcpServers', ['same', 'only2']],
    ['project', 'mcpServers', ['same', 'only3']],
  ]);
});

test('the files are found from a folder inside the project', async () => {
  write('.mcp.json', { mcpServers: { a: { command: 'x' } } });
  mkdirSync(path.join(project.folder, 'deep/er'), { recursive: true });
  const { effective, projectFolder } = await readServers({ ...project, folder: path.join(project.folder, 'deep/er') });
  expect([[...effective.keys()], projectFolder]).toEqual([['a'], project.folder]);
});

test('AC-179 comments and trailing commas are read, and servers where there are no mcpServers', async () => {
  const text = '\ufeff{ // mine\n "servers": { "a": { "type": "stdio", "command": "x", /* no */ "args": ["1", ], }, }, }';
  expect(await serversOf('.vscode/mcp.json', text)).toMatchObject([{ name: 'a', transport: 'stdio', command: 'x', args: ['1'] }]);
  expect(await serversOf('.cursor/mcp.json', { servers: { no: { command: 'x' } }, mcpServers: { b: { command: 'x' } } })).toMatchObject([
    { name: 'a' },
    { name: 'b' },
  ]);
});

test('every spelling of a server that editors use is understood', async () => {
  const base = { enabled: true, timeout: 30 };
  const mcpServers = {
    plain: { command: 'x' },
    full: { type: 'local', command: 'x', args: ['a', 1], environment: { A: 'b', N: 5, no: null }, cwd: 'sub', timeoutSeconds: 2.5 },
    web: { url: 'https://a.test/mcp', headers: { A: 'b' } },
    sse: { type: 'sse', serverUrl: 'http://127.0.0.1:1/sse', timeout: 0 },
    stream: { type: 'streamable-http', url: 'https://${KOSMO_MCP_HOST}/mcp', enabled: 'on' },
    off: { command: 'x', enabled: false },
    off2: { command: 'x', disabled: true },
  };
  expect(await serversOf('.mcp.json', { mcpServers })).toEqual([
    { ...base, name: 'plain', transport: 'stdio', command: 'x', args: [], env: {}, cwd: null },
    { ...base, name: 'full', transport: 'stdio', command: 'x', args: ['a', '1'], env: { A: 'b', N: '5' }, cwd: 'sub', timeout: 2.5 },
    { ...base, name: 'web', transport: 'http', url: 'https://a.test/mcp', headers: { A: 'b' } },
    { ...base, name: 'sse', transport: 'sse', url: 'http://127.0.0.1:1/sse', headers: {} },
    { ...base, name: 'stream', transport: 'http', url: 'https://${KOSMO_MCP_HOST}/mcp', headers: {} },
    { ...base, name: 'off', transport: 'stdio', command: 'x', args: [], env: {}, cwd: null, enabled: false },
    { ...base, name: 'off2', transport: 'stdio', command: 'x', args: [], env: {}, cwd: null, enabled: false },
  ]);
});

test.each([
  ['text', 'it is not an object'],
  [null, 'it is not an object'],
  [[], 'it is not an object'],
  [{}, 'it has no command'],
  [{ command: '' }, 'it has no command'],
  [{ command: 5 }, 'its command is no text'],
  [{ command: 'a\0b' }, 'its command has a NUL character in it'],
  [{ command: [] }, 'it has no command'],
  [{ command: 'x', disabledTools: 'list' }, 'its disabledTools is not a list of names'],
  [{ url: 'https://a.test', bearer_token_env_var: 'a b' }, 'its bearer_token_env_var does not name an environment variable'],
  [{ command: 'x', args: 'a b' }, 'its args are no list'],
  [{ command: 'x', args: [{}] }, 'its args[0] is no text'],
  [{ command: 'x', env: ['A'] }, 'its env are no object'],
  [{ command: 'x', env: { A: {} } }, 'its env.A is no text'],
  [{ command: 'x', env: { 'A=B': 'c' } }, 'its env have the impossible name "A=B"'],
  [{ command: 'x', timeout: 'soon' }, 'its timeout "soon" is no number of seconds'],
  [{ command: 'x', timeout: 1e300 }, 'its timeout 1e+300 is no number of seconds'],
  [{ type: 'pipe', command: 'x' }, 'its type "pipe" is not one of stdio, http, sse'],
  [{ type: '__proto__', command: 'x' }, 'its type "__proto__" is not one of stdio, http, sse'],
  [{ type: 'http' }, 'it has no url'],
  [{ url: 'file:///etc/passwd' }, 'its url is no http or https address'],
  [{ url: 'a.test' }, 'its url is no http or https address'],
])('the bad entry %j is skipped, and said to be: %s', async (entry, message) => {
  write('.mcp.json', { mcpServers: { bad: entry, good: { command: 'x' } } });
  const { effective, problems } = await read();
  expect([...effective.keys()]).toEqual(['good']);
  expect(problems).toEqual([{ source: 'project', path: path.join(project.folder, '.mcp.json'), server: 'bad', message }]);
});

test('AC-200 a bad name is skipped; that of a command is as good as any', async () => {
  const names = ['', 'a::b', ' a', 'a.b', '-x', '../x', '__proto__', 'x'.repeat(101), 'a\nb', 'trust', '1', 'constructor', 'o/p-q_r'];
  write('.mcp.json', `{ "mcpServers": { ${names.map((name) => `${JSON.stringify(name)}: { "command": "x" }`).join()} } }`);
  const plain = await read();
  // The same through the parser for comments.
  write('.mcp.json', `{ "mcpServers": { ${names.map((name) => `${JSON.stringify(name)}: { "command": "x" }`).join()}, } } // `);
  const commented = await read();
  for (const { effective, problems } of [plain, commented]) {
    expect([...effective.keys()]).toEqual(['1', 'constructor', 'o/p-q_r', 'trust']);
    expect(problems.map(({ server }) => server).sort()).toEqual(names.slice(0, 9).sort());
  }
});

test.each([
  ['{ "mcpServers": { "a": { "command": "x" } ', 'it is not valid JSON: close brace expected', 1],
  ['{\n"mcpServers": nope }', 'it is not valid JSON: invalid symbol', 2],
  ['', 'it is not valid JSON: value expected', 1],
  ['['.repeat(200_000), 'it is not valid JSON: nested too deep', 1],
  ['[]', 'it holds no JSON object', undefined],
  ['{ "mcpServers": [] }', 'its mcpServers are no object', undefined],
])('a file that cannot be read hides none of the others', async (text, message, line) => {
  write('.mcp.json', text);
  write('../home/mcp.json', { mcpServers: { mine: { command: 'x' } } });
  const { effective, problems } = await read();
  expect([...effective.keys()]).toEqual(['mine']);
  expect(problems).toEqual([
    { source: 'project', path: path.join(project.folder, '.mcp.json'), server: null, message, ...(line === undefined ? {} : { line }) },
  ]);
});

test('an entry that is nested too deep is skipped', async () => {
  write(
    '.mcp.json',
    `{ "mcpServers": { "bad": { "command": "x", "type": ${'['.repeat(100_000)}${']'.repeat(100_000)} }, "good": { "command": "x" } } }`,
  );
  const { effective, problems } = await read();
  expect([[...effective.keys()], problems.map(({ message }) => message)]).toEqual([['good'], ['it is nested too deep']]);
});

test('devices and folders behind the names are not read', async () => {
  symlinkSync('/dev/zero', path.join(project.folder, '.mcp.json'));
  mkdirSync(path.join(project.folder, '.vscode/mcp.json'), { recursive: true });
  expect((await read()).problems.map(({ message }) => message)).toEqual(['it is no regular file', 'it is no regular file']);
});

test('a server that is not there is an error with close names, or with what is wrong', async () => {
  write('.mcp.json', { mcpServers: { github: { command: 'x' }, broken: {} } });
  const list = await read();
  expect(() => findServer(list, 'gihtub')).toThrow(expect.objectContaining({ code: 'UNKNOWN_SERVER', hint: 'did you mean github?' }));
  expect(() => findServer(list, 'broken')).toThrow(/'broken' of .*\.mcp\.json cannot be used: it has no command\./);
  expect(() => findServer(list, 'toString')).toThrow('Unknown MCP server: toString');
});
