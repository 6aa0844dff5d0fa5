import { distance } from 'fastest-levenshtein';

/** Longer names are not compared: it would cost time. */
const MAX_NAME_LENGTH = 100;

/**
 * The candidates that `wanted` may have meant, best first, at most `most`. Close is: an edit distance of at most 2 or 40 % of
 * the length, or one name within the other; one that begins as the other comes before all but those of 2 edits. If none is close, one
 * that abbreviates the other counts (`msg`, `message`). Case, `_` and `-` do not count, so `resourceId` finds `resource_id`.
 */
export function suggest(wanted: string, candidates: Iterable<string>, most = 3): string[] {
  if (wanted.length > MAX_NAME_LENGTH) return [];
  const plainWanted = simplify(wanted);
  const scored = [...new Set(candidates)].map((candidate) => ({ candidate, score: scoreCandidate(plainWanted, simplify(candidate)) }));
  const limit = scored.some(({ score }) => score < ABBREVIATION) ? ABBREVIATION : Number.POSITIVE_INFINITY;
  return scored
    .filter(({ score }) => score < limit)
    .sort((a, b) => a.score - b.score || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, most)
    .map(({ candidate }) => candidate);
}

function simplify(name: string): string {
  return name.toLowerCase().replaceAll(/[_-]/g, '');
}

/** The score of an abbreviation without an edit. All closer names score less. */
const ABBREVIATION = 2 * MAX_NAME_LENGTH;

// The edit distance when it is small or one name begins as the other, else a worse score for a name within the other, else infinity.
function scoreCandidate(wanted: string, candidate: string): number {
  const edits = distance(wanted, candidate);
  const [short, long] = wanted.length < candidate.length ? [wanted, candidate] : [candidate, wanted];
  if (short.length > 2 && long.startsWith(short)) return Math.min(edits, 2 + edits / MAX_NAME_LENGTH);
  const limit = Math.max(2, Math.floor(wanted.length * 0.4));
  // An edit for every letter is no likeness, however short the names.
  if (edits <= limit && edits < Math.max(wanted.length, candidate.length, 1)) return edits;
  if (short.length > 2 && long.includes(short)) return MAX_NAME_LENGTH + edits;
  return isAbbreviation(short, long) ? ABBREVIATION + edits : Number.POSITIVE_INFINITY;
}

// `msg` for `message`: the letters in their order, from the first on, of a name that is at most three times as long.
function isAbbreviation(short: string, long: string): boolean {
  if (short.length < 3 || long.length > 3 * short.length || short[0] !== long[0]) return false;
  let from = 0;
  for (const letter of short) {
    const at = long.indexOf(letter, from);
    if (at === -1) return false;
    from = at + 1;
  }
  return true;
}
