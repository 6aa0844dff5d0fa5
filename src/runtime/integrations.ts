import { type IntegrationAccounts, readAccounts } from '../credentials/index.ts';
import { type IntegrationEntry, integrationProvider, type ManifestEntry } from '../integration/index.ts';
import { manifest } from '../integrations/generated/manifest.ts';
import type { PolicyIntegration } from '../policy/index.ts';
import type { Settings } from '../settings/index.ts';
import { configuredAccounts } from './calls/emulator-account.ts';
import { LazyProvider, type ProviderAccounts } from './calls/provider.ts';

/** The integrations without their accounts. Only this file reads the manifest. */
export const integrationEntries: readonly IntegrationEntry[] = manifest;

/** An integration with the accounts that it has here. */
export type AvailableIntegration = LazyProvider<ManifestEntry>;

/**
 * The integrations of a run as providers. Their accounts are read when an integration is used, and go through `resolve`. Settings files
 * that mention an integration are checked now: throws `INVALID_CONFIGURATION` for invalid ones.
 */
export function loadIntegrations(
  settings: Settings,
  resolve: (entry: ManifestEntry, accounts: IntegrationAccounts) => ProviderAccounts = configuredAccounts,
): readonly AvailableIntegration[] {
  const mentioned = new Set(settings.config.layers.flatMap(({ values }) => Object.keys(values.integrations ?? {})));
  return integrationEntries.map((entry) => {
    const available = new LazyProvider<ManifestEntry>(integrationProvider(entry.id), entry, () =>
      resolve(entry, readAccounts(entry, settings)),
    );
    if (mentioned.has(entry.id)) void available.accounts;
    return available;
  });
}

/** Describes an integration for the policy. */
export function toPolicyIntegration(available: AvailableIntegration): PolicyIntegration {
  return {
    id: available.id,
    get tools() {
      return available.tools;
    },
    get accounts() {
      return available.accounts.map(({ name }) => name);
    },
  };
}
