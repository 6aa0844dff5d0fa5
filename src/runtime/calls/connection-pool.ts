import path from 'node:path';
import type { ConnectOptions, Integration, RunningEmulator } from '../../integration/index.ts';
import type { Target } from './target.ts';

/** The open connections of one host, one for each integration and account, made when they are first needed. */
export interface Connections {
  readonly open: (target: Pick<Target, 'provider' | 'entry' | 'account'>) => Promise<{ integration: Integration; connection: unknown }>;
  readonly close: () => Promise<void>;
}

export interface ConnectionsOptions {
  /** Every account speaks to an emulator in this process instead, started when it is first needed. */
  readonly emulate: boolean;
  /** Where integrations keep files, each in a folder of its own; absent when nothing is to be kept. */
  readonly stateFolder: string | undefined;
  /** For a dry run: takes what would be sent. */
  readonly preview?: NonNullable<ConnectOptions['preview']>;
}

export function createConnections({ emulate, stateFolder, preview }: ConnectionsOptions): Connections {
  const opened = new Map<string, Promise<{ integration: Integration; connection: unknown }>>();
  const emulators = new Map<string, Promise<RunningEmulator>>();

  const emulatorOf = (integration: Integration): Promise<RunningEmulator> => {
    const existing = emulators.get(integration.id);
    if (existing !== undefined) return existing;
    if (integration.startEmulator === undefined) throw new Error(`${integration.id} has no emulator`);
    const started = integration.startEmulator();
    emulators.set(integration.id, started);
    return started;
  };

  return {
    async open({ provider, entry, account }) {
      if (!provider.hasAccounts) {
        // Its client is kept where it was found, and no emulator stands in for it.
        const integration = await entry.load();
        return {
          integration,
          connection: integration.connect({}, { account: account.name, ...(preview === undefined ? {} : { preview }) }),
        };
      }
      const key = `${entry.id}/${account.name}`;
      const existing = opened.get(key);
      if (existing !== undefined) return existing;
      const opening = (async () => {
        const integration = await entry.load();
        const used = emulate ? (await emulatorOf(integration)).credentials : await account.readCredentials();
        // What an emulator in this process knows ends with it: nothing is worth keeping.
        const folder = emulate || stateFolder === undefined ? {} : { stateFolder: path.join(stateFolder, entry.id) };
        return {
          integration,
          connection: integration.connect(used, { account: account.name, ...folder, ...(preview === undefined ? {} : { preview }) }),
        };
      })();
      opened.set(key, opening);
      return opening;
    },
    async close() {
      const settled = await Promise.allSettled(opened.values());
      for (const result of settled) {
        if (result.status === 'fulfilled') await result.value.integration.disconnect(result.value.connection);
      }
      for (const emulator of await Promise.allSettled(emulators.values())) {
        if (emulator.status === 'fulfilled') await emulator.value.close();
      }
    },
  };
}
