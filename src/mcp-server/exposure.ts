import { KosmoError } from '../errors/index.ts';
import type { Operation, Provider } from '../integration/index.ts';

/** What a gateway offers, as it was asked to. */
export interface ExposureOptions {
  /** Ids of integrations; `all` is every one. */
  readonly integrations: readonly string[] | 'all';
  /** Names of MCP servers; `all` is every trusted one. */
  readonly upstreams: readonly string[] | 'all';
  /** Whether functions that change something are there at all. The policy decides over each call besides. */
  readonly write: 'deny' | 'allow';
  /** Pass the resources of the MCP servers on. */
  readonly resources: boolean;
  /** Pass the prompts of the MCP servers on. */
  readonly prompts: boolean;
  /** MCP servers that are never passed on: this gateway itself, above all. */
  readonly exclude: readonly string[];
}

/** What an MCP server offers. */
export type Surface = 'tools' | 'resources' | 'prompts';

/** A function as far as its exposure depends on it. */
export interface ExposureSubject {
  readonly provider: Provider;
  readonly name: string;
  readonly operation: Operation;
}

/** Decides over listing and access alike: what is refused is not listed, what is not listed is refused. */
export interface Exposure {
  /** Why a function is not there; undefined when it is. */
  readonly refusal: (subject: ExposureSubject) => KosmoError | undefined;
  /** Why an MCP server, or a surface of it, is not there. */
  readonly upstreamRefusal: (server: string, surface?: Surface) => KosmoError | undefined;
}

/** The exposure that the options ask for. */
export function createExposure({ integrations, upstreams, write, resources, prompts, exclude }: ExposureOptions): Exposure {
  const includes = (names: readonly string[] | 'all', name: string): boolean => names === 'all' || names.includes(name);

  const serverRefusal: Exposure['upstreamRefusal'] = (server, surface) => {
    if (exclude.includes(server))
      return notExposed(`MCP server '${server}' is a gateway of kosmo, which is not passed on.`, 'its servers as --upstream');
    if (!includes(upstreams, server)) return notExposed(`MCP server '${server}' is not exposed by this gateway.`, `--upstream ${server}`);
    if ((surface === 'resources' && !resources) || (surface === 'prompts' && !prompts))
      return notExposed(`This gateway does not pass ${surface} on.`, `--${surface}`);
    return undefined;
  };

  const kinds: Readonly<
    Record<Provider['kind'], { readonly what: string; readonly refusal: (id: string, name: string) => KosmoError | undefined }>
  > = {
    'mcp-server': { what: 'MCP function', refusal: (server, name) => serverRefusal(server, surfaceOf(name)) },
    integration: {
      what: 'Integration function',
      refusal: (id) =>
        includes(integrations, id) ? undefined : notExposed(`Integration '${id}' is not exposed by this gateway.`, `--integration ${id}`),
    },
  };
  const refusal: Exposure['refusal'] = ({ provider: { kind, id }, name, operation }) => {
    const { what, refusal: refusalOfProvider } = kinds[kind];
    const inner = refusalOfProvider(id, name);
    if (inner !== undefined || operation === 'read' || write === 'allow') return inner;
    return notExposed(`${what} '${id}.${name}' is write-capable and this gateway has write_policy=deny.`, '--write=allow');
  };

  return { refusal, upstreamRefusal: serverRefusal };
}

// Resources and prompts are calls by the names that the protocol has for them.
function surfaceOf(name: string): Surface | undefined {
  if (name.startsWith('resources/')) return 'resources';
  if (name.startsWith('prompts/')) return 'prompts';
  // Completion belongs to both.
  return name.startsWith('completion/') ? undefined : 'tools';
}

function notExposed(message: string, option: string): KosmoError {
  return new KosmoError('NOT_EXPOSED', `${message} Nothing was sent.`, { hint: `the operator of the gateway can start it with ${option}` });
}
