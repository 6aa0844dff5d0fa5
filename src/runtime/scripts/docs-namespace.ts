import { describeOrigin } from '../../credentials/index.ts';
import {
  type Documentation,
  findPage,
  loadGuides,
  loadIntegrationPage,
  nameOf,
  type Page,
  type PageForm,
  pageNames,
  renderList,
  renderPage,
  renderSearch,
} from '../../docs/index.ts';
import { isKosmoError, KosmoError } from '../../errors/index.ts';
import { integrationProvider, type ToolDescription, variableName } from '../../integration/index.ts';
import type { HostArguments, HostFunctionEntry, HostNamespace } from '../../lua/index.ts';
import type { PolicyOptions } from '../../policy/index.ts';
import { suggest } from '../../schema/index.ts';
import type { AvailableIntegration } from '../integrations.ts';
import { SERVER_PAGE } from '../mcp/pages.ts';

export interface DocsOptions {
  /** Holds the Markdown pages of the package. */
  readonly guideFolder: string;
  /** What it refuses has no page. @default nothing is */
  readonly restrict?: PolicyOptions['restrict'];
}

/** The global `docs`, and `lua_read_doc`, the older name of `docs.read`. */
export function docsGlobals(
  integrations: readonly AvailableIntegration[],
  options: DocsOptions,
  readServer: (page: string) => Promise<string>,
): { readonly docs: HostNamespace; readonly lua_read_doc: HostFunctionEntry } {
  let loaded: Documentation | undefined;
  const documentation = (): Documentation => {
    loaded ??= loadDocumentation(integrations, options);
    return loaded;
  };
  const example = integrations[0]?.id ?? 'overview';
  const readFunction = (name: string): HostFunctionEntry =>
    textFunction(name, `a page name, for example ${name}("${example}")`, (page) =>
      SERVER_PAGE.test(page) ? readServer(page) : readPage(documentation(), page, options.restrict).text,
    );
  return {
    docs: {
      kind: 'namespace',
      entries: () => ({
        list: { kind: 'function', immediate: true, call: () => renderList(visiblePages(documentation(), options.restrict)) },
        read: readFunction('docs.read'),
        search: textFunction('docs.search', 'words to search for, for example docs.search("layout")', (query) =>
          renderSearch(visiblePages(documentation(), options.restrict), query),
        ),
      }),
    },
    lua_read_doc: readFunction('lua_read_doc'),
  };
}

/** A page, by the name that a caller gave. */
export interface ReadPage {
  /** The page; or a sentence that it does not exist, with close names. */
  readonly text: string;
  readonly found: boolean;
  /** Without prefixes and account: `agora.query_recording`. */
  readonly name: string;
  /** Absent when there is no such page. */
  readonly kind?: Page['kind'];
}

/** Finds and renders a page. */
export function readPage(
  documentation: Documentation,
  name: string,
  restrict?: PolicyOptions['restrict'],
  form: PageForm = 'text',
): ReadPage {
  const visible = visiblePages(documentation, restrict);
  const page = findPage(visible, name);
  if (page !== undefined) return { text: renderPage(page, form), found: true, name: nameOf(page), kind: page.kind };
  const hidden = findPage(documentation, name);
  const refusal = hidden === undefined || hidden.kind === 'guide' ? undefined : refusalOf(hidden, restrict);
  if (refusal !== undefined) return { text: `${refusal.message}\nhint: ${refusal.hint}`, found: false, name };
  const close = suggest(name.replace(/^(?:app\.)?integrations\./, ''), pageNames(visible));
  const others = close.length === 0 ? '' : ` Did you mean: ${close.join(', ')}?`;
  return { text: `No integration docs found for '${name}'.${others}`, found: false, name };
}

/** Pages that are visible under `restrict`. The page of a function is hidden with it; guides are always visible. */
export function visiblePages({ guides, integrations }: Documentation, restrict: PolicyOptions['restrict']): Documentation {
  if (restrict === undefined) return { guides, integrations };
  return {
    guides,
    integrations: integrations
      .filter((integration) => refusalOf({ integration }, restrict) === undefined)
      .map((integration) => ({
        ...integration,
        tools: integration.tools.filter((tool) => refusalOf({ integration, tool }, restrict) === undefined),
      })),
  };
}

function refusalOf(
  { integration: { id }, tool }: { readonly integration: Documentation['integrations'][number]; readonly tool?: ToolDescription },
  restrict: PolicyOptions['restrict'],
): KosmoError | undefined {
  const { name = '', operation = 'read' } = tool ?? {};
  return restrict?.({ provider: integrationProvider(id), name, operation });
}

export function loadDocumentation(integrations: readonly AvailableIntegration[], { guideFolder }: DocsOptions): Documentation {
  return {
    guides: loadGuides(
      guideFolder,
      integrations.map(({ entry }) => entry.page),
    ),
    integrations: integrations.map((integration) => ({
      id: integration.id,
      title: integration.entry.title,
      description: integration.entry.description,
      authStrategy: integration.entry.authStrategy,
      tools: integration.tools,
      accounts: integration.accounts.map(({ name }) => name),
      status: statusOf(integration),
      supplement: loadIntegrationPage(guideFolder, integration.entry.page),
    })),
  };
}

function statusOf({ id, accounts, disabled, isEmulated, hasEmulator }: AvailableIntegration): string {
  if (isEmulated) return 'active (emulator)';
  if (disabled !== undefined) return `disabled in ${describeOrigin(disabled)}`;
  if (accounts.some(({ missing }) => missing.length === 0)) return 'active';
  const [account] = accounts;
  const variables = account?.missing.map((field) => variableName(id, account.name, field)) ?? [];
  const emulator = hasEmulator ? ', or run with --emulator' : '';
  return `inactive (kosmo integrations:configure ${id}, or set ${variables.join(', ')}${emulator})`;
}

/** No name and no search is longer. */
const MAX_TEXT_LENGTH = 1000;

function textFunction(name: string, wanted: string, answer: (text: string) => string | Promise<string>): HostFunctionEntry {
  return {
    kind: 'function',
    immediate: true,
    namesLine: true,
    call: (args: HostArguments) => {
      if (isKosmoError(args)) throw args;
      const [text] = args as readonly unknown[];
      if (typeof text === 'string' && text.length > MAX_TEXT_LENGTH) {
        throw new KosmoError('INVALID_ARGUMENTS', `${name}: the text is longer than ${MAX_TEXT_LENGTH} characters.`);
      }
      if (typeof text === 'string' && text.trim() !== '') return answer(text);
      throw new KosmoError('INVALID_ARGUMENTS', `${name}: expected ${wanted}.`);
    },
  };
}
