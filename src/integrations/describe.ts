import { readFileSync } from 'node:fs';
import type { IntegrationEntry } from './manifest-entry.ts';

/** What the manifest itself says of an integration. */
type Known = Pick<IntegrationEntry, 'id' | 'commandNames' | 'load' | 'loadValidators'>;

/**
 * An integration whose description is read from `integrations/<id>.json` beside the manifest when something of it is asked for: a process
 * reads what is said of the integrations that it uses.
 */
export function describedIn(manifestUrl: string, known: Known): IntegrationEntry {
  let data: Omit<IntegrationEntry, keyof Known> | undefined;
  const described = (): Omit<IntegrationEntry, keyof Known> => {
    data ??= JSON.parse(readFileSync(new URL(`./integrations/${known.id}.json`, manifestUrl), 'utf8')) as typeof data & object;
    return data;
  };
  return {
    id: known.id,
    commandNames: known.commandNames,
    load: known.load,
    loadValidators: known.loadValidators,
    get title() {
      return described().title;
    },
    get description() {
      return described().description;
    },
    get authStrategy() {
      return described().authStrategy;
    },
    get credentials() {
      return described().credentials;
    },
    get probe() {
      return described().probe;
    },
    get tools() {
      return described().tools;
    },
    get commands() {
      return described().commands;
    },
  } as IntegrationEntry;
}
