import { readFileSync } from 'node:fs';
import type { IntegrationEntry } from './manifest-entry.ts';

/** The names of each integration's commands, by the id of the integration. */
type CommandNames = Readonly<Record<string, readonly string[]>>;
/** The functions of `generated/load.ts`, which the build writes. */
interface Loaders {
  readonly loadIntegration: (id: string) => ReturnType<IntegrationEntry['load']>;
  readonly loadValidators: (id: string) => ReturnType<IntegrationEntry['loadValidators']>;
}

type Description = Pick<IntegrationEntry, (typeof LAZY_FIELDS)[number]>;

const LAZY_FIELDS = [
  'title',
  'description',
  'authStrategy',
  'page',
  'helpExamples',
  'credentials',
  'probe',
  'subject',
  'stopTimeoutMs',
  'hasEmulator',
  'tools',
  'commands',
] as const;

/**
 * Makes integrations that read their description from `integrations/<id>.json` at its first use. So a process reads only the integrations
 * that it uses. Methods are inherited, so that hundreds of integrations cost little.
 */
export function createLazyManifest(
  manifestUrl: () => string,
  commandNames: CommandNames,
  importLoaders: () => Promise<Loaders>,
): readonly IntegrationEntry[] {
  const descriptions = new Map<string, Description>();
  const describe = (id: string): Description =>
    once(descriptions, id, () => JSON.parse(readFileSync(new URL(`./integrations/${id}.json`, manifestUrl()), 'utf8')) as Description);
  const integrations = new Map<string, ReturnType<IntegrationEntry['load']>>();
  const validators = new Map<string, ReturnType<IntegrationEntry['loadValidators']>>();
  const inherited = Object.defineProperties(
    {},
    {
      ...Object.fromEntries(LAZY_FIELDS.map((field) => [field, getter(({ id }) => describe(id)[field])])),
      // A repeated import costs as much as a check of arguments.
      load: getter(
        ({ id }) =>
          () =>
            once(integrations, id, async () => (await importLoaders()).loadIntegration(id)),
      ),
      loadValidators: getter(
        ({ id }) =>
          () =>
            once(validators, id, async () => (await importLoaders()).loadValidators(id)),
      ),
    },
  );
  return Object.entries(commandNames).map(([id, names]) => Object.assign(Object.create(inherited), { id, commandNames: names }));
}

function once<Value>(loaded: Map<string, Value>, id: string, load: () => Value): Value {
  const known = loaded.get(id) ?? load();
  loaded.set(id, known);
  return known;
}

function getter(get: (entry: IntegrationEntry) => unknown): PropertyDescriptor {
  return {
    get(this: IntegrationEntry) {
      return get(this);
    },
  };
}
