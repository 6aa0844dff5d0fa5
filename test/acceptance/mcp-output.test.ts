import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { mcpPlace } from '../helpers/mcp.ts';
import { type RunCliOptions, runCli } from '../helpers/run-cli.ts';
import { scriptedServer } from '../helpers/scripted-mcp-server.ts';

const PNG = Buffer.from('not really a picture').toString('base64');
const image = { type: 'image', data: PNG, mimeType: 'image/png' };

/** A project with a server whose tool `a` answers with this content. */
function placeOf(methods: Readonly<Record<string, unknown>>) {
  const place = mcpPlace({ s: scriptedServer({ methods: methods as never }) });
  const run = (words: readonly string[], more: RunCliOptions = {}) =>
    runCli(words, { ...place.options, env: { ...place.options.env, CI: '', NO_COLOR: '1' }, ...more });
  return { ...place, run, out: path.join(place.project, 'out') };
}
const answering = (...content: readonly object[]) => placeOf({ 'tools/call': { result: { content } } });
const CALL = ['mcp:call', 's.a', '--force'];

describe('the result of a tool, for a person', () => {
  test('shows texts as texts, names files, and describes resources and links', async () => {
    const { run } = answering(
      { type: 'text', text: 'one' },
      image,
      { type: 'audio', data: PNG, mimeType: 'audio/wav' },
      { type: 'resource', resource: { uri: 'a:b.md', text: '# Title', mimeType: 'text/markdown' } },
      { type: 'resource', resource: { uri: 'a:c.pdf', blob: PNG, mimeType: 'application/pdf' } },
      { type: 'resource_link', uri: 'demo://x', name: 'x', mimeType: 'text/plain', size: 1234, description: 'the\nlink' },
      { type: 'video', data: PNG, mimeType: 'video/mp4' },
      { type: 'chart', points: [1] },
    );
    const { stdout, stderr, code } = await run(CALL);
    expect(stdout.split('\n')).toEqual([
      'one',
      '[image/png, 20 B]',
      '[audio/wav, 20 B]',
      '# Title',
      '[application/pdf, 20 B]',
      'resource: x  demo://x (text/plain, 1.2 kB)',
      '  the\\nlink',
      '[video/mp4, 20 B]',
      '{',
      '  "type": "chart",',
      '  "points": [',
      '    1',
      '  ]',
      '}',
      '',
    ]);
    expect(stderr).toContain('--save <folder> writes the files');
    expect(code).toBe(0);
  });

  test('shows structured content, and the picture that came with it', async () => {
    const { run } = placeOf({
      'tools/call': { result: { structuredContent: { n: 1 }, content: [{ type: 'text', text: '{"n":1}' }, image] } },
    });
    expect((await run(CALL)).stdout).toBe('{\n  "n": 1\n}\n[image/png, 20 B]\n');
  });

  test.each([
    [
      'a list of records',
      [
        { id: 1, name: 'x' },
        { id: 2, name: 'y', ok: true },
      ],
    ],
    [
      'a list in one member',
      {
        result: [
          { id: 1, name: 'x' },
          { id: 2, name: 'y', ok: true },
        ],
      },
    ],
  ])('is a table at a terminal for %s, and JSON in a pipe', async (_, data) => {
    const { run } = answering({ type: 'text', text: JSON.stringify(data) });
    const { stdout } = await run(CALL, { isTTY: true });
    expect(stdout.split('\n').map((line) => line.trimEnd())).toEqual(['id  name  ok', '1   x', '2   y     true', '']);
    expect(JSON.parse((await run(CALL)).stdout)).toEqual(data);
  });

  test.each([[[]], [[1, 2]], [[{}, {}]], [[{ a: 'x'.repeat(100), b: 1 }]], [{ a: [{ b: 1 }], c: 2 }], [[{ a: 1 }, 2]]])(
    'stays JSON at a terminal for %j',
    async (data) => {
      const { run } = answering({ type: 'text', text: JSON.stringify(data) });
      expect(JSON.parse((await run(CALL, { isTTY: true })).stdout)).toEqual(data);
    },
  );

  test('fills no terminal with base64, and obeys no control character', async () => {
    const data = Buffer.from(Array.from({ length: 3000 }, (_, i) => (i * 7919) % 256)).toString('base64');
    const { run } = answering({ type: 'text', text: `see ![x](data:image/png;base64,${data}) \u001b[2J` }, { type: 'odd', payload: data });
    const { stdout } = await run(CALL, { isTTY: true });
    expect(stdout).toContain('see ![x](<base64, 3.0 kB; see --json>) \\u001b[2J');
    expect(stdout).toContain('"payload": "<base64, 3.0 kB; see --json>"');
    expect(stdout).not.toContain(data.slice(0, 80));
    expect((await run(CALL)).stdout).toContain(data);
  });

  test('is one unchanged document with --json', async () => {
    const { run, out } = answering({ type: 'text', text: 'one' }, image);
    const { stdout } = await run([...CALL, '--json']);
    const saved = await run([...CALL, '--json', '--save', out]);
    expect(JSON.parse(stdout)).toMatchObject({ success: true, data: [{ type: 'text', text: 'one' }, image] });
    expect(JSON.parse(saved.stdout)).toMatchObject({ data: JSON.parse(stdout).data });
    expect(saved.stderr).toContain(`saved ${path.join(out, 'a.png')}`);
  });
});

