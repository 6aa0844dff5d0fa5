import { existsSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { fakeServer, type McpPlace, mcpPlace } from '../helpers/mcp.ts';
import { runCli as kosmo } from '../helpers/run-cli.ts';

let place: McpPlace;

beforeAll(async () => {
  place = mcpPlace({ fake: fakeServer(), unlisted: fakeServer('plain', ['--marker=started']) });
  expect(await kosmo(['mcp:tools', 'fake', '--json'], place.options)).toMatchObject({ code: 0 });
});

const run = (...words: readonly string[]) => kosmo(words, place.options);

describe('policy:explain of a tool', () => {
  test('that was listed says whether it is a read or a write, as its calls will be', async () => {
    const { stdout } = await run('policy:explain', 'mcp.fake.echo');
    expect(stdout).toMatch(/^mcp\.fake\.echo: allow: kosmo makes the call without asking\n\nmcp\.fake\.echo as a read: allow\n/);
    expect(stdout).not.toContain('as a write');
    expect((await run('policy:explain', 'mcp.fake.create_issue')).stdout).toMatch(/^mcp\.fake\.create_issue: ask: kosmo asks you/);
  });

  test('that was not listed says what it depends on, and starts nothing', async () => {
    const { stdout } = await run('policy:explain', 'mcp.unlisted.echo');
    expect(stdout).toMatch(
      /^mcp\.unlisted\.echo: allow as a read, ask as a write; it is a read if the server says that the tool only reads/,
    );
    expect(existsSync(path.join(place.project, 'started'))).toBe(false);
  });

  test.each([
    ['fake.echo', 'hint: did you mean mcp.fake.echo?\n'],
    ['nope', 'hint: write it as agora.start_recording, or mcp.github.create_issue\n'],
    ['agora.acquire_recordin', 'hint: did you mean agora.acquire_recording_resource?\n'],
  ])('%s is refused with the name to write', async (name, hint) => {
    const { stderr, code } = await run('policy:explain', name);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(hint) });
  });
});

describe('a word of mcp:call is completed from what was listed, and no server is started', () => {
  test.each([
    [
      ['mcp:call', 'fa'],
      ['fake.echo', 'fake.create_issue'],
    ],
    [['mcp:call', 'unl'], ['unlisted.']],
    [['mcp:schema', 'fake.ec'], ['fake.echo']],
    [['mcp:call', 'fake.echo', '--me'], ['--message']],
  ])('%j', async (words, expected) => {
    const { stdout } = await run('__complete', 'fish', '--', ...words);
    const values = stdout
      .trim()
      .split('\n')
      .map((line) => line.split('\t')[0]);
    expect(values).toEqual(expect.arrayContaining(expected));
    expect(values.filter((value) => !value?.startsWith(words.at(-1) ?? ''))).toEqual([]);
    expect(existsSync(path.join(place.project, 'started'))).toBe(false);
  });
});
