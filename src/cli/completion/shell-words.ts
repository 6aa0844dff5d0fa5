/** The words of a shell's command line up to the cursor; the last one is being typed, and may be empty. */
export interface ShellLine {
  readonly words: readonly string[];
  /** Where the last word begins, and the quote that is still open in it. */
  readonly start: number;
  readonly quote: string;
}

/** Splits what was typed as bash does: blanks separate, quotes and backslashes keep together. Nothing is expanded. */
export function splitLine(line: string): ShellLine {
  const words: string[] = [];
  let word = '';
  let start = 0;
  let inWord = false;
  let quote = '';
  for (let at = 0; at < line.length; at++) {
    const character = line[at] ?? '';
    if (quote === '' && /\s/.test(character)) {
      if (inWord) words.push(word);
      word = '';
      inWord = false;
      continue;
    }
    if (!inWord) start = at;
    inWord = true;
    if (quote !== '' && character === quote) quote = '';
    else if (quote === '' && /["']/.test(character)) quote = character;
    else if (character === '\\' && quote !== "'" && at + 1 < line.length) word += line[++at];
    else word += character;
  }
  return { words: [...words, word], start: inWord ? start : line.length, quote };
}
