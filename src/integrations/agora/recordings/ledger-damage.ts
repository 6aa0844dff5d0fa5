import type { Damage } from './ledger-lines.ts';

/** Ranges of lines that a warning names; a file of random bytes has thousands. */
const MAX_RANGES = 5;

/** One message for each damaged file, with the command that repairs it. */
export function describeDamage(damage: readonly Damage[]): readonly { readonly message: string; readonly hint: string }[] {
  const files = new Map<string, Damage[]>();
  for (const one of damage) {
    const known = files.get(one.file);
    if (known === undefined) files.set(one.file, [one]);
    else known.push(one);
  }
  return [...files].map(([file, found]) => {
    const [first] = found as [Damage];
    if (first.line === null)
      return {
        message: `the ledger ${file} ${first.problem}, so a running recording may be missing here`,
        hint: `make it readable, or move it away: mv ${quoted(file)} ${quoted(`${file}.damaged`)}`,
      };
    const ranges = rangesOf(found.map(({ line }) => line ?? 0));
    const named = ranges.slice(0, MAX_RANGES).map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`));
    const more = ranges.length > MAX_RANGES ? ` and ${ranges.length - MAX_RANGES} more places` : '';
    const hidden = found.every(({ isCut }) => isCut) ? 'no running recording is hidden by it' : 'a running recording may be missing here';
    const where = found.length === 1 ? `${file}:${named[0]}` : `${file}: line ${named.join(', ')}${more}`;
    const commands = ranges.slice(0, MAX_RANGES).map(([from, to]) => (from === to ? `${from}d` : `${from},${to}d`));
    return {
      message: `the ledger ${where} ${first.problem}; ${hidden}`,
      hint: `remove it, with a copy in ${file}.bak: sed -i.bak '${commands.join(';')}' ${quoted(file)}`,
    };
  });
}

function rangesOf(lines: readonly number[]): [number, number][] {
  const ranges: [number, number][] = [];
  for (const line of lines) {
    const last = ranges.at(-1);
    if (last !== undefined && last[1] === line - 1) last[1] = line;
    else ranges.push([line, line]);
  }
  return ranges;
}

// For a shell.
function quoted(file: string): string {
  return /^[\w./-]+$/.test(file) ? file : `'${file.replaceAll("'", "'\\''")}'`;
}
