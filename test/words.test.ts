// The words of this project: one thing has one word, and a reader who learned English later knows it.
// words.pending.json counts what is not clean yet, by place. Its numbers only go down.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import notYetClean from './words.pending.json' with { type: 'json' };

const ROOT = path.join(import.meta.dirname, '..');

/** Word → what to write in its place. */
const WORDS: Readonly<Record<string, string>> = {
  'nobody|somebody|anybody|whoever': 'name the actor: the user, another process, the caller',
  anew: 'again',
  'mend(?:s|ed|ing)?': 'fix',
  'told of': 'shows, prints, reports',
  'save for': 'except',
  'passed over': 'skipped, ignored',
  'is none': 'is not a …',
  'of (?:yours|theirs)': "your, the user's",
  'stand-ins?': 'emulator, substitute',
};
const NAMES = /\b\w*(?:MOST_|_AT_MOST\b|LONGEST_|DEEPEST_|LARGEST_|FEWEST_|SHORTEST_)\w*/g;

// A line break inside a comment separates two words like a blank.
const words = Object.entries(WORDS).map(([word, better]) => ({
  pattern: new RegExp(String.raw`\b(?:${word.replaceAll(' ', String.raw`\s+(?:(?://|\*)\s*)?`)})\b`, 'gi'),
  better,
}));

/** The title is what a reader of a failed test sees; the rest of a test may quote what it likes. */
const TITLE = /(?:\b(?:test|it|describe)(?:\.\w+)*|[\])`])\(\s*(['"`])((?:(?!\1).)*)\1/g;

// Published sentences, in the table and on the page that repeats it.
const published =
  readFileSync(path.join(ROOT, 'src/errors/codes.ts'), 'utf8')
    .match(/'[^'\n]+\.'/g)
    ?.map((text) => text.slice(1, -1)) ?? [];

interface Finding {
  /** A room of `src/`, a folder of pages, or `test`: files may move inside it. */
  readonly place: string;
  readonly sentence: string;
}

function readText(file: string): string {
  const text = readFileSync(path.join(ROOT, file), 'utf8');
  const isChecked = file === 'src/errors/codes.ts' || file === 'lua-docs/errors.md';
  return isChecked ? published.reduce((rest, sentence) => rest.replace(sentence, ''), text) : text;
}

function filesBelow(folder: string, name: RegExp): readonly string[] {
  const found = readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((file) => file.split(path.sep).join('/'));
  return found.filter((file) => name.test(file) && !file.startsWith('integrations/generated/')).map((file) => `${folder}/${file}`);
}

function findIn(file: string, place: string): readonly Finding[] {
  const text = readText(file);
  const titles = [...text.matchAll(TITLE)].map(([, , title = '']) => title).join('\n');
  const searched = place === 'test' ? titles : text;
  const found = words.flatMap(({ pattern, better }) =>
    [...searched.matchAll(pattern)].map(([word]) => ({ place, sentence: `${file}: "${word.replaceAll(/\s+/g, ' ')}"; better: ${better}` })),
  );
  const names = file.startsWith('src/') ? (text.match(NAMES) ?? []) : [];
  return [...found, ...names.map((name) => ({ place, sentence: `${file}: ${name}; better: MAX_…, MIN_…` }))];
}

function roomOf(file: string): string {
  const [src, room = '', integration] = file.split('/');
  return room.includes('.') ? `${src}` : room === 'integrations' ? `${src}/${room}/${integration}` : `${src}/${room}`;
}

const findings: readonly Finding[] = [
  ...filesBelow('src', /\.(?:ts|mjs|json|md)$/).flatMap((file) => findIn(file, roomOf(file))),
  ...filesBelow('lua-docs', /\.md$/).flatMap((file) => findIn(file, 'lua-docs')),
  ...['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md', 'AGENTS.md'].flatMap((file) => findIn(file, 'README.md')),
  ...filesBelow('workflows', /\.(?:lua|sh)$/).flatMap((file) => findIn(file, 'workflows')),
  ...filesBelow('test', /\.test\.ts$/).flatMap((file) => findIn(file, 'test')),
];

test.each([...new Set([...findings.map(({ place }) => place), ...Object.keys(notYetClean.places)])])(
  '%s has no word of the old language beyond those that are listed as not clean yet',
  (place) => {
    const found = findings.filter((finding) => finding.place === place).map(({ sentence }) => sentence);
    const limit = (notYetClean.places as Readonly<Record<string, number>>)[place] ?? 0;
    expect(found.length > limit ? found : []).toEqual([]);
  },
);

test('the description of a command has at most 55 characters', () => {
  const { commands } = JSON.parse(readFileSync(path.join(ROOT, 'test/pins/surface/introspect.json'), 'utf8')) as {
    readonly commands: readonly { readonly name: string; readonly description: string }[];
  };
  const long = commands.filter(({ description }) => description.length > 55).map(({ name }) => name);
  expect(long.length > notYetClean.longDescriptions ? long : []).toEqual([]);
});
