import { type Account, emptyAccount, type IntegrationAccounts } from '../../credentials/index.ts';
import type { KosmoError } from '../../errors/index.ts';
import {
  type ConnectOptions,
  DEFAULT_ACCOUNT,
  type ManifestEntry,
  type Provider,
  type Tool,
  type ToolDescription,
} from '../../integration/index.ts';
import { loadToolValidator, type ToolValidator } from './load-validator.ts';

/** What was opened for one account of a provider. */
export interface Connection {
  /** What the tools of the provider get. */
  readonly client: unknown;
  readonly close: () => Promise<void>;
}

/** The accounts of a provider in one host. */
export interface ProviderAccounts extends IntegrationAccounts {
  /** Why none of its functions can be called in this host. @default undefined (they can) */
  readonly refusal?: KosmoError;
  /** Calls go to an emulator in this process. @default false */
  readonly isEmulated?: boolean;
  /** The account of a name that is not set up. */
  readonly otherAccount: (name: string) => Account;
}

/** What a call needs of a provider, in addition to its names. */
export interface CallableProvider extends Provider {
  readonly tools: readonly ToolDescription[];
  /** See `Integration.subject`. */
  readonly subject: ManifestEntry['subject'];
  readonly stopTimeoutMs: ManifestEntry['stopTimeoutMs'];
  /** `default` first. Empty for a provider without accounts. */
  readonly accounts: readonly Account[];
  /** Where it was switched off. */
  readonly disabled: IntegrationAccounts['disabled'];
  readonly hasEmulator: boolean;
  readonly isEmulated: boolean;
  /** Why none of its functions can be called in this host; undefined if they can. */
  readonly refusal: KosmoError | undefined;
  /** The account of a name, `default` without one; null for a provider without accounts. */
  readonly account: (name?: string) => Account | null;
  readonly connect: (account: Account | null, options: ConnectOptions) => Promise<Connection>;
  /** The code of a tool. */
  readonly loadTool: (tool: ToolDescription) => Promise<Tool<unknown>>;
  readonly loadValidator: (tool: ToolDescription) => Promise<ToolValidator>;
}

/** What a provider is made of: a row of the manifest, or an MCP server in that form. */
export type ProviderEntry = Pick<ManifestEntry, 'tools' | 'subject' | 'stopTimeoutMs' | 'hasEmulator' | 'load' | 'loadValidators'>;

/** A provider whose accounts are read when they are first needed. */
export function callableProvider(provider: Provider, entry: ProviderEntry, readAccounts: () => ProviderAccounts): CallableProvider {
  let found: ProviderAccounts | undefined;
  const read = (): ProviderAccounts => {
    found ??= readAccounts();
    return found;
  };
  return {
    ...provider,
    get tools() {
      return entry.tools;
    },
    get subject() {
      return entry.subject;
    },
    get stopTimeoutMs() {
      return entry.stopTimeoutMs;
    },
    get accounts() {
      return read().accounts;
    },
    get disabled() {
      return read().disabled;
    },
    get hasEmulator() {
      return entry.hasEmulator === true;
    },
    get isEmulated() {
      return read().isEmulated === true;
    },
    get refusal() {
      return read().refusal;
    },
    account(name = DEFAULT_ACCOUNT) {
      if (!provider.hasAccounts) return null;
      return read().accounts.find((account) => account.name === name) ?? read().otherAccount(name);
    },
    async connect(account, options) {
      const integration = await entry.load();
      const client = integration.connect(account === null ? {} : await account.readCredentials(), options);
      return { client, close: () => integration.disconnect(client) };
    },
    async loadTool({ slug }) {
      const tool = (await entry.load()).tools.find((candidate) => candidate.slug === slug);
      if (tool === undefined) throw new Error(`the manifest is older than the tools: ${slug} is gone`);
      return tool;
    },
    loadValidator: (tool) => loadToolValidator(entry, tool),
  };
}

/** The accounts of a provider that has none. */
export const NO_ACCOUNTS: ProviderAccounts = { accounts: [], disabled: undefined, otherAccount: (name) => emptyAccount(name, []) };
