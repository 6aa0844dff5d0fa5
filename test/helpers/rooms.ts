import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

interface Room {
  readonly imports: readonly string[];
  readonly packages: readonly string[];
  /** Files that other rooms may import; `*` is every file. @default ['index.ts'] */
  readonly doors?: readonly string[];
  /** Rooms that it may load with `await import()` only. @default [] */
  readonly lazy?: readonly string[];
  /** Rooms of which it may import types only. @default [] */
  readonly types?: readonly string[];
}

export interface Rooms {
  readonly rooms: Readonly<Record<string, Room>>;
  /** Rooms that may still lack their folder. */
  readonly later: readonly string[];
  /** Folders that import nothing from above them. */
  readonly closed: readonly string[];
}

/** Source text by path below `src/`. */
export type Sources = ReadonlyMap<string, string>;

const GENERATED = 'integrations/generated';

/** The files of a `src/` folder. Those that the build writes are known by their names only. */
export function readSources(folder: string): Sources {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => name.split(path.sep).join('/'));
  return new Map(
    names
      .filter((name) => /\.(?:ts|mjs)$/.test(name))
      .map((name) => [name, name.startsWith(GENERATED) ? '' : readFileSync(path.join(folder, name), 'utf8')]),
  );
}

// Biome has formatted the code: the end of a statement that imports stands alone on its line, and quotes are single.
const STATIC = /^(?:import|export|\})(?:[^'\n]* from)? '([^']+)';$/gm;
// A name with a `$` is part of a template that writes code.
const INLINE = /(\bawait |\btypeof )?\b(?:import|require)\(\s*'([^'$]+)'/g;

interface Import {
  readonly to: string;
  readonly isLazy: boolean;
  readonly isType: boolean;
}

function importsIn(text: string): readonly Import[] {
  const inline = [...text.matchAll(INLINE)].map(([, before, to = '']) => ({
    to,
    isLazy: before !== 'typeof ',
    isType: before === 'typeof ',
  }));
  const isType = (end: number): boolean => /^(?:import|export) type\b/.test(text.slice(startOfStatement(text, end)));
  return [...[...text.matchAll(STATIC)].map(({ index, 1: to = '' }) => ({ to, isLazy: false, isType: isType(index) })), ...inline];
}

/** Where the statement begins whose last line begins at `end`. */
function startOfStatement(text: string, end: number): number {
  return text[end] === '}' ? Math.max(text.lastIndexOf('\nimport ', end), text.lastIndexOf('\nexport ', end)) + 1 : end;
}

function roomOf(file: string): string {
  const [first = '', second = ''] = file.split('/');
  return first === 'integrations' ? `${first}/${second}` : first;
}

/** What is wrong with the imports, a sentence each. */
export function checkRooms(sources: Sources, { rooms, later, closed }: Rooms): readonly string[] {
  const rowOf = (room: string): Room | undefined => rooms[room] ?? (room.startsWith('integrations/') ? rooms['integrations/*'] : undefined);
  const findings: string[] = [];
  const edges = new Map<string, string[]>();
  const present = new Set([...sources.keys()].map(roomOf));
  for (const room of present) if (room !== GENERATED && rowOf(room) === undefined) findings.push(`${room} has no row in rooms.json`);
  for (const room of Object.keys(rooms))
    if (!room.endsWith('/*') && !present.has(room) && !later.includes(room)) findings.push(`${room} has a row in rooms.json and no folder`);
  for (const [file, text] of sources) {
    const room = roomOf(file);
    const row = rowOf(room);
    const targets: string[] = [];
    edges.set(file, targets);
    for (const one of importsIn(text)) {
      const { to } = one;
      if (!to.startsWith('.')) {
        const name = to.split('/', to.startsWith('@') ? 2 : 1).join('/');
        if (to === 'node:process' && file.startsWith('cli/commands/')) findings.push(`${file} reads the process: ${to}`);
        else if (!to.startsWith('node:') && row?.packages.includes(name) === false)
          findings.push(`${room} may not import the package ${name}: ${file}`);
        continue;
      }
      // Reads src/ from outside.
      if (room === 'build') continue;
      const target = path.posix.join(path.posix.dirname(file), to);
      const wrong = wrongWith(file, target, one);
      if (wrong === undefined) targets.push(target);
      else findings.push(`${file} → ${target}: ${wrong}`);
    }
  }
  findings.push(...cyclesIn(edges).map((files) => `these files import each other: ${files.join(', ')}`));
  return findings;

  function wrongWith(file: string, target: string, { isLazy, isType }: Import): string | undefined {
    const folder = closed.find((one) => file.startsWith(`${one}/`));
    if (folder !== undefined && !target.startsWith(`${folder}/`)) return `${folder} imports nothing from above it`;
    const [from, to] = [roomOf(file), roomOf(target)];
    if (from === to || from === GENERATED) return undefined;
    const row = rowOf(from);
    if (row === undefined) return undefined;
    if (!row.imports.includes(to)) return `${from} may not import ${to}`;
    if (row.lazy?.includes(to) === true && !isLazy) return `${from} may load ${to} with await import() only`;
    if (row.types?.includes(to) === true && !isType) return `${from} may import types of ${to} only`;
    const doors = to === GENERATED ? ['manifest.ts'] : (rowOf(to)?.doors ?? ['index.ts']);
    if (!doors.includes('*') && !doors.includes(target.slice(to.length + 1))) return `it is not a door of ${to}`;
    return undefined;
  }
}

/** Groups of files that import each other, by Tarjan's algorithm. */
function cyclesIn(edges: ReadonlyMap<string, readonly string[]>): readonly (readonly string[])[] {
  const order = new Map<string, number>();
  const low = new Map<string, number>();
  const open: string[] = [];
  const cycles: string[][] = [];
  const visit = (file: string): number => {
    let least = order.size;
    order.set(file, least);
    const own = least;
    open.push(file);
    for (const next of edges.get(file) ?? []) {
      if (!order.has(next)) least = Math.min(least, visit(next));
      else if (open.includes(next)) least = Math.min(least, order.get(next) ?? least);
    }
    low.set(file, least);
    if (least === own) {
      const cycle = open.splice(open.indexOf(file));
      if (cycle.length > 1) cycles.push(cycle.toSorted());
    }
    return least;
  };
  for (const file of edges.keys()) if (!order.has(file)) visit(file);
  return cycles;
}
