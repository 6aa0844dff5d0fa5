import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Guide } from './model.ts';

/** Marks sections that `build/generate-docs.mjs` writes. */
const GENERATED_MARKER = /^<!-- (?:generated: .*|end) -->\n/gm;

/** The guides: the Markdown pages of `guideFolder` that are not among `integrationPages`, which are paths below the package. */
export function loadGuides(guideFolder: string, integrationPages: readonly (string | undefined)[]): readonly Guide[] {
  const taken = new Set(integrationPages.map((page) => page && path.resolve(guideFolder, '..', page)));
  const files = readdirSync(guideFolder)
    .filter((file) => file.endsWith('.md'))
    .map((file) => path.resolve(guideFolder, file))
    .filter((file) => !taken.has(file))
    .sort();
  return files.map((file) => {
    const text = readFileSync(file, 'utf8').replaceAll(GENERATED_MARKER, '');
    return { name: path.basename(file, '.md'), title: /^#\s+(.+)$/m.exec(text)?.[1] ?? path.basename(file), text };
  });
}

/** The Markdown page that an integration names, or an empty text. The package is the parent of `guideFolder`. */
export function loadIntegrationPage(guideFolder: string, page: string | undefined): string {
  return page === undefined ? '' : readFileSync(path.resolve(guideFolder, '..', page), 'utf8');
}
