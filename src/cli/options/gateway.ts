import type { Config } from '../../config/index.ts';
import { KosmoError } from '../../errors/index.ts';
import { isObject, type JsonValue } from '../../json/index.ts';
import { integrationSummaries } from '../../runtime/index.ts';
import { suggest } from '../../schema/index.ts';
import { usage } from './parse-values.ts';

/** What a gateway offers, with everything decided. */
export interface GatewaySettings {
  readonly integrations: readonly string[] | 'all';
  readonly upstreams: readonly string[] | 'all';
  readonly write: 'deny' | 'allow';
  readonly tools: 'functions' | 'code' | 'all';
  readonly resources: boolean;
  readonly prompts: boolean;
  readonly maxResultCharacters: number;
}

/** As commander parses it: what was not given is absent. */
export interface GatewayFlags {
  readonly profile?: string;
  readonly integration?: readonly string[];
  /** Another spelling of `integration`. */
  readonly integrations?: readonly string[];
  readonly upstream?: readonly string[];
  /** Another spelling of `upstream`. */
  readonly upstreams?: readonly string[];
  readonly write?: string;
  readonly tools?: string;
  readonly resources?: boolean;
  readonly prompts?: boolean;
  readonly maxResultChars?: string;
}

const DEFAULTS: GatewaySettings = {
  integrations: 'all',
  upstreams: [],
  write: 'deny',
  tools: 'all',
  resources: true,
  prompts: true,
  maxResultCharacters: 50_000,
};

const MIN_RESULT_CHARACTERS = 1000;

/**
 * What the command line says, then the profile that it names, then the defaults. A list on the command line replaces the profile's.
 * Throws `USAGE` for the command line, `INVALID_CONFIGURATION` for the profile.
 */
export function readGatewaySettings(flags: GatewayFlags, config: Config): GatewaySettings {
  const profile = flags.profile === undefined ? {} : readProfile(flags.profile, config);
  return { ...DEFAULTS, ...profile, ...readFlags(flags) };
}

function readFlags(flags: GatewayFlags): Partial<GatewaySettings> {
  const { write, tools, maxResultChars, resources, prompts } = flags;
  const { integration, upstream } = listsOf(flags);
  return {
    ...(integration === undefined ? {} : { integrations: integrationList(integration, usage) }),
    ...(upstream === undefined ? {} : { upstreams: nameList(upstream) }),
    ...(write === undefined ? {} : { write: oneOf('--write', write, ['deny', 'allow'], usage) }),
    ...(tools === undefined ? {} : { tools: oneOf('--tools', tools, ['functions', 'code', 'all'], usage) }),
    ...(maxResultChars === undefined ? {} : { maxResultCharacters: characters('--max-result-chars', maxResultChars, usage) }),
    ...(resources === undefined ? {} : { resources }),
    ...(prompts === undefined ? {} : { prompts }),
  };
}

/** The names of the list options, in both spellings. Undefined if the option was not given. */
export function listsOf({ integration, integrations, upstream, upstreams }: GatewayFlags): {
  readonly integration: readonly string[] | undefined;
  readonly upstream: readonly string[] | undefined;
} {
  const joined = (one: readonly string[] | undefined, other: readonly string[] | undefined): readonly string[] | undefined =>
    one === undefined && other === undefined ? undefined : splitList([...(one ?? []), ...(other ?? [])]);
  return { integration: joined(integration, integrations), upstream: joined(upstream, upstreams) };
}

type Refuse = (message: string) => KosmoError;

const PROFILE_KEYS: Readonly<Record<string, (value: JsonValue, refuse: Refuse) => Partial<GatewaySettings>>> = {
  integrations: (value, refuse) => ({ integrations: integrationList(textList('integrations', value, refuse), refuse) }),
  upstreams: (value, refuse) => ({ upstreams: nameList(textList('upstreams', value, refuse)) }),
  upstream_mcp: (value, refuse) => ({ upstreams: nameList(textList('upstream_mcp', value, refuse)) }),
  write_policy: (value, refuse) => ({ write: oneOf('write_policy', value, ['deny', 'allow'], refuse) }),
  tools: (value, refuse) => ({ tools: oneOf('tools', value, ['functions', 'code', 'all'], refuse) }),
  expose_resources: (value, refuse) => ({ resources: yesOrNo('expose_resources', value, refuse) }),
  expose_prompts: (value, refuse) => ({ prompts: yesOrNo('expose_prompts', value, refuse) }),
  max_result_chars: (value, refuse) => ({ maxResultCharacters: characters('max_result_chars', value, refuse) }),
};

