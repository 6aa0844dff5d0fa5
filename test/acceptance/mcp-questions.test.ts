import { expect, test } from 'vitest';
import { mcpPlace } from '../helpers/mcp.ts';
import { onScreen } from '../helpers/pty.ts';
import { runCli } from '../helpers/run-cli.ts';
import { scriptedServer } from '../helpers/scripted-mcp-server.ts';

const FORM = {
  method: 'elicitation/create',
  params: {
    message: 'Where do you live?',
    requestedSchema: {
      type: 'object',
      properties: {
        city: { type: 'string', default: 'Rome' },
        size: { enum: ['S', 'M'], default: 'M' },
        tall: { type: 'boolean', default: true },
        age: { type: 'integer', default: 0 },
      },
    },
  },
};
const PAGE = {
  method: 'elicitation/create',
  params: { mode: 'url', message: 'Please pay', url: 'https://pay.test/x', elicitationId: 'e1' },
};
const names = ['a', 'strict', 'page'];
const server = scriptedServer({
  methods: {
    'tools/list': { result: { tools: names.map((name) => ({ name, inputSchema: { type: 'object' } })) } },
    'tools/call a': { ask: [FORM] },
    'tools/call strict': { ask: [FORM], result: { content: [], isError: true } },
    'tools/call page': { ask: [PAGE] },
  },
});
const place = mcpPlace({ s: server, s2: server });

const ENTERS = ['city [Rome]', 'size (S, M) [M]', 'tall [true]', 'age [0]'].map((to) => ({ to, type: '\r' }));
const ANSWER = '{"city":"Rome","size":"M","tall":true,"age":0}';

test.each([
  ['mcp:call', ['mcp:call', 's.a', '--force']],
  ['mcp:lua', ['mcp:lua', '--force', '-e', 'print(json.encode(app.mcp.s.a{}))']],
  ['integrations:lua', ['integrations:lua', '--force', '-e', 'print(json.encode(app.mcp.s.a{}))']],
])('%s on a terminal asks what the server wants to know, and Enter takes the defaults', async (_name, words) => {
  const screen = await onScreen(words, { ...place.options, cwd: place.project, answers: ENTERS });
  const text = screen.lines.join('').replaceAll('\\', '').replaceAll(/\s/g, '');
  expect(text).toContain("MCPserver's'asks:Wheredoyoulive?");
  expect(text).toContain(ANSWER);
  expect(screen.code).toBe(0);
});

test('servers that ask at the same time are answered one after the other, and a page is shown', async () => {
  const code = 'print(#parallel.map({"s", "s2"}, function(name) return app.mcp[name].page{} end))';
  const enter = { to: 'Press Enter to go on', type: '\r' };
  const screen = await onScreen(['mcp:lua', '--force', '-e', code], { ...place.options, cwd: place.project, answers: [enter, enter] });
  const told = screen.lines.filter((line) => /asks:|Press Enter/.test(line)).map((line) => line.replace(/.*(asks|Press Enter).*/, '$1'));
  expect(told).toEqual(['asks', 'Press Enter', 'asks', 'Press Enter']);
  expect(screen.lines.join('\n')).toContain('https://pay.test/x');
  expect(screen.code).toBe(0);
});

test.each([
  ['mcp:call', ['mcp:call', 's.strict', '--force', '--json']],
  ['mcp:lua', ['mcp:lua', '--force', '--json', '-e', 'return app.mcp.s.strict{}']],
  ['integrations:lua', ['integrations:lua', '--force', '-e', 'return app.mcp.s.strict{}']],
])('%s for a program or in a pipe refuses the question', async (_name, words) => {
  const { code, stdout, stderr } = await runCli(words, place.options);
  expect(`${stdout}${stderr}`).toContain('Where do you live?');
  expect(code).toBe(4);
  if (words.includes('--json')) expect(JSON.parse(stdout)).toMatchObject({ error_detail: { code: 'ELICITATION_REQUIRED' } });
});
