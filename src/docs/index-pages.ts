import { searchFunctions } from '../integration/index.ts';
import { suggest } from '../schema/index.ts';
import type { Documentation } from './model.ts';

const MAX_LINES = 20;

/** The table of contents, as text. */
export function renderList({ integrations, guides }: Documentation): string {
  return [
    'Documentation',
    '',
    `Providers: ${integrations.map(({ id }) => id).join(', ')}`,
    '',
    ...integrations.flatMap(({ id, description, tools }) => [
      `${id.padEnd(36)} ${description}`,
      ...tools.map(({ name, description: line }) => `  ${`${id}.${name}`.padEnd(34)} ${line}`),
      '',
    ]),
    'Guides:',
    ...guides.map(({ name, title }) => `  ${name.padEnd(34)} ${title}`),
    '',
    'Read one with docs.read("<name>"), or in a shell with kosmo docs <name>.',
  ].join('\n');
}

/**
 * What a search finds, at most 20 lines: functions by name and description as `agora.query_recording - …`, functions whose parameters
 * hold every word, then pages that do. When there is nothing, close words.
 */
export function renderSearch({ integrations, guides }: Documentation, query: string): string {
  const functions = integrations.flatMap(({ id, tools }) =>
    tools.map(({ name, slug, description, input }) => ({
      fullName: `${id}.${name}`,
      slug,
      title: name.replaceAll('_', ' '),
      description,
      parameters: Object.entries(input.properties)
        .map(([parameter, schema]) => `${parameter} ${schema.description}`)
        .join(' '),
    })),
  );
  const words = query.split(/\s+/).filter(Boolean);
  const wanted = words.map(fold);
  const holdsAll = (text: string): boolean => {
    const folded = fold(text);
    return wanted.every((word) => word !== '' && folded.includes(word));
  };
  const byName = searchFunctions(query, functions);
  const found = new Set([...byName, ...functions.filter(({ parameters }) => holdsAll(parameters))]);
  const pages = [
    ...integrations.map(({ id, title, supplement }) => ({ name: id, title, text: supplement })),
    ...guides.map(({ name, title, text }) => ({ name, title, text })),
  ];
  const lines = [
    ...[...found].map(({ fullName, description }) => `${fullName} - ${description}`),
    ...pages.filter(({ text }) => holdsAll(text)).map(({ name, title }) => `${name} - ${title}`),
  ];
  if (lines.length > 0) return lines.slice(0, MAX_LINES).join('\n');
  const vocabulary = [...functions, ...pages].flatMap(
    (item) =>
      Object.values(item)
        .join(' ')
        .match(/[a-z_]{4,}/gi) ?? [],
  );
  const close = words.flatMap((word) => suggest(word, vocabulary, 1));
  return `No results found for '${query}'.${close.length === 0 ? '' : ` Did you mean: ${close.join(' ')}?`}`;
}

// `max_idle_time` finds `maxIdleTime`.
function fold(text: string): string {
  return text.toLowerCase().replaceAll('_', '');
}
