import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

export const ROOT = path.join(import.meta.dirname, '../..');

/** README and the pages of the documentation, by their paths. */
export const PAGES: readonly string[] = [
  'README.md',
  ...readdirSync(path.join(ROOT, 'lua-docs'))
    .filter((file) => file.endsWith('.md'))
    .map((file) => `lua-docs/${file}`),
];

export const readPage = (page: string): string => readFileSync(path.join(ROOT, page), 'utf8');

/** The fenced blocks of a page, in one language, without their indentation. */
export function blocksOf(page: string, language: string): readonly string[] {
  return [...readPage(page).matchAll(/^( *)```(\w*)\n([\s\S]*?)^ *```$/gm)]
    .filter(([, , name]) => name === language)
    .map(([, indent = '', , text = '']) => text.replaceAll(new RegExp(`^${indent}`, 'gm'), ''));
}

/** The text of a page around its code. */
export const proseOf = (page: string): string => readPage(page).replaceAll(/^ *```\w*\n[\s\S]*?^ *```$/gm, '');

/** The commands of shell code that run kosmo, as the words that kosmo gets. */
export function kosmoCommands(shell: string): readonly (readonly string[])[] {
  const commands: string[][] = [[]];
  let word: string | undefined;
  const endWord = (): void => {
    if (word !== undefined) commands.at(-1)?.push(word);
    word = undefined;
  };
  const pieces = shell
    .replaceAll(/\\\n/g, ' ')
    .matchAll(/'([^']*)'|"([^"]*)"|(?<=^|\s)#[^\n]*|\d?>{1,2}(?:&\d)? *[^\s;|&()]*|([|;&()\n]+)|([ \t]+)|(.)/g);
  for (const [whole, single, double, end, space, character] of pieces) {
    if (end !== undefined) {
      endWord();
      commands.push([]);
    } else if (space !== undefined) endWord();
    else if (single !== undefined || double !== undefined || character !== undefined) {
      word = (word ?? '') + (single ?? double ?? character ?? '');
    } else if (whole !== '') endWord();
  }
  endWord();
  return commands.flatMap((words) => {
    const at = words.findIndex((each, index) => /^(?:.*\/)?kosmo(?:\.js)?$/.test(each) && words.slice(0, index).every(mayPrecede));
    return at === -1 ? [] : [words.slice(at + 1)];
  });
}

const mayPrecede = (word: string): boolean => ['$', 'npx', '--no', 'node'].includes(word) || word.includes('=') || word.includes('<');
