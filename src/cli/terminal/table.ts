import { stripVTControlCharacters } from 'node:util';

/** One cell: its text, and what to do to the text once it has its place. */
export interface Cell {
  readonly text: string;
  readonly paint?: (text: string) => string;
}

const GAP = '  ';
/** A narrower column of sentences is harder to read than lines that are cut. */
export const MIN_WIDTH = 24;

/**
 * Lines of columns, each as wide as its longest cell. Where that is more than `width`, the last column is wrapped at its spaces; where
 * there is no room for that, lines are cut.
 */
export function layOutTable(rows: readonly (readonly Cell[])[], width: number): readonly string[] {
  const columns = Math.max(0, ...rows.map(({ length }) => length));
  const widths = Array.from({ length: columns }, (_, column) => Math.max(0, ...rows.map((row) => textWidth(row[column]?.text ?? ''))));
  const before = widths.slice(0, -1).reduce((sum, each) => sum + each + GAP.length, 0);
  const last = Math.min(widths.at(-1) ?? 0, Math.max(width - before, MIN_WIDTH));
  return rows.flatMap((row) => {
    const wrapped = wrapText(row[columns - 1]?.text ?? '', last);
    return wrapped.map((piece, line) => {
      const cells = [...row.slice(0, columns - 1).map((cell) => (line === 0 ? cell : { text: '' })), { ...row[columns - 1], text: piece }];
      return joinCells(cells, widths, width);
    });
  });
}

function joinCells(cells: readonly Cell[], widths: readonly number[], width: number): string {
  let line = '';
  let used = 0;
  for (const [column, { text, paint = (plain: string): string => plain }] of cells.entries()) {
    const isLast = cells.slice(column + 1).every((cell) => cell.text === '');
    const shown = cut(text, width - used);
    line += shown === '' ? '' : paint(shown);
    used += textWidth(shown);
    if (isLast || used >= width) break;
    const padding = (widths[column] ?? 0) - textWidth(text) + GAP.length;
    line += ' '.repeat(Math.min(padding, Math.max(0, width - used)));
    used += padding;
  }
  return line;
}

function cut(text: string, most: number): string {
  if (textWidth(text) <= most) return text;
  return most < 1 ? '' : `${[...stripVTControlCharacters(text)].slice(0, most - 1).join('')}…`;
}

/** Breaks a text at its spaces into lines of at most so many characters; a longer word stays whole. */
export function wrapText(text: string, most: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && textWidth(line) + 1 + textWidth(word) > most) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

/** How many characters of a text are seen; colour takes no room. */
export function textWidth(text: string): number {
  return [...stripVTControlCharacters(text)].length;
}
