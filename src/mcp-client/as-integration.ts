import {
  type Integration,
  mcpServerProvider,
  type Provider,
  type RequestPreview,
  type Tool,
  type ToolDescription,
} from '../integration/index.ts';
import type { JsonValue } from '../json/index.ts';
import { type CompiledValidator, type ObjectSchema, withExactIntegers } from '../schema/index.ts';
import type { McpClient } from './client.ts';
import { compileValidator, type SchemaValidator } from './tools/compile-validator.ts';
import { readResult } from './tools/read-result.ts';
import type { McpTool, McpTools } from './tools/read-tools.ts';
import { driftText, toolNotTrusted } from './trust/pins.ts';

/** A server in the form of an integration, so that its calls go the way of all calls. */
export interface McpIntegration extends Pick<Integration, 'id' | 'title' | 'description' | 'authStrategy'> {
  readonly provider: Provider;
  readonly credentials: readonly [];
  readonly commands: readonly [];
  readonly tools: readonly ToolDescription[];
  readonly load: () => Promise<Integration>;
  /** That of one tool, which is compiled when it is first needed. */
  readonly loadValidators: (slug: string) => Promise<Readonly<Record<string, CompiledValidator>>>;
}

interface Connection {
  readonly preview?: (request: RequestPreview) => never;
}

interface ServerTool {
  readonly name: string;
  readonly shown?: string;
  readonly description: string;
  readonly operation: McpTool['operation'];
  readonly drift?: McpTool['drift'];
  readonly schema: ObjectSchema;
  readonly method: string;
  readonly params: (args: Readonly<Record<string, JsonValue>>) => Readonly<Record<string, JsonValue>>;
  readonly answer: (result: Readonly<Record<string, JsonValue>>) => JsonValue;
}

/** What a server offers besides tools. Reading, whatever it is of; the names are those of the protocol, which no tool needs. */
export const SERVER_FEATURES = {
  resources: 'resources/list',
  readResource: 'resources/read',
  templates: 'resources/templates/list',
  subscribe: 'resources/subscribe',
  unsubscribe: 'resources/unsubscribe',
  prompts: 'prompts/list',
  getPrompt: 'prompts/get',
  complete: 'completion/complete',
} as const;

const LISTS: Readonly<Record<string, Parameters<McpClient['list']>[0]>> = {
  [SERVER_FEATURES.resources]: 'resources',
  [SERVER_FEATURES.templates]: 'templates',
  [SERVER_FEATURES.prompts]: 'prompts',
};

const TEXT = { type: 'string' } as const;

/** The form that `tools`, a list of this client's, gives to it. */
export function asIntegration(client: McpClient, tools: McpTools): McpIntegration {
  const { name } = client.entry.server;
  const validators = new Map<string, Promise<SchemaValidator>>();
  const problems = new Map<string, string>();
  const all = [...tools.all.map((tool) => callOf(name, tool)), ...offers()].map((tool) => {
    const slug = `mcp.${name}.${tool.name}`;
    return { tool, slug, described: describe(tool, slug) };
  });

  const implementations = all.map(
    ({ tool, slug, described }): Tool<Connection> => ({
      ...described,
      validate: () => {
        const problem = problems.get(slug);
        const unchecked = problem === undefined ? [] : [`The arguments are not checked: ${problem}.`];
        return { problems: [], warnings: [...unchecked, ...driftWarnings(name, tool.drift)] };
      },
      async run(args, { preview }, { signal, timeoutMs, progress, relay, elicit, warn }) {
        const params = tool.params(args);
        preview?.({ method: tool.method, url: `mcp:${name}`, headers: {}, body: params });
        const list = LISTS[tool.method];
        const deadline = timeoutMs === undefined ? {} : { timeoutMs };
        if (list !== undefined) return await client.list(list, { signal, warn, ...deadline });
        const exact = tool.params(withExactIntegers(described.input, args));
        const result = await client.request(tool.method, relay?.meta === undefined ? exact : { ...exact, _meta: relay.meta }, {
          signal,
          writes: tool.operation === 'write',
          warn,
          elicit,
          ...deadline,
          ...(progress === undefined ? {} : { onProgress: progress }),
        });
        relay?.onResult?.(result);
        return tool.answer(result);
      },
    }),
  );

  const integration: Integration<Connection> = {
    id: name,
    title: name,
    description: `The MCP server ${name}.`,
    authStrategy: 'none',
    credentials: [],
    commands: [],
    tools: implementations,
    connect: (_credentials, { preview }) => (preview === undefined ? {} : { preview }),
    // The client outlives the calls.
    disconnect: async () => undefined,
  };
  return {
    ...integration,
    provider: mcpServerProvider(name),
    credentials: [],
    commands: [],
    tools: all.map(({ described }) => ({ ...described, fields: [] })),
    load: async () => integration as Integration,
    async loadValidators(slug) {
      const { schema, drift } = all.find((candidate) => candidate.slug === slug)?.tool ?? {};
      // Before the arguments are checked: the schema may be what changed.
      if (drift?.isRefused === true) throw toolNotTrusted(name, drift);
      const compiled = validators.get(slug) ?? compileValidator(schema as ObjectSchema);
      validators.set(slug, compiled);
      const { validate, problem } = await compiled;
      if (problem !== undefined) problems.set(slug, problem);
      return { [slug]: validate };
    },
  };
}