describe('--save', () => {
  test('writes every file under a safe name of its own, and names it', async () => {
    const resource = (uri: string, more: object) => ({ type: 'resource', resource: { uri, ...more } });
    const { run, out, project } = answering(
      image,
      image,
      { type: 'image', data: PNG, mimeType: 'image/../../x' },
      resource('file:///etc/../..', { blob: PNG }),
      resource('file:///a/.bashrc', { text: 'x' }),
      resource('file:///a/%2e%2e%2f%2e%2e%2fevil.sh?x#y', { text: 'x' }),
      resource('file:///a/con.txt', { text: 'x' }),
      resource(`file:///${'é'.repeat(300)}.md`, { text: 'é', mimeType: 'text/markdown' }),
      resource('file:///a/x\u001b[2J\n.txt', { text: 'x' }),
      { type: 'image', data: 'not base64!', mimeType: 'image/png' },
    );
    const { stdout, code } = await run([...CALL, '--save', out]);
    expect(code).toBe(0);
    expect(readdirSync(out).sort()).toEqual(
      ['_con.txt', 'a-2.png', 'a.bin', 'a-2.bin', 'a.png', 'bashrc.txt', 'evil.sh', 'x-2J.txt', `${'é'.repeat(60)}.md`].sort(),
    );
    expect(readFileSync(path.join(out, 'a.png'), 'utf8')).toBe('not really a picture');
    expect(stdout).toContain(`saved ${path.join(out, 'a-2.png')} (image/png, 20 B); a.png existed and is unchanged\n`);
    expect(readdirSync(project).sort()).toEqual(['.git', 'out']);
  });

  test('overwrites nothing and follows no link', async () => {
    const { run, out, project } = answering(image);
    mkdirSync(out);
    symlinkSync(path.join(project, 'victim'), path.join(out, 'a.png'));
    writeFileSync(path.join(out, 'a-2.png'), 'mine');
    expect((await run([...CALL, '--save', out])).stdout).toContain('a-3.png');
    expect(readFileSync(path.join(out, 'a-2.png'), 'utf8')).toBe('mine');
    expect(existsSync(path.join(project, 'victim'))).toBe(false);
  });

  test('is refused before the call if the folder is a file, and leaves no empty folder', async () => {
    const { run, out, project } = answering({ type: 'text', text: 'x' });
    writeFileSync(path.join(project, 'file'), '');
    const refused = await run([...CALL, '--save', path.join(project, 'file')]);
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('it is a file, not a folder')]);
    const { stdout, stderr } = await run([...CALL, '--save', out]);
    expect([stdout, stderr]).toEqual(['x\n', expect.stringContaining('no file to save')]);
    await run([...CALL, '--save', out, '--dry-run']);
    expect(existsSync(out)).toBe(false);
  });
});

describe('what a server has besides tools, for a person', () => {
  test('resources and their templates are one table', async () => {
    const { run } = placeOf({
      'resources/list': { result: { resources: [{ uri: 'a:b', name: 'n', mimeType: 'text/plain', description: 'first\nsecond' }] } },
      'resources/templates/list': { result: { resourceTemplates: [{ uriTemplate: 'a:{x}', name: 't' }] } },
    });
    const { stdout } = await run(['mcp:resources', 's']);
    expect(stdout.split('\n').map((line) => line.trimEnd())).toEqual([
      'URI    Name  Type        Description',
      'a:b    n     text/plain  first',
      'a:{x}  t',
      '',
    ]);
    expect((await placeOf({}).run(['mcp:resources', 's'])).stderr).toContain('s has no resources');
  });

  test('prompts are a table, a prompt is its messages, a resource its text', async () => {
    const { run, out } = placeOf({
      'prompts/list': { result: { prompts: [{ name: 'p', arguments: [{ name: 'topic', required: true }, { name: 'style' }] }] } },
      'prompts/get': {
        result: {
          messages: [
            { role: 'user', content: { type: 'text', text: 'Write' } },
            { role: 'assistant', content: image },
          ],
        },
      },
      'resources/read': {
        result: {
          contents: [
            { uri: 'a:b.md', text: '# T\n' },
            { uri: 'a:c', blob: PNG, mimeType: 'image/jpeg' },
          ],
        },
      },
    });
    expect((await run(['mcp:prompts', 's'])).stdout).toContain('p       <topic> [style]');
    expect((await run(['mcp:prompt', 's', 'p'])).stdout).toBe('user:\nWrite\nassistant:\n[image/png, 20 B]\n');
    expect((await run(['mcp:resource', 's', 'a:b'])).stdout).toBe('# T\n\n[image/jpeg, 20 B]\n');
    expect((await run(['mcp:resource', 's', 'a:b', '--save', out])).code).toBe(0);
    expect(readdirSync(out).sort()).toEqual(['a-c.jpg', 'a-b.md'].sort());
  });
});

test('a tool that takes its time is named at a terminal meanwhile', async () => {
  const { run } = placeOf({ 'tools/call': { delay: 900, result: { content: [] } } });
  expect((await run(CALL, { isTTY: true, columns: 80 })).stderr).toMatch(/s\.a/);
});
