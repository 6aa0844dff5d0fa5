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

/** The open connection of one account of a provider. */
export interface Connection {
  /** The value that the tools of the provider receive. */
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

/** The source of a provider: a row of the manifest, or an MCP server in that form. */
export type ProviderEntry = Pick<ManifestEntry, 'tools' | 'subject' | 'stopTimeoutMs' | 'hasEmulator' | 'load' | 'loadValidators'>;

/** A provider whose accounts are read when they are first needed. A host makes one for each of its integrations, which can be hundreds. */
export class LazyProvider<Entry extends ProviderEntry> implements CallableProvider {
  readonly kind: Provider['kind'];
  readonly id: string;
  readonly label: string;
  readonly path: string;
  readonly settingsPath: Provider['settingsPath'];
  readonly hasAccounts: boolean;
  readonly configureCommand: string;
  readonly docsCommand: string;
  readonly entry: Entry;
  readonly #readAccounts: () => ProviderAccounts;
  #found?: ProviderAccounts;

  constructor(provider: Provider, entry: Entry, readAccounts: () => ProviderAccounts) {
    this.kind = provider.kind;
    this.id = provider.id;
    this.label = provider.label;
    this.path = provider.path;
    this.settingsPath = provider.settingsPath;
    this.hasAccounts = provider.hasAccounts;
    this.configureCommand = provider.configureCommand;
    this.docsCommand = provider.docsCommand;
    this.entry = entry;
    this.#readAccounts = readAccounts;
  }

  get #accounts(): ProviderAccounts {
    this.#found ??= this.#readAccounts();
    return this.#found;
  }

  get tools(): CallableProvider['tools'] {
    return this.entry.tools;
  }

  get subject(): CallableProvider['subject'] {
    return this.entry.subject;
  }

  get stopTimeoutMs(): CallableProvider['stopTimeoutMs'] {
    return this.entry.stopTimeoutMs;
  }

  get accounts(): CallableProvider['accounts'] {
    return this.#accounts.accounts;
  }

  get disabled(): CallableProvider['disabled'] {
    return this.#accounts.disabled;
  }

  get hasEmulator(): boolean {
    return this.entry.hasEmulator === true;
  }

  get isEmulated(): boolean {
    return this.#accounts.isEmulated === true;
  }

  get refusal(): CallableProvider['refusal'] {
    return this.#accounts.refusal;
  }

  account(name = DEFAULT_ACCOUNT): Account | null {
    if (!this.hasAccounts) return null;
    return this.accounts.find((account) => account.name === name) ?? this.#accounts.otherAccount(name);
  }

  async connect(account: Account | null, options: ConnectOptions): Promise<Connection> {
    const integration = await this.entry.load();
    const client = integration.connect(account === null ? {} : await account.readCredentials(), options);
    return { client, close: () => integration.disconnect(client) };
  }

  async loadTool({ slug }: ToolDescription): Promise<Tool<unknown>> {
    const tool = (await this.entry.load()).tools.find((candidate) => candidate.slug === slug);
    if (tool === undefined) throw new Error(`the manifest is older than the tools: ${slug} is gone`);
    return tool;
  }

  loadValidator(tool: ToolDescription): Promise<ToolValidator> {
    return loadToolValidator(this.entry, tool);
  }
}

/** The accounts of a provider that has none. */
export const NO_ACCOUNTS: ProviderAccounts = { accounts: [], disabled: undefined, otherAccount: (name) => emptyAccount(name, []) };