// The user's own profiles only: one of a project would decide what its agent may do.
function readProfile(name: string, { layers }: Config): Partial<GatewaySettings> {
  const user = layers.find(({ scope }) => scope === 'user');
  const profiles = tableAt(tableAt(user?.values ?? {}, 'mcp_gateway'), 'profiles');
  const profile = Object.hasOwn(profiles, name) ? profiles[name] : undefined;
  if (profile === undefined) {
    const close = suggest(name, Object.keys(profiles));
    throw new KosmoError('INVALID_CONFIGURATION', `there is no gateway profile '${name}' in ${user?.file}`, {
      hint: close.length > 0 ? `did you mean ${close.join(', ')}?` : `write it under kosmo.mcp_gateway.profiles.${name}`,
    });
  }
  const refuse: Refuse = (message) =>
    new KosmoError('INVALID_CONFIGURATION', `${user?.file}: kosmo.mcp_gateway.profiles.${name}: ${message}`);
  if (profile !== null && (typeof profile !== 'object' || Array.isArray(profile))) throw refuse('a profile is a table of settings');
  return Object.assign({}, ...Object.entries(tableAt(profiles, name)).map(([key, value]) => readProfileKey(key, value, refuse)));
}

function readProfileKey(key: string, value: JsonValue, refuse: Refuse): Partial<GatewaySettings> {
  const read = PROFILE_KEYS[key];
  if (read !== undefined) return read(value, refuse);
  const close = suggest(key, Object.keys(PROFILE_KEYS));
  throw refuse(`${key} is no setting of a profile${close.length === 0 ? '' : `; did you mean ${close.join(', ')}?`}`);
}

function tableAt(values: Readonly<Record<string, JsonValue>>, key: string): Readonly<Record<string, JsonValue>> {
  const value = values[key];
  return isObject(value) ? value : {};
}

// `{ include: [...] }` is the older form of a list.
function textList(key: string, value: JsonValue, refuse: Refuse): readonly string[] {
  const list = typeof value === 'object' && value !== null && 'include' in value ? value.include : value;
  const items: readonly JsonValue[] = Array.isArray(list) ? list : [list as JsonValue];
  if (items.every((item) => typeof item === 'string')) return items as readonly string[];
  throw refuse(`${key} takes a list of names, or all`);
}

function splitList(values: readonly string[]): readonly string[] {
  return values
    .flatMap((value) => value.split(','))
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

function nameList(names: readonly string[]): readonly string[] | 'all' {
  return names.includes('all') ? 'all' : names.filter((name) => name !== 'none');
}

function integrationList(names: readonly string[], refuse: Refuse): readonly string[] | 'all' {
  const wanted = nameList(names);
  if (wanted === 'all') return wanted;
  const ids = integrationSummaries.map(({ id }) => id);
  for (const name of wanted) {
    if (ids.includes(name)) continue;
    const close = suggest(name, ids);
    throw refuse(
      `there is no integration '${name}'${close.length === 0 ? `; there is ${ids.join(', ')}` : `; did you mean ${close.join(', ')}?`}`,
    );
  }
  return wanted;
}

function oneOf<Word extends string>(name: string, value: JsonValue, words: readonly Word[], refuse: Refuse): Word {
  const word = words.find((candidate) => candidate === value);
  if (word !== undefined) return word;
  throw refuse(`${name} takes ${words.join(' or ')}, not '${String(value)}'`);
}

function yesOrNo(name: string, value: JsonValue, refuse: Refuse): boolean {
  if (typeof value === 'boolean') return value;
  throw refuse(`${name} takes true or false`);
}

function characters(name: string, value: JsonValue, refuse: Refuse): number {
  const count = Number(value);
  if (Number.isInteger(count) && count >= MIN_RESULT_CHARACTERS) return count;
  throw refuse(`${name} takes a whole number of at least ${MIN_RESULT_CHARACTERS}, not '${String(value)}'`);
}
