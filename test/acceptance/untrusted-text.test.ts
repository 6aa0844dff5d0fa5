import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { onScreen, type Screen } from '../helpers/pty.ts';
import { runCli as kosmo } from '../helpers/run-cli.ts';

const SERVER = fileURLToPath(new URL('../fixtures/mcp/hostile-server.mjs', import.meta.url));

/** Title, clear screen, colours (7 and 8 bit), direction, zero width, and lines that look like those of kosmo. */
const EVIL = 'a\u001b]0;PWN\u0007\u001b[2J\u001b[31mb\u202ec\u009b31m\u200bd\ne\rerror: FORGED\nwarning: FORGED\nLet it run? [y/N] FORGED';

let env: Record<string, string>;
let cwd: string;
let folder: string;
afterAll(() => rmSync(folder, { recursive: true, force: true }));

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'kosmo-untrusted-'));
  cwd = path.join(folder, 'project');
  mkdirSync(path.join(cwd, '.git'), { recursive: true });
  mkdirSync(path.join(cwd, '.kosmo'));
  mkdirSync(path.join(folder, 'home'));
  env = { KOSMO_HOME: path.join(folder, 'home') };
  const node = process.execPath;
  writeFileSync(path.join(folder, 'home/mcp.json'), JSON.stringify({ mcpServers: { ev: { command: node, args: [SERVER, EVIL] } } }));
  writeFileSync(
    path.join(cwd, '.mcp.json'),
    JSON.stringify({
      mcpServers: {
        project: { command: 'sh', args: ['-c', EVIL], env: { A: EVIL }, cwd: EVIL },
        login: { url: `http://127.0.0.1:9/${encodeURIComponent(EVIL)}` },
        web: { url: `https://example.com/${encodeURIComponent(EVIL)}`, headers: { Accept: 'text/plain' } },
        [EVIL]: { command: 'x' },
        names: { command: 'x', env: { [EVIL]: 'readonly' } },
        headers: { url: 'https://example.com/', headers: { 'X-A\nsends Fake: 1': 'x' } },
      },
    }),
  );
  writeFileSync(
    path.join(cwd, '.kosmo/config.yaml'),
    JSON.stringify({ kosmo: { [EVIL]: 1, integrations: { agora: { accounts: { x: { app_id: EVIL, [EVIL]: 'x' } } } } } }),
  );
  // Its tools are known from now on.
  await kosmo(['mcp:tools', 'ev', '--json'], { env, cwd });
});

const OWN_SEQUENCES = new RegExp(String.raw`\u001b\[(?:[0-9;]*m|\?25[hl]|[0-9]*[GKJ]|\?2004[hl])`.replaceAll('\\u001b', '\u001b'), 'g');
const DRAWS = /(?![\t\n\r])[\p{Cc}\u200b\u202e]/u;

const looksFor = (screen: Screen, what: string, isData = false): void => {
  // Colours of kosmo's own are the only sequences that may come.
  const foreign = screen.raw.replaceAll(OWN_SEQUENCES, '');
  expect(foreign, what).not.toMatch(DRAWS);
  expect(screen.raw, what).not.toContain('\u001b[31mb');
  expect(screen.titles, what).toEqual([]);
  // A result is data of its own lines; everything else takes one.
  if (!isData)
    expect(
      screen.lines.filter((line) => /^(?:error|warning): FORGED/.test(line)),
      what,
    ).toEqual([]);
};

