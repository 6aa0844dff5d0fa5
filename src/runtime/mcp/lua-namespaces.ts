import { isKosmoError, KosmoError, toKosmoError } from '../../errors/index.ts';
import type { JsonValue } from '../../json/index.ts';
import type { HostArguments, HostEntry, HostFunctionEntry, HostNamespace } from '../../lua/index.ts';
import { cutText } from '../../platform/cut-text.ts';
import type { Policy } from '../../policy/index.ts';
import { logEntryForUnknownFunction } from '../calls/call-log-entry.ts';
import type { CallObserver } from '../calls/observer.ts';
import type { MakeCall } from '../calls/stage.ts';
import type { Target } from '../calls/target.ts';
import type { McpServers } from './server-registry.ts';
import { describeServerForScripts, describeTools } from './tool-descriptions.ts';

/** Longer names are cut in paths and messages; only the server itself needs the whole name of a tool. */
const MAX_NAME = 200;

interface NamespaceOptions {
  readonly servers: McpServers;
  readonly makeCall: MakeCall;
  readonly observer: CallObserver;
  readonly rules: Policy;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * `app.mcp.<server>.<tool>`. A name is resolved when it is called: looking at a server, or listing the names of servers,
 * starts nothing. Listing the names of a server's tools does, unless they are known.
 */
export function serversNamespace(surroundings: NamespaceOptions): HostNamespace {
  const { servers } = surroundings;
  const find = remember((name) => serverNamespace(name, surroundings));
  return {
    kind: 'namespace',
    find,
    async entries() {
      const clients = await servers.clients();
      const { luaName: shown } = await clients.names();
      const { effective } = await clients.servers();
      const names = [...effective.values()].filter(({ server }) => server.enabled).map(({ server }) => shown(server.name));
      return Object.fromEntries(names.map((name) => [name, find(name)]));
    },
  };
}

function serverNamespace(server: string, { servers, makeCall, observer }: NamespaceOptions): HostNamespace {
  const find = remember((tool): HostFunctionEntry => {
    const path = `app.mcp.${server}.${tool}`;
    return { kind: 'function', call: (args, { signal }) => callTool(path, () => servers.tool(server, tool, path), args, signal) };
  });
  const callTool = async (path: string, target: () => Promise<Target>, args: HostArguments, signal: AbortSignal): Promise<JsonValue> =>
    makeCall(await loggingFailure(path, observer, target), args, signal);
  return {
    kind: 'namespace',
    find,
    async entries() {
      const { tools } = await servers.use(server);
      return Object.fromEntries(tools.all.map(({ shown }) => [shown, find(shown)]));
    },
  };
}

/** The global `mcp`: the same by names that a script computes, and what servers offer besides tools. */
export function mcpGlobal({ servers, makeCall, observer, rules, env }: NamespaceOptions): HostNamespace {
  const rows = async (server: string): Promise<readonly JsonValue[]> => {
    const used = await servers.use(server);
    const { luaName: shown } = await (await servers.clients()).names();
    return (await describeTools(used, shown(used.entry.id))) as unknown as readonly JsonValue[];
  };

  // One dead server does not hide the others. An untrusted one has no tools here, which mcp.servers() says.
  const leaveOut = (server: string, error: KosmoError): readonly JsonValue[] => {
    if (error.code !== 'NOT_TRUSTED')
      observer.ended?.({ ...logEntryForUnknownFunction(`app.mcp.${cutText(server, MAX_NAME)}`, error), group: 'mcp' });
    return [];
  };

  const functions: Readonly<Record<string, (args: readonly JsonValue[], signal: AbortSignal) => Promise<JsonValue>>> = {
    async servers() {
      const { effective } = await (await servers.clients()).servers();
      const rows = await Promise.all([...effective.values()].map((entry) => describeServerForScripts(entry, rules, env)));
      return Object.fromEntries(rows.map((row) => [row.name, row]));
    },
    async tools([server]) {
      if (server !== undefined && server !== null) return rows(nameOf('mcp.tools', server));
      const clients = await servers.clients();
      const { effective } = await clients.servers();
      const enabled = [...effective.values()].filter((entry) => entry.server.enabled);
      const lists = await Promise.all(
        enabled.map(({ server }) => rows(server.name).catch((thrown: unknown) => leaveOut(server.name, toKosmoError(thrown)))),
      );
      return lists.flat();
    },
    async schema([name]) {
      const { server, tool } = splitName('mcp.schema', name);
      const { tool: found } = await servers.tool(server, tool, 'mcp.schema');
      return (await rows(server)).find((row) => (row as { readonly name: string }).name === found.name) ?? null;
    },
    async call([name, ...args], signal) {
      const { server, tool } = splitName('mcp.call', name);
      const path = `app.mcp.${server}.${cutText(tool, MAX_NAME)}`;
      const target = await loggingFailure('mcp.call', observer, () => servers.tool(server, tool, path));
      return makeCall(target, args, signal);
    },
    async resources([server], signal) {
      return makeCall(await servers.feature(nameOf('mcp.resources', server), 'resources', 'mcp.resources'), [], signal);
    },
    async read_resource([server, uri = null], signal) {
      const target = await servers.feature(nameOf('mcp.read_resource', server), 'readResource', 'mcp.read_resource');
      return makeCall(target, [{ uri }], signal);
    },
    async prompts([server], signal) {
      return makeCall(await servers.feature(nameOf('mcp.prompts', server), 'prompts', 'mcp.prompts'), [], signal);
    },
    async get_prompt([server, name = null, args = null], signal) {
      const target = await servers.feature(nameOf('mcp.get_prompt', server), 'getPrompt', 'mcp.get_prompt');
      return makeCall(target, [{ name, ...(args === null ? {} : { arguments: args }) }], signal);
    },
  };
  const entries: Readonly<Record<string, HostEntry>> = Object.fromEntries(
    Object.entries(functions).map(([name, call]): [string, HostEntry] => [
      name,
      {
        kind: 'function',
        namesLine: true,
        async call(args, { signal }) {
          if (isKosmoError(args)) throw args;
          return call(args as readonly JsonValue[], signal);
        },
      },
    ]),
  );
  return { kind: 'namespace', entries: () => entries };
}

// Logs a failed lookup as a failed call.
async function loggingFailure(path: string, observer: CallObserver, find: () => Promise<Target>): Promise<Target> {
  try {
    return await find();
  } catch (thrown) {
    const error = toKosmoError(thrown);
    observer.ended?.({ ...logEntryForUnknownFunction(path, error), group: 'mcp' });
    throw error;
  }
}

function nameOf(fn: string, server: JsonValue | undefined): string {
  if (typeof server === 'string' && server !== '') return cutText(server, MAX_NAME);
  throw new KosmoError('INVALID_ARGUMENTS', `${fn}: expected the name of a server first.`, { hint: 'mcp.servers() lists them' });
}

/** `fake.echo`, with or without `mcp.` before it, in its two parts. */
export function splitName(fn: string, name: JsonValue | undefined): { readonly server: string; readonly tool: string } {
  const [, server = '', tool = ''] = /^(?:app\.)?(?:mcp\.)?([^.]+)\.(.+)$/s.exec(typeof name === 'string' ? name : '') ?? [];
  if (server !== '' && tool !== '') return { server: cutText(server, MAX_NAME), tool };
  throw new KosmoError('INVALID_ARGUMENTS', `${fn}: expected the name of a tool, such as "server.tool".`, {
    hint: 'mcp.tools() lists them',
  });
}

function remember<Value>(make: (name: string) => Value): (name: string) => Value {
  const made = new Map<string, Value>();
  return (name) => {
    const known = made.get(name) ?? make(name);
    made.set(name, known);
    return known;
  };
}
