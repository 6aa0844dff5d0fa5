// Source maps of the bundles. They name files below the checkout, and hold no source text.
import path from 'node:path';
import { decode, encode } from '@jridgewell/sourcemap-codec';

/** Replaces what matches in code, and keeps its map right. A replacement stays on the line of its match. Returns both. */
export function replaceInCode({ code, map }, pattern, replacement) {
  const lines = decode(map.mappings);
  let shift = { line: -1, columns: 0 };
  const replaced = code.replaceAll(pattern, (match, ...details) => {
    const text = match.replace(pattern, replacement);
    const before = code.slice(
      0,
      details.find((detail) => typeof detail === 'number'),
    );
    const line = before.split('\n').length - 1;
    const column = before.length - (before.lastIndexOf('\n') + 1);
    if (shift.line !== line) shift = { line, columns: 0 };
    const difference = text.length - match.length;
    for (const segment of lines[line] ?? []) if (segment[0] >= column + shift.columns + match.length) segment[0] += difference;
    shift.columns += difference;
    return text;
  });
  return { code: replaced, map: { ...map, mappings: encode(lines) } };
}

/** An esbuild map without names, whose sources are paths from the checkout instead of from `folder`. */
export function fromCheckout(map, folder) {
  const toCheckout = (source) => path.relative('.', path.resolve(folder, source)).split(path.sep).join('/');
  const mappings = encode(decode(map.mappings).map((line) => line.map((segment) => segment.slice(0, 4))));
  return { version: 3, sources: map.sources.map(toCheckout), names: [], mappings };
}

/** Joins pieces of code, `{ code, map }` or plain text, to one text with an index map of its sections. */
export function joinWithMap(pieces) {
  let text = '';
  const sections = [];
  for (const piece of pieces) {
    if (typeof piece === 'string') {
      text += piece;
      continue;
    }
    const line = text.split('\n').length - 1;
    sections.push({ offset: { line, column: text.length - (text.lastIndexOf('\n') + 1) }, map: piece.map });
    text += piece.code;
  }
  return { text, map: { version: 3, sections } };
}
