import { styleText } from 'node:util';
import { type Cell, layOutTable, MIN_WIDTH, textWidth, wrapText } from './table.ts';

/** Where a page is shown. */
export interface DocumentView {
  /** Columns of the terminal; infinite without a terminal. */
  readonly width: number;
  readonly colour: boolean;
}

/** Longer lines are hard to read, however wide the terminal is. */
const MAX_LINE_LENGTH = 100;

const INDENT = '    ';
const ITEM = /^(\s*)([-*]|\d+\.) +/;
const INLINE = /`([^`]+)`|\*\*(.+?)\*\*|\[((?:`[^`]*`|[^\]`])+)\]\(([^)\s]+)\)|(?<!\w)\*([^\s*][^*]*)\*/g;

const isFence = (line: string): boolean => /^\s*```/.test(line);
const isRow = (line: string): boolean => line.startsWith('|');
const isHeading = (line: string): boolean => /^#{1,6} /.test(line);
const isBlank = (line: string): boolean => line.trim() === '';
const continues = (line: string): boolean => !(isFence(line) || isRow(line) || isHeading(line) || isBlank(line) || ITEM.test(line));

/** Markdown as the pages use it (headings, code, tables, lists, links) as text for a terminal or a pipe. */
export function renderDocument(markdown: string, view: DocumentView): string {
  const lines = markdown.split('\n');
  const shown: string[] = [];
  while (lines.length > 0) {
    const line = lines.shift() ?? '';
    if (isFence(line)) {
      const block = takeWhile(lines, (each) => !isFence(each));
      lines.shift();
      shown.push(...codeBlock(line, block, view));
    } else if (isRow(line)) shown.push(...table([line, ...takeWhile(lines, isRow)], view));
    else if (isHeading(line)) shown.push(heading(line, view));
    else if (isBlank(line)) shown.push('');
    else shown.push(...paragraph(line, takeWhile(lines, continues), view));
  }
  return shown.join('\n').trimEnd();
}

function takeWhile(lines: string[], fits: (line: string) => boolean): string[] {
  const end = lines.findIndex((line) => !fits(line));
  return lines.splice(0, end === -1 ? lines.length : end);
}

function codeBlock(fence: string, lines: readonly string[], { colour }: DocumentView): string[] {
  const indent = new RegExp(`^ {0,${fence.indexOf('`')}}`);
  return lines.map((line) => (isBlank(line) ? '' : `${INDENT}${style(colour, 'cyan', line.replace(indent, ''))}`));
}

function heading(line: string, view: DocumentView): string {
  if (!view.colour) return line.replace(INLINE, (whole) => inline(whole, view));
  const text = inline(line.replace(/^#+ /, ''), { ...view, colour: false });
  return line.startsWith('# ') ? style(true, 'bold', style(true, 'underline', text)) : style(true, 'bold', text);
}

function paragraph(first: string, more: readonly string[], view: DocumentView): string[] {
  const [marker = ''] = ITEM.exec(first) ?? [];
  const bullet = marker.replace(/[-*] +$/, '• ');
  const hanging = ' '.repeat(marker === '' ? first.search(/\S/) : bullet.length);
  const text = [first.slice(marker.length), ...more].map((line) => line.trim()).join(' ');
  return wrapText(inline(text, view), lineLength(view.width, hanging)).map(
    (line, index) => `${index === 0 && marker !== '' ? bullet : hanging}${line}`,
  );
}

function table([head = '', , ...body]: readonly string[], view: DocumentView): string[] {
  const bold = (text: string): string => style(view.colour, 'bold', text);
  const headings = cellsOf(head).map((text): Cell => ({ text: inline(text, { ...view, colour: false }), paint: bold }));
  const rows = body.map((line) => cellsOf(line).map((text): Cell => ({ text: inline(text, view) })));
  const before = headings
    .slice(0, -1)
    .map((_, column) => Math.max(...[headings, ...rows].map((row) => textWidth(row[column]?.text ?? ''))));
  const room = view.width - before.reduce((sum, each) => sum + each + 2, 0);
  return room >= MIN_WIDTH ? [...layOutTable([headings, ...rows], view.width)] : rows.flatMap((row) => entry(row, view));
}

function cellsOf(line: string): string[] {
  const cells = line.replace(/^\||\|\s*$/g, '').split(/(?<!\\)\|/);
  return cells.map((cell) => cell.trim().replaceAll('\\|', '|'));
}

// A row of a table that has too many columns for the terminal, so that nothing is cut.
function entry([name, ...rest]: readonly Cell[], { width }: DocumentView): string[] {
  const texts = rest.map(({ text }) => text).filter((text) => text !== '');
  return [
    ...wrapText(name?.text ?? '', lineLength(width, '')),
    ...texts.flatMap((text) => wrapText(text, lineLength(width, INDENT)).map((line) => INDENT + line)),
  ];
}

function lineLength(width: number, indent: string): number {
  return Math.max(Math.min(width, MAX_LINE_LENGTH) - indent.length, MIN_WIDTH);
}

function inline(text: string, view: DocumentView): string {
  const { colour } = view;
  return text.replace(INLINE, (whole, ...groups: (string | undefined)[]) => {
    const [code, bold, link, target = '', italic] = groups;
    if (code !== undefined) return colour ? style(colour, 'cyan', code) : whole;
    if (bold !== undefined) return style(colour, 'bold', inline(bold, { ...view, colour: false }));
    if (link !== undefined) return `${inline(link, view)}${address(target)}`;
    return style(colour, 'italic', italic ?? '');
  });
}

function address(target: string): string {
  if (target.startsWith('#')) return '';
  const [, page] = /^([a-z-]+)\.md(?:#.*)?$/.exec(target) ?? [];
  return page === undefined ? ` (${target})` : ` (kosmo docs ${page})`;
}

// Word by word: lines may be broken between them.
function style(colour: boolean, look: Parameters<typeof styleText>[0], text: string): string {
  if (!colour) return text;
  return text.replace(/\S+/g, (word) => styleText(look, word, { validateStream: false }));
}
