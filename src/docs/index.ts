import type { TypedServer } from './render-mcp-types.ts';
import type { ScriptApi } from './render-script-api.ts';
import type { TypedIntegration } from './render-types.ts';

export { type CallExamples, callExamples } from './call-examples.ts';
export { renderList, renderSearch } from './index-pages.ts';
export { loadGuides, loadIntegrationPage } from './load-pages.ts';
export { type Documentation, findPage, nameOf, type Page, pageNames } from './model.ts';
export type { TypedServer } from './render-mcp-types.ts';
export { type PageForm, renderPage } from './render-page.ts';
export { type DocumentedServerTool, renderServer, renderServerTool } from './render-server.ts';

/** The annotations of `render-types.ts`, which no other command needs. */
export async function renderTypes(
  integrations: readonly TypedIntegration[],
  servers: readonly TypedServer[],
  api: ScriptApi,
): Promise<string> {
  return (await import('./render-types.ts')).renderTypes(integrations, servers, api);
}
