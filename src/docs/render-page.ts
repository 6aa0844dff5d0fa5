import type { Page } from './model.ts';
import { renderMarkdown } from './render-markdown.ts';
import { exampleRows, indented, renderText } from './render-text.ts';

/** How a page is wanted: whole, as text or Markdown, or of a function only the calls. */
export type PageForm = 'text' | 'markdown' | 'examples';

/** A page, without a final newline. */
export function renderPage(page: Page, form: PageForm): string {
  if (form === 'markdown') return renderMarkdown(page);
  if (form === 'text' || page.kind !== 'function') return renderText(page);
  const { integration, tool } = page;
  return [`${integration.id}.${tool.name}`, '', ...exampleRows(integration.id, tool), 'Example:', ...indented(tool.docs.example)].join(
    '\n',
  );
}
