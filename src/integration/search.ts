/** The searched texts of a function. */
export interface Searchable {
  /** `agora.query_recording` */
  readonly fullName: string;
  readonly title: string;
  readonly description: string;
  /** Also finds it: `agora_query_recording`. @default undefined (only the name does) */
  readonly slug?: string;
}

const MAX_RESULTS = 20;

/** Weights of a match in the name, the title, the whole text and for each word. Users of KosmoKrator get the same order of results. */
const WEIGHT = { fullName: 100, title: 50, text: 10, term: 3 } as const;

/** Returns the functions that match a query, best first, at most 20. Ignores case. A blank query finds nothing. */
export function searchFunctions<Function extends Searchable>(query: string, functions: readonly Function[]): Function[] {
  // Scripts write `app.integrations.agora.query_recording`.
  const wanted = query
    .trim()
    .toLowerCase()
    .replace(/^(?:app\.)?integrations\.(?=\S)/, '');
  if (wanted === '') return [];
  return functions
    .map((found) => ({ found, score: scoreFunction(wanted, found) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || (a.found.fullName < b.found.fullName ? -1 : 1))
    .slice(0, MAX_RESULTS)
    .map(({ found }) => found);
}

function scoreFunction(wanted: string, candidate: Searchable): number {
  const fullName = candidate.fullName.toLowerCase();
  const title = candidate.title.toLowerCase();
  const text = `${fullName} ${title} ${candidate.description.toLowerCase()}`;
  const { slug = fullName } = candidate;
  const hasName = fullName.includes(wanted) || slug === wanted || `${fullName.split('.', 1)[0]}.${slug}` === wanted;
  const terms = wanted.split(/\s+/).filter((term) => text.includes(term));
  return (
    (hasName ? WEIGHT.fullName : 0) +
    (title.includes(wanted) ? WEIGHT.title : 0) +
    (text.includes(wanted) ? WEIGHT.text : 0) +
    terms.length * WEIGHT.term
  );
}
