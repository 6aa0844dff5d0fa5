import { type Account, emptyAccount, type IntegrationAccounts } from '../../credentials/index.ts';
import { KosmoError } from '../../errors/index.ts';
import type { ManifestEntry, RunningEmulator } from '../../integration/index.ts';
import type { ProviderAccounts } from './provider.ts';

/** The emulators of one host, started when a call first needs one. */
export interface Emulators {
  /** The accounts of an integration, with the credentials of its emulator. An integration without an emulator refuses each call. */
  readonly accounts: (entry: ManifestEntry, configured: IntegrationAccounts) => ProviderAccounts;
  readonly close: () => Promise<void>;
}

export function createEmulators(): Emulators {
  const running = new Map<string, Promise<RunningEmulator>>();
  const start = (entry: ManifestEntry): Promise<RunningEmulator> => {
    const known = running.get(entry.id);
    if (known !== undefined) return known;
    const starting = startEmulator(entry);
    running.set(entry.id, starting);
    return starting;
  };
  return {
    accounts(entry, configured) {
      if (entry.hasEmulator !== true)
        return { ...configuredAccounts(entry, configured), refusal: noEmulatorError('NOT_CONFIGURED', entry.id) };
      const emulate = (account: Account): Account => ({
        ...account,
        missing: [],
        readCredentials: async () => (await start(entry)).credentials,
      });
      return {
        accounts: configured.accounts.map(emulate),
        disabled: undefined,
        isEmulated: true,
        otherAccount: (name) => emulate(emptyAccount(name, entry.credentials)),
      };
    },
    async close() {
      for (const emulator of await Promise.allSettled(running.values())) {
        if (emulator.status === 'fulfilled') await emulator.value.close();
      }
    },
  };
}

/** The accounts of an integration as they are configured. */
export function configuredAccounts({ credentials }: Pick<ManifestEntry, 'credentials'>, accounts: IntegrationAccounts): ProviderAccounts {
  return { ...accounts, otherAccount: (name) => emptyAccount(name, credentials) };
}

/** The error of asking for the emulator of an integration that has none. */
export function noEmulatorError(code: 'USAGE' | 'NOT_CONFIGURED', id: string): KosmoError {
  return new KosmoError(code, `${id} has no emulator; leave out --emulator`);
}

async function startEmulator(entry: ManifestEntry): Promise<RunningEmulator> {
  const emulator = await (await entry.load()).startEmulator?.();
  if (emulator === undefined) throw new Error(`the manifest is older than ${entry.id}: its emulator is gone`);
  return emulator;
}
