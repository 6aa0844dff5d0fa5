import type { TypedIntegration } from './render-types.ts';

export { renderList, renderSearch } from './index-pages.ts';
export { type Documentation, findPage, type Guide, pageNames } from './model.ts';
export { renderPage } from './render-text.ts';
export type { TypedIntegration } from './render-types.ts';

/** The annotations of `render-types.ts`, which no other command needs. */
export async function renderTypes(integrations: readonly TypedIntegration[]): Promise<string> {
  return (await import('./render-types.ts')).renderTypes(integrations);
}
