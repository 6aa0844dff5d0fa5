import { normalizeFunctionName, type ToolDescription } from '../integration/index.ts';

/** An integration as its pages show it: what it is and how it stands on this machine. */
export interface DocumentedIntegration {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly authStrategy: string;
  readonly tools: readonly ToolDescription[];
  /** Account names; `default` first. */
  readonly accounts: readonly string[];
  /** Whether it can be used, and if not, how to change that. */
  readonly status: string;
  /** Markdown that follows the generated part of the integration's page. */
  readonly supplement: string;
}

/** A page that is read as it stands. */
export interface Guide {
  readonly name: string;
  /** The first heading. */
  readonly title: string;
  readonly text: string;
}

export interface Documentation {
  readonly integrations: readonly DocumentedIntegration[];
  readonly guides: readonly Guide[];
}

export type Page =
  | { readonly kind: 'function'; readonly integration: DocumentedIntegration; readonly tool: DocumentedIntegration['tools'][number] }
  | { readonly kind: 'integration'; readonly integration: DocumentedIntegration }
  | { readonly kind: 'guide'; readonly guide: Guide };

/** Names of guides in KosmoKrator, and the pages that have their content here. */
const OTHER_GUIDES: Readonly<Record<string, string>> = { context: 'overview', examples: 'workflows' };

/**
 * The page of a name: `agora`, `agora.start_recording` (both also after `integrations.` or `app.integrations.`, and with an account
 * between) or a guide.
 */
export function findPage({ integrations, guides }: Documentation, name: string): Page | undefined {
  const words = name
    .trim()
    .replace(/^(?:app\.)?integrations\./, '')
    .split('.');
  const [id, ...rest] = normalizeFunctionName(words, integrations);
  const integration = integrations.find((candidate) => candidate.id === id);
  if (integration === undefined) {
    const given = name.trim();
    const wanted = Object.hasOwn(OTHER_GUIDES, given) ? OTHER_GUIDES[given] : given;
    const guide = guides.find((candidate) => candidate.name === wanted);
    return guide === undefined ? undefined : { kind: 'guide', guide };
  }
  const [first] = rest;
  const path = first !== undefined && integration.accounts.includes(first) && !hasTool(integration, first) ? rest.slice(1) : rest;
  if (path.length === 0) return { kind: 'integration', integration };
  const tool = path.length === 1 ? integration.tools.find((candidate) => candidate.name === path[0]) : undefined;
  return tool === undefined ? undefined : { kind: 'function', integration, tool };
}

/** Every name that `findPage` knows, without prefixes. */
export function pageNames({ integrations, guides }: Documentation): readonly string[] {
  return [...integrations.flatMap(({ id, tools }) => [id, ...tools.map(({ name }) => `${id}.${name}`)]), ...guides.map(({ name }) => name)];
}

/** The name of a page, without prefixes and account. */
export function nameOf(page: Page): string {
  if (page.kind === 'guide') return page.guide.name;
  return page.kind === 'integration' ? page.integration.id : `${page.integration.id}.${page.tool.name}`;
}

function hasTool(integration: DocumentedIntegration, name: string): boolean {
  return integration.tools.some((tool) => tool.name === name);
}