function describe(
  { name, shown = name, description, operation, schema }: ServerTool,
  slug: string,
): Omit<Tool<Connection>, 'run' | 'check'> {
  const input = { ...schema, remote: true } as const;
  const alias = shown === name ? {} : { alias: shown };
  return { name, ...alias, slug, operation, description, input, output: {}, docs: { returns: '', example: '', errors: [] } };
}

function driftWarnings(server: string, drift: McpTool['drift']): readonly string[] {
  if (drift === undefined || drift.isRefused) return [];
  const since = drift.isNew ? '' : ' since kosmo first saw it';
  return [
    `The tool '${drift.tool}' of MCP server '${server}' is different: ${driftText(drift)}${since}. kosmo mcp:trust ${server} shows and accepts it.`,
  ];
}

function callOf(server: string, { name, shown, description, operation, schema, drift }: McpTool): ServerTool {
  return {
    name,
    shown,
    description,
    operation,
    schema,
    drift,
    method: 'tools/call',
    params: (args) => ({ name, arguments: args }),
    answer: (result) => readResult(server, result),
  };
}

function offers(): readonly ServerTool[] {
  const offer = (name: string, description: string, properties: ObjectSchema['properties'], params: ServerTool['params']): ServerTool => ({
    name,
    description,
    operation: 'read',
    schema: {
      type: 'object',
      properties,
      required: Object.keys(properties).filter((key) => key !== 'arguments' && key !== 'context'),
      additionalProperties: false,
    },
    method: name,
    params,
    answer: (result) => result,
  });
  return [
    offer(SERVER_FEATURES.resources, 'List the resources', {}, () => ({})),
    offer(SERVER_FEATURES.readResource, 'Read a resource', { uri: TEXT }, ({ uri = '' }) => ({ uri })),
    offer(SERVER_FEATURES.subscribe, 'Subscribe to a resource', { uri: TEXT }, ({ uri = '' }) => ({ uri })),
    offer(SERVER_FEATURES.unsubscribe, 'Unsubscribe from a resource', { uri: TEXT }, ({ uri = '' }) => ({ uri })),
    offer(SERVER_FEATURES.templates, 'List the templates of resources', {}, () => ({})),
    offer(SERVER_FEATURES.prompts, 'List the prompts', {}, () => ({})),
    offer(
      SERVER_FEATURES.getPrompt,
      'Get a prompt',
      { name: TEXT, arguments: { type: 'object' } },
      ({ name = '', arguments: args = {} }) => ({
        name,
        arguments: textValues(args),
      }),
    ),
    offer(
      SERVER_FEATURES.complete,
      'Complete an argument of a prompt or of a resource template',
      { ref: { type: 'object' }, argument: { type: 'object' }, context: { type: 'object' } },
      (args) => args,
    ),
  ];
}

// The protocol knows only texts there.
function textValues(args: JsonValue): JsonValue {
  const texts = Object.entries(args ?? {}).map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]);
  return Object.fromEntries(texts) as JsonValue;
}
