import { isObject, type JsonObject, type JsonValue } from '../../json/index.ts';
import { fileReason } from '../../platform/file-errors.ts';
import { terminalInfo } from '../terminal/fast-stdout.ts';
import { printNote, printTable, printValue } from '../terminal/output.ts';
import { visibleLine } from '../terminal/visible-text.ts';
import { formatBytes, isAttachment, messagePieces, type Piece, partPieces, readPieces, resourcePieces, sizeOf } from './content-pieces.ts';
import type { SaveFolder } from './save-files.ts';

/** Where the files of a result go. */
export interface FileTarget {
  readonly folder: SaveFolder | undefined;
  /** The name of a file without a name of its own. */
  readonly fallbackName: string;
  /** Prints only the names of saved files, on stderr, because stdout holds a JSON document. */
  readonly isJson: boolean;
}

/** Longer cells than this belong into a document, not into a table. */
const MAX_CELL_LENGTH = 80;
const MAX_COLUMNS = 8;

/** The pieces of a tool's result: its data as scripts get it, then pictures, sound, resources and links. */
export function toolPieces(data: JsonValue, raw: JsonObject | undefined): readonly Piece[] {
  const { content, structuredContent } = raw ?? {};
  const parts = Array.isArray(content) ? (content as readonly JsonValue[]) : [];
  if (structuredContent !== undefined && structuredContent !== null)
    return [{ kind: 'value', value: data }, ...readPieces(parts.filter(isAttachment), partPieces)];
  if (parts.length === 0 || (parts.length === 1 && !isAttachment(parts[0] as JsonValue))) return [{ kind: 'value', value: data }];
  return readPieces(parts, partPieces);
}

/** The pieces of a resource that was read. */
export function readResourcePieces(data: JsonValue): readonly Piece[] {
  return isObject(data) && data.contents !== undefined ? readPieces(data.contents, resourcePieces) : [{ kind: 'value', value: data }];
}

/** The pieces of a prompt. */
export function promptPieces(data: JsonValue): readonly Piece[] {
  return isObject(data) && data.messages !== undefined ? readPieces(data.messages, messagePieces) : [{ kind: 'value', value: data }];
}

/** Prints a result for a person, and saves its files. Returns whether every file was saved. */
export async function printPieces(pieces: readonly Piece[], { folder, fallbackName, isJson }: FileTarget): Promise<boolean> {
  const say = isJson ? (line: string): void => printNote(line) : printValue;
  let isComplete = true;
  let unsaved = 0;
  for (const piece of pieces) {
    if (piece.kind === 'file' && folder !== undefined) {
      try {
        say(await folder.save(piece, fallbackName));
      } catch (thrown) {
        isComplete = false;
        printNote(`warning: a file of ${fallbackName} was not saved: ${fileReason(thrown)}`);
      }
    } else if (!isJson) {
      if (piece.kind === 'file' && 'base64' in piece.content) unsaved++;
      printPiece(piece);
    }
  }
  if (unsaved > 0) printNote(`note: --save <folder> writes ${unsaved === 1 ? 'the file' : 'the files'}`);
  if (folder !== undefined && pieces.every(({ kind }) => kind !== 'file')) printNote('note: the result has no file to save');
  return isComplete;
}

function printPiece(piece: Piece): void {
  if (piece.kind === 'text') printValue(shownText(piece.text));
  else if (piece.kind === 'value') printData(piece.value);
  else if ('text' in piece.content) printValue(shownText(piece.content.text));
  else printValue(`[${piece.type ?? 'unknown type'}, ${formatBytes(sizeOf(piece))}]`);
}

/** A value for a person: text as it is, on a terminal a list of records as a table, anything else as JSON. */
function printData(value: JsonValue): void {
  const records = terminalInfo('stdout').isTTY === true ? recordsOf(value) : undefined;
  if (records === undefined) printValue(shownText(typeof value === 'string' ? value : JSON.stringify(value, null, 2)));
  else
    printTable(
      records.headings.map((text) => visibleLine(text, MAX_CELL_LENGTH)),
      records.rows,
    );
}

// Also `{ result: […] }`: structured content must be an object, so servers wrap their lists.
function recordsOf(value: JsonValue): { readonly headings: readonly string[]; readonly rows: readonly (readonly string[])[] } | undefined {
  if (isObject(value)) {
    const [inner, ...others] = Object.values(value);
    return Array.isArray(inner) && others.length === 0 ? recordsOf(inner as JsonValue) : undefined;
  }
  if (!Array.isArray(value) || value.length === 0 || !value.every(isObject)) return undefined;
  const headings = [...new Set(value.flatMap((row) => Object.keys(row)))];
  if (headings.length === 0 || headings.length > MAX_COLUMNS) return undefined;
  const rows = value.map((row) => headings.map((key) => (Object.hasOwn(row, key) ? cellOf(row[key] as JsonValue) : '')));
  const fits = rows.every((row) => row.slice(0, -1).every((cell) => cell.length <= MAX_CELL_LENGTH));
  return fits ? { headings, rows } : undefined;
}

function cellOf(value: JsonValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** A word of this length with capital letters, small letters and digits is encoded data. */
const ENCODED = /(?:data:[\w.+/;=-]{1,100};base64,)?[A-Za-z0-9+/_-]{1000,}={0,2}/g;

// Data in base64 would fill a terminal. A program gets it.
function shownText(text: string): string {
  if (terminalInfo('stdout').isTTY !== true || text.length < 1000) return text;
  return text.replaceAll(ENCODED, (word) =>
    /[A-Z]/.test(word) && /[a-z]/.test(word) && /\d/.test(word)
      ? `<base64, ${formatBytes(Math.floor((word.length * 3) / 4))}; see --json>`
      : word,
  );
}