/** Every command that shows text of a project or of an MCP server. */
const COMMANDS: readonly (readonly string[])[] = [
  ['config:list', '--origin'],
  ['policy:list'],
  ['integrations:list'],
  ['integrations:status'],
  ['integrations:doctor'],
  ['integrations:accounts', 'agora'],
  ['integrations:fields', 'agora', '--account', 'x'],
  ['integrations:search', 'evil'],
  ['mcp:list', '--all'],
  ['mcp:list', '--json'],
  ['mcp:status'],
  ['mcp:doctor'],
  ['mcp:export'],
  ['mcp:tools', 'ev'],
  ['mcp:schema', 'ev.evil'],
  ['mcp:resources', 'ev'],
  ['mcp:resource', 'ev', 'evil://one'],
  ['mcp:prompts', 'ev'],
  ['mcp:prompt', 'ev', 'evil'],
  ['mcp:call', 'ev.evil', '--help'],
  ['mcp:call', 'ev.evil', '--force'],
  ['mcp:call', 'ev.evil', '--force', '--json'],
  ['mcp:call', 'ev.fail', '--force'],
  ['mcp:call', 'ev.nothing', '--force'],
  ['mcp:ev', '--help'],
  ['mcp:untrust', 'project'],
  ['mcp:login', 'login'],
  ['mcp:login', 'project'],
  ['mcp:login', 'ev'],
  ['mcp:logout', 'web'],
  ['docs', 'mcp.ev'],
  ['mcp:lua', '--force', '-e', 'print(app.mcp.ev.evil{})'],
  ['mcp:lua', '--force', '-e', 'return app.mcp.ev.evil{}'],
  ['mcp:lua', '--force', '-e', 'app.mcp.ev.fail{}'],
  ['mcp:lua', '--force', '--stream', '-e', 'print(app.mcp.ev.evil{})'],
  ['mcp:lua', '-e', 'print(docs.read("mcp.ev"))'],
  ['integrations:lua', '--emulator', '--force', '-e', 'error(app.mcp.ev.evil{})'],
  [
    'integrations:lua',
    '--emulator',
    '--force',
    '-e',
    `app.integrations.agora.start_recording{client_request={["k"..app.mcp.ev.evil{}]=1}}`,
  ],
];

describe('text of a hostile project and a hostile MCP server is shown and not obeyed', () => {
  test.each(COMMANDS.map((args) => [args.join(' '), args] as const))('kosmo %s', async (what, args) => {
    looksFor(await onScreen(args, { env, cwd }), what, /evil --force$|evil\{\}\)?$|mcp:(?:resource|prompt) /.test(what));
  });

  test('the prompt of a call, and its answer', async () => {
    const screen = await onScreen(['mcp:call', 'ev.evil', '--arg', `p${EVIL}=${EVIL}`], {
      env,
      cwd,
      answers: [{ to: '[y/N]', type: 'n\r' }],
    });
    looksFor(screen, 'approval');
  });

  test('a session at the prompt: what a tool returns and raises, and what is printed of it', async () => {
    const screen = await onScreen(['integrations:lua', '--repl', '--emulator', '--force'], {
      env,
      cwd,
      answers: [
        { to: 'lua>', type: 'app.mcp.ev.evil{}\r' },
        { to: 'lua>', type: 'app.mcp.ev.fail{}\r' },
        { to: 'lua>', type: 'print(app.mcp.ev.evil{})\r' },
        { to: 'lua>', type: ':quit\r' },
      ],
    });
    looksFor(screen, 'repl', true);
  });

  test('what mcp:serve notes about its servers', async () => {
    const screen = await onScreen(['mcp:serve', '--verbose', '--upstream', 'ev', '--upstream', 'project'], {
      env,
      cwd,
      answers: [
        { to: 'a client starts it', type: 'no message\r' },
        { to: 'error', type: '\u0004' },
      ],
    });
    looksFor(screen, 'mcp:serve');
  });

  test('the review of mcp:trust ends with what runs, and no part of it can look like another', async () => {
    const screen = await onScreen(['mcp:trust', 'project'], { env, cwd, answers: [{ to: 'Let it run? [y/N] ', type: 'n\r' }] });
    looksFor(screen, 'mcp:trust');
    expect(screen.raw.indexOf('runs ')).toBeGreaterThan(screen.raw.indexOf('with '));
  });
});

test('entries with names that are no variable or header are skipped, and named', async () => {
  const { stderr } = await kosmo(['mcp:list'], { env, cwd });
  expect(stderr).toContain("the server 'names' was skipped: its env have the impossible name");
  expect(stderr).toContain("the server 'headers' was skipped: its headers have the impossible name");
  expect(stderr.split('\n').filter((line) => line.startsWith('warning') || line.startsWith('error'))).toEqual([]);
});

test('print is byte for byte in a pipe, and on a terminal with --raw', async () => {
  const code = 'print("\\27[32mgreen\\27[0m")';
  expect((await kosmo(['mcp:lua', '-e', code], { env, cwd })).stdout).toBe('\u001b[32mgreen\u001b[0m\n');
  expect((await onScreen(['mcp:lua', '-e', code], { env, cwd })).raw).toContain('\\u001b[32mgreen');
  expect((await onScreen(['mcp:lua', '--raw', '-e', code], { env, cwd })).raw).toContain('\u001b[32mgreen\u001b[0m');
});
