import { searchFunctions } from '../catalog/index.ts';
import type { Documentation } from './model.ts';

const MOST_LINES = 20;

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
    'Read one with docs.read("<name>").',
  ].join('\n');
}

/** What a search finds: functions as `agora.query_recording - …`, then guides that hold every word; at most 20 lines. */
export function renderSearch({ integrations, guides }: Documentation, query: string): string {
  const functions = searchFunctions(
    query,
    integrations.flatMap(({ id, tools }) =>
      tools.map(({ name, description }) => ({ fullName: `${id}.${name}`, title: name.replaceAll('_', ' '), description })),
    ),
  );
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const matching = guides.filter(({ text }) => words.length > 0 && words.every((word) => text.toLowerCase().includes(word)));
  const lines = [
    ...functions.map(({ fullName, description }) => `${fullName} - ${description}`),
    ...matching.map(({ name, title }) => `${name} - ${title}`),
  ];
  return lines.length === 0 ? `No results found for '${query}'.` : lines.slice(0, MOST_LINES).join('\n');
}
