import { type IntegrationAccounts, readAccounts } from '../credentials/index.ts';
import { integrationProvider, type ManifestEntry } from '../integration/index.ts';
import { manifest } from '../integrations/generated/manifest.ts';
import type { PolicyIntegration } from '../policy/index.ts';
import type { Settings } from '../settings/index.ts';
import type { AvailableIntegration } from './scripts/app-namespace.ts';

/**
 * The integrations with their accounts, which are read when an integration is used. What settings files say of one is looked at now: throws
 * `INVALID_CONFIGURATION` where it cannot be meant.
 */
export function loadIntegrations(settings: Settings): readonly AvailableIntegration[] {
  const mentioned = new Set(settings.config.layers.flatMap(({ values }) => Object.keys(values.integrations ?? {})));
  return manifest.map((entry) => {
    const available = withAccounts(entry, settings);
    return mentioned.has(entry.id) ? { ...available } : available;
  });
}

function withAccounts(entry: ManifestEntry, settings: Settings): AvailableIntegration {
  let found: IntegrationAccounts | undefined;
  const read = (): IntegrationAccounts => {
    found ??= readAccounts(entry, settings);
    return found;
  };
  return {
    provider: integrationProvider(entry.id),
    entry,
    get accounts() {
      return read().accounts;
    },
    get disabled() {
      return read().disabled;
    },
  };
}

/** What the policy knows of an integration. */
export function toPolicyIntegration(available: AvailableIntegration): PolicyIntegration {
  return {
    id: available.entry.id,
    get tools() {
      return available.entry.tools;
    },
    get accounts() {
      return available.accounts.map(({ name }) => name);
    },
  };
}
