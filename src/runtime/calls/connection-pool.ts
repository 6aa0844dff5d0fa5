import path from 'node:path';
import type { ConnectOptions } from '../../integration/index.ts';
import { DEFAULT_ACCOUNT } from '../../integration/index.ts';
import type { Connection } from './provider.ts';
import type { Target } from './target.ts';

export interface ConnectionPoolOptions {
  /** Where integrations keep files, each in a folder of its own. @default undefined (they keep nothing) */
  readonly stateFolder?: string | undefined;
  /** For a dry run: takes what would be sent. */
  readonly preview?: NonNullable<ConnectOptions['preview']>;
}

/** The open connections of one host, one for each provider and account, made when they are first needed. */
export class ConnectionPool {
  readonly #options: ConnectionPoolOptions;
  readonly #opened = new Map<string, Promise<Connection>>();

  constructor(options: ConnectionPoolOptions) {
    this.#options = options;
  }

  /** The connection of a target. Rejects with what reading the credentials or connecting throws. */
  open({ provider, account }: Pick<Target, 'provider' | 'account'>): Promise<Connection> {
    const key = account === null ? provider.path : `${provider.path}/${account.name}`;
    const known = this.#opened.get(key);
    if (known !== undefined) return known;
    const { stateFolder, preview } = this.#options;
    const opening = provider.connect(account, {
      account: account?.name ?? DEFAULT_ACCOUNT,
      ...(stateFolder === undefined || account === null ? {} : { stateFolder: path.join(stateFolder, provider.id) }),
      ...(preview === undefined ? {} : { preview }),
    });
    this.#opened.set(key, opening);
    return opening;
  }

  async close(): Promise<void> {
    for (const result of await Promise.allSettled(this.#opened.values())) {
      if (result.status === 'fulfilled') await result.value.close();
    }
  }
}
