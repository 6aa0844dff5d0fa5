// Who may import whom: src/rooms.json says it, and nothing else does.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { checkRooms, type Rooms, readSources, type Sources } from './helpers/rooms.ts';

const folder = path.join(import.meta.dirname, '../src');
const rooms = JSON.parse(readFileSync(path.join(folder, 'rooms.json'), 'utf8')) as Rooms;
const sources = readSources(folder);

/** The sources with a line added at the end of a file, or in a new one. */
const withLine = (file: string, line: string): Sources => new Map([...sources, [file, `${sources.get(file) ?? ''}\n${line}\n`]]);

test('every import is allowed, ends at a door, and closes no circle', () => {
  expect(checkRooms(sources, rooms)).toEqual([]);
});

test.each([
  ['lua/sandbox.ts', "import { createGateway } from '../mcp-server/index.ts';", 'lua may not import mcp-server'],
  ['runtime/host.ts', "import { createGateway } from '../mcp-server/index.ts';", 'runtime may not import mcp-server'],
  ['settings/load.ts', "import { createGateway } from '../mcp-server/index.ts';", 'settings may not import mcp-server'],
  ['cli/program.ts', "const { createExposure } = await import('../mcp-server/exposure.ts');", 'not a door of mcp-server'],
  ['integrations/second/index.ts', "import { agora } from '../agora/index.ts';", 'integrations/second may not import integrations/agora'],
  ['schema/suggest.ts', "import { openBundles } from '../launcher/bundles.ts';", 'schema may not import launcher'],
  ['mcp-client/client.ts', "import Pool from 'undici/lib/dispatcher/pool.js';", 'mcp-client may not import the package undici'],
  ['cli/commands/docs.ts', "import process from 'node:process';", 'cli/commands/docs.ts reads the process'],
  ['errors/codes.ts', "import type { KosmoError } from './kosmo-error.ts';", 'errors/codes.ts, errors/kosmo-error.ts'],
  ['cli/program.ts', "import type { Gateway } from '../mcp-server/index.ts';", 'await import() only'],
  ['integrations/agora/emulator/clock.ts', "import type { AgoraClient } from '../api/client.ts';", 'imports nothing from above it'],
  ['journal/lines.ts', "import {\n  Sandbox,\n  type SandboxJournal,\n} from '../lua/index.ts';", 'journal may import types of lua only'],
  ['json/index.ts', "export type { Room } from '../build/index.ts';", 'json may not import build'],
  ['attic/index.ts', 'export const dust = true;', 'attic has no row'],
])('%s: `%s` is found, once', (file, line, message) => {
  expect(checkRooms(withLine(file, line), rooms)).toEqual([expect.stringContaining(message)]);
});

/** Texts that still name Agora or a recording, by room. No number grows; a room without such texts leaves the list. */
const TEXTS_LEFT: Readonly<Record<string, number>> = {};

// Strings and templates; comments match too, so that a quote in one opens no string.
const TOKEN = /'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`|\/\/[^\n]*|\/\*[\s\S]*?\*\//g;

test('no shared room has a text that names Agora or a recording', () => {
  const counts: Record<string, number> = {};
  for (const [file, text] of sources) {
    const [room = ''] = file.split('/');
    if (room === 'integrations' || room === 'build') continue;
    const texts = (text.match(TOKEN) ?? []).filter((token) => !token.startsWith('/'));
    const found = texts.filter((token) => /agora|recording/i.test(token.replaceAll('open_recordings', '')));
    counts[room] = (counts[room] ?? 0) + found.length;
  }
  expect(Object.entries(counts).filter(([room, count]) => count > (TEXTS_LEFT[room] ?? 0))).toEqual([]);
});
