import { isObject, type JsonObject, type JsonValue, kindOf } from '../../json/index.ts';

/** The protocol revision of a server, kept so that the next connection does not have to ask. Its form is the SDK's. */
export type Verdict = { readonly kind: 'legacy' } | { readonly kind: 'modern'; readonly discover: JsonObject };

/** What a server says of itself when it is reached. */
export interface ServerIntroduction {
  /** The features that it has. Undefined if it does not say: each is tried then. */
  readonly capabilities: JsonObject | undefined;
  /** Name, version, icons and the like, as the server sent them. */
  readonly serverInfo: JsonObject;
  readonly instructions: string | undefined;
}

const FEATURES = ['tools', 'resources', 'prompts', 'logging', 'completions', 'experimental', 'extensions'] as const;

/** A result of `initialize` or `server/discover` for the SDK, which accepts only the exact form; or the reason why it cannot be used. */
export type Introduced = { readonly result: JsonObject; readonly introduction: ServerIntroduction } | { readonly problem: string };

/** Reads the result of `initialize`. Only the revision is needed; every other member that cannot be used is left out. */
export function readInitialize(raw: JsonValue | undefined, known: readonly string[]): Introduced {
  if (!isObject(raw)) return { problem: `answered initialize with ${kindOf(raw)} in place of an object` };
  const { protocolVersion } = raw;
  const speaks = `kosmo speaks ${known.join(', ')}`;
  if (protocolVersion === undefined || protocolVersion === null) {
    const also = isObject(raw.capabilities) ? '' : ' and without capabilities';
    return { problem: `answered initialize without protocolVersion${also}; ${speaks}` };
  }
  if (typeof protocolVersion !== 'string' || !known.includes(protocolVersion))
    return { problem: `answered initialize with the protocol revision ${JSON.stringify(protocolVersion)}; ${speaks}` };
  const introduction = introductionOf(raw, raw.serverInfo);
  return { result: { protocolVersion, ...exactForm(introduction), serverInfo: exactInfo(introduction.serverInfo) }, introduction };
}

/** Reads the result of `server/discover`. A result without revisions is not one: the server has its own method of that name. */
export function readDiscover(raw: JsonValue | undefined): Introduced {
  if (!isObject(raw) || !Array.isArray(raw.supportedVersions)) return { problem: 'answered server/discover without supportedVersions' };
  const meta = isObject(raw._meta) ? raw._meta : {};
  const introduction = introductionOf(raw, meta[SERVER_INFO] ?? raw.serverInfo);
  return {
    result: {
      resultType: 'complete',
      ttlMs: 0,
      cacheScope: 'private',
      supportedVersions: raw.supportedVersions.filter((version) => typeof version === 'string'),
      ...exactForm(introduction),
      _meta: { [SERVER_INFO]: exactInfo(introduction.serverInfo) },
    },
    introduction,
  };
}

const SERVER_INFO = 'io.modelcontextprotocol/serverInfo';

/** What a discovery that was kept says of the server. */
export function introductionOf(raw: JsonObject, info: JsonValue | undefined): ServerIntroduction {
  const { capabilities, instructions } = raw;
  const features = isObject(capabilities)
    ? FEATURES.flatMap((name) => {
        const value = capabilities[name];
        return value === undefined || value === null || value === false ? [] : [[name, flagsOf(value)]];
      })
    : undefined;
  return {
    capabilities: features && (Object.fromEntries(features) as JsonObject),
    serverInfo: isObject(info) ? withoutNulls(info) : {},
    instructions: typeof instructions === 'string' ? instructions : undefined,
  };
}

function exactForm({ capabilities, instructions }: ServerIntroduction): JsonObject {
  return { capabilities: capabilities ?? {}, ...(instructions === undefined ? {} : { instructions }) };
}

function exactInfo({ name, version, title }: JsonObject): JsonObject {
  const text = (value: JsonValue | undefined): string => (typeof value === 'string' ? value : '');
  return { name: text(name), version: text(version), ...(typeof title === 'string' ? { title } : {}) };
}

// `listChanged` and `subscribe` are flags; experimental features are objects.
function flagsOf(value: JsonValue): JsonObject {
  if (!isObject(value)) return {};
  return Object.fromEntries(Object.entries(value).filter(([, flag]) => typeof flag === 'boolean' || isObject(flag)));
}

/** The object without members that are null. */
export function withoutNulls(value: JsonObject): JsonObject {
  const entries = Object.entries(value);
  return entries.some(([, member]) => member === null) ? Object.fromEntries(entries.filter(([, member]) => member !== null)) : value;
}
