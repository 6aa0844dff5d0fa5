// The MCP server that the suite's server scenarios name: `node fixture-server.mjs [--only=2025-11-25]`. Prints its address.
// Serves both revisions over Streamable HTTP. With --only it rejects clients of the later revision.

import { randomBytes, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import {
  CLIENT_CAPABILITIES_META_KEY,
  createMcpHandler,
  createRequestStateCodec,
  inputRequired,
  isLegacyRequest,
  MissingRequiredClientCapabilityError,
  ProtocolError,
  Server,
  WebStandardStreamableHTTPServerTransport,
} from '@modelcontextprotocol/server';

const isLegacyOnly = process.argv.includes('--only=2025-11-25');

/** A picture of one pixel, and a sound without samples. */
const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==';
const WAV = 'UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAIA+AAACABAAZGF0YQAAAAA=';

const text = (value) => ({ type: 'text', text: value });
const image = { type: 'image', data: PNG, mimeType: 'image/png' };
const string = { type: 'string' };
const object = (properties = {}, required = Object.keys(properties)) => ({ type: 'object', properties, required });
const say = (value) => ({ content: [text(value)] });

const form = (message, requestedSchema) => ({ method: 'elicitation/create', params: { mode: 'form', message, requestedSchema } });
const sampling = (question, maxTokens) => ({
  method: 'sampling/createMessage',
  params: { messages: [{ role: 'user', content: text(question) }], maxTokens },
});
const roots = { method: 'roots/list', params: {} };
const askName = form('What is your name?', object({ name: string }));

const states = createRequestStateCodec({ key: randomBytes(32), ttlSeconds: 600 });

/** Capabilities of the client: of the request since 2026-07-28, of the connection before. */
const capabilitiesOf = ({ mcpReq }, server) => mcpReq.envelope?.[CLIENT_CAPABILITIES_META_KEY] ?? server.getClientCapabilities() ?? {};

/** A tool that asks the client `inputRequests`, and returns the result of `finish` when all are answered. */
const asks = (inputRequests, finish) => async (_args, ctx) => {
  const responses = ctx.mcpReq.inputResponses ?? {};
  if (Object.keys(inputRequests).every((key) => isResponse(inputRequests[key].method, responses[key]))) return finish(responses, ctx);
  return inputRequired({ inputRequests });
};

function isResponse(method, response) {
  if (typeof response !== 'object' || response === null) return false;
  if (method === 'elicitation/create') return typeof response.action === 'string';
  return method === 'roots/list' ? Array.isArray(response.roots) : response.content !== undefined;
}

/** The same with a state that has to come back unchanged. */
const asksWithState = (inputRequests, finish) => async (args, ctx) => {
  const state = ctx.mcpReq.requestState();
  if (state === undefined || ctx.mcpReq.inputResponses === undefined)
    return inputRequired({ inputRequests, requestState: await states.mint({ asked: Object.keys(inputRequests) }, ctx) });
  return finish(ctx.mcpReq.inputResponses, args);
};

const elicit = async (ctx, params) => {
  const { action, content = {} } = await ctx.mcpReq.elicitInput(params);
  return `action=${action}, content=${JSON.stringify(content)}`;
};

const DEFAULTS = {
  name: { ...string, default: 'John Doe' },
  age: { type: 'integer', default: 30 },
  score: { type: 'number', default: 95.5 },
  status: { ...string, enum: ['active', 'inactive', 'pending'], default: 'active' },
  verified: { type: 'boolean', default: true },
};

const titled = (titles) => Object.entries(titles).map(([value, title]) => ({ const: value, title }));
const ENUMS = {
  untitledSingle: { ...string, enum: ['option1', 'option2', 'option3'] },
  titledSingle: { ...string, oneOf: titled({ value1: 'First Option', value2: 'Second Option', value3: 'Third Option' }) },
  legacyEnum: { ...string, enum: ['opt1', 'opt2', 'opt3'], enumNames: ['Option One', 'Option Two', 'Option Three'] },
  untitledMulti: { type: 'array', items: { ...string, enum: ['option1', 'option2', 'option3'] } },
  titledMulti: { type: 'array', items: { anyOf: titled({ value1: 'First Choice', value2: 'Second Choice', value3: 'Third Choice' }) } },
};

const RICH_SCHEMA = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  $defs: { address: { $anchor: 'addressDef', type: 'object', properties: { street: string, city: string } } },
  properties: {
    name: string,
    address: { $ref: '#/$defs/address' },
    contactMethod: { ...string, enum: ['phone', 'email'] },
    phone: string,
    email: string,
  },
  allOf: [{ anyOf: [{ required: ['phone'] }, { required: ['email'] }] }],
  if: { properties: { contactMethod: { const: 'phone' } }, required: ['contactMethod'] },
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
  then: { required: ['phone'] },
  else: { required: ['email'] },
  additionalProperties: false,
};

/** By name: what the tool does, and its parameters if it has any. */
const TOOLS = {
  test_simple_text: [() => say('This is a simple text response for testing.')],
  test_image_content: [() => ({ content: [image] })],
  test_audio_content: [() => ({ content: [{ type: 'audio', data: WAV, mimeType: 'audio/wav' }] })],
  test_embedded_resource: [
    () => ({ content: [resourceBlock('test://embedded-resource', 'text/plain', 'This is an embedded resource content.')] }),
  ],
  test_multiple_content_types: [
    () => ({
      content: [
        text('Multiple content types test:'),
        image,
        resourceBlock('test://mixed-content-resource', 'application/json', '{"test":"data","value":123}'),
      ],
    }),
  ],
  test_error_handling: [() => ({ ...say('This tool intentionally returns an error for testing'), isError: true })],
  test_tool_with_logging: [
    async (_args, { mcpReq }) => {
      for (const message of ['Tool execution started', 'Tool processing data', 'Tool execution completed']) {
        await mcpReq.log('info', message);
        await delay(50);
      }
      return say('logged');
    },
  ],
  test_logging_tool: [
    async (_args, { mcpReq }) => {
      await mcpReq.log('info', 'This is logged only if the client set a level');
      return say('logged');
    },
  ],
  test_tool_with_progress: [
    async (_args, { mcpReq }) => {
      const progressToken = mcpReq._meta?.progressToken;
      for (const progress of [0, 50, 100]) {
        if (progressToken !== undefined)
          await mcpReq.notify({ method: 'notifications/progress', params: { progressToken, progress, total: 100 } });
        await delay(50);
      }
      return say('done');
    },
  ],
  test_sampling: [
    async ({ prompt }, { mcpReq }) => {
      const { content } = await mcpReq.send(sampling(prompt, 100));
      return say(`LLM response: ${content.text}`);
    },
    object({ prompt: string }),
  ],
  test_elicitation: [
    async ({ message }, ctx) =>
      say(`User response: ${await elicit(ctx, { message, requestedSchema: object({ username: string, email: string }) })}`),
    object({ message: string }),
  ],
  test_elicitation_sep1034_defaults: [
    async (_args, ctx) =>
      say(`Elicitation completed: ${await elicit(ctx, { message: 'Check the values', requestedSchema: object(DEFAULTS, []) })}`),
  ],
  test_elicitation_sep1330_enums: [
    async (_args, ctx) => say(`Elicitation completed: ${await elicit(ctx, { message: 'Choose', requestedSchema: object(ENUMS, []) })}`),
  ],
  json_schema_2020_12_tool: [() => say('valid'), RICH_SCHEMA],
  test_custom_header: [({ region }) => say(`in ${region}`), object({ region: { ...string, 'x-mcp-header': 'Region' } })],
  test_missing_capability: [
    (_args, ctx, server) => {
      if (capabilitiesOf(ctx, server).sampling === undefined)
        throw new MissingRequiredClientCapabilityError({ requiredCapabilities: { sampling: {} } });
      return say('The client has the capability.');
    },
  ],
  test_streaming_elicitation: [asks({ user_name: askName }, ({ user_name }) => say(`Hello, ${user_name.content?.name}!`))],
  test_trigger_tool_change: [
    () => {
      announce('toolsChanged');
      return say('announced');
    },
  ],
  test_trigger_prompt_change: [
    () => {
      announce('promptsChanged');
      return say('announced');
    },
  ],
  test_input_required_result_elicitation: [asks({ user_name: askName }, ({ user_name }) => say(`Hello, ${user_name.content?.name}!`))],
  test_input_required_result_sampling: [
    asks({ capital_question: sampling('What is the capital of France?', 100) }, ({ capital_question }) =>
      say(`The model says: ${[capital_question.content].flat()[0]?.text}`),
    ),
  ],
  test_input_required_result_list_roots: [
    asks({ client_roots: roots }, ({ client_roots }) => say(`Roots: ${client_roots.roots.map(({ uri }) => uri).join(', ')}`)),
  ],
  test_input_required_result_request_state: [
    asksWithState({ confirm: form('Please confirm', object({ ok: { type: 'boolean' } })) }, () => say('state-ok')),
  ],
  test_input_required_result_tampered_state: [
    asksWithState({ confirm: form('Please confirm', object({ ok: { type: 'boolean' } })) }, () => say('The state came back unchanged.')),
  ],
  test_input_required_result_multiple_inputs: [
    asksWithState({ user_name: askName, greeting: sampling('Generate a greeting', 50), client_roots: roots }, (responses) =>
      say(`Answered: ${Object.keys(responses).join(', ')}`),
    ),
  ],
  test_input_required_result_multi_round: [
    async (_args, ctx) => {
      const { round = 0 } = ctx.mcpReq.requestState() ?? {};
      if (round === 2) return say('Both steps are answered.');
      const inputRequests =
        round === 0
          ? { step1: form('Step 1: What is your name?', object({ name: string })) }
          : { step2: form('Step 2: What is your favorite color?', object({ color: string })) };
      return inputRequired({ inputRequests, requestState: await states.mint({ round: round + 1 }, ctx) });
    },
  ],
  test_input_required_result_capabilities: [
    async (args, ctx, server) => {
      const declared = capabilitiesOf(ctx, server);
      const inputRequests = {
        ...(declared.elicitation === undefined ? {} : { user_name: askName }),
        ...(declared.sampling === undefined ? {} : { greeting: sampling('Generate a greeting', 50) }),
      };
      return asks(inputRequests, () => say('answered'))(args, ctx);
    },
  ],
};

const resourceContents = (uri, mimeType, value) => ({ uri, mimeType, text: value });
function resourceBlock(uri, mimeType, value) {
  return { type: 'resource', resource: resourceContents(uri, mimeType, value) };
}

const RESOURCES = {
  'test://static-text': ['text/plain', { text: 'This is the content of the static text resource.' }],
  'test://static-binary': ['image/png', { blob: PNG }],
  'test://watched-resource': ['text/plain', { text: 'This resource can be watched.' }],
};
const TEMPLATE = { uriTemplate: 'test://template/{id}/data', name: 'template', mimeType: 'application/json', description: 'Data of an id' };

const message = (content) => ({ role: 'user', content });
const argument = (name) => ({ name, description: `The value of ${name}`, required: true });
const PROMPTS = {
  test_simple_prompt: [[], () => [message(text('This is a simple prompt for testing.'))]],
  test_prompt_with_arguments: [
    ['arg1', 'arg2'],
    ({ arg1, arg2 }) => [message(text(`Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`))],
  ],
  test_prompt_with_embedded_resource: [
    ['resourceUri'],
    ({ resourceUri }) => [
      message(resourceBlock(resourceUri, 'text/plain', 'Embedded resource content for testing.')),
      message(text('Please process the embedded resource above.')),
    ],
  ],
  test_prompt_with_image: [[], () => [message(image), message(text('Please analyze the image above.'))]],
  test_input_required_result_prompt: [
    [],
    asks({ user_context: form('What context should the prompt use?', object({ context: string })) }, ({ user_context }) => ({
      messages: [message(text(`Context: ${user_context.content?.context}`))],
    })),
  ],
};

function readResource(uri) {
  const id = /^test:\/\/template\/([^/]+)\/data$/.exec(uri)?.[1];
  if (id !== undefined)
    return resourceContents(uri, 'application/json', JSON.stringify({ id, templateTest: true, data: `Data for ID: ${id}` }));
  if (!Object.hasOwn(RESOURCES, uri)) throw new ProtocolError(-32602, 'Resource not found', { uri });
  const [mimeType, contents] = RESOURCES[uri];
  return { uri, mimeType, ...contents };
}

function newServer() {
  const server = new Server(
    { name: 'conformance-fixture', version: '1.0.0' },
    {
      capabilities: {
        tools: { listChanged: true },
        resources: { subscribe: true, listChanged: true },
        prompts: { listChanged: true },
        completions: {},
        logging: {},
      },
      requestState: { verify: states.verify },
    },
  );
  server.setRequestHandler('tools/list', () => ({
    tools: Object.entries(TOOLS).map(([name, [, inputSchema = object()]]) => ({ name, description: `The tool ${name}`, inputSchema })),
  }));
  server.setRequestHandler('tools/call', async ({ params }, ctx) => {
    const tool = TOOLS[params.name];
    if (tool === undefined) throw new ProtocolError(-32602, `Unknown tool: ${params.name}`);
    return tool[0](params.arguments ?? {}, ctx, server);
  });
  server.setRequestHandler('resources/list', () => ({
    resources: Object.entries(RESOURCES).map(([uri, [mimeType]]) => ({ uri, name: uri, description: `The resource ${uri}`, mimeType })),
  }));
  server.setRequestHandler('resources/templates/list', () => ({ resourceTemplates: [TEMPLATE] }));
  server.setRequestHandler('resources/read', ({ params }) => ({ contents: [readResource(params.uri)] }));
  server.setRequestHandler('resources/subscribe', () => ({}));
  server.setRequestHandler('resources/unsubscribe', () => ({}));
  server.setRequestHandler('prompts/list', () => ({
    prompts: Object.entries(PROMPTS).map(([name, [names]]) => ({
      name,
      description: `The prompt ${name}`,
      arguments: names.map(argument),
    })),
  }));
  server.setRequestHandler('prompts/get', async ({ params }, ctx) => {
    const prompt = PROMPTS[params.name];
    if (prompt === undefined) throw new ProtocolError(-32602, `Unknown prompt: ${params.name}`);
    const result = await prompt[1](params.arguments ?? {}, ctx);
    return Array.isArray(result) ? { messages: result } : result;
  });
  server.setRequestHandler('completion/complete', ({ params }) => {
    const values = ['paris', 'park', 'party'].filter((value) => value.startsWith(params.argument.value));
    return { completion: { values, total: values.length, hasMore: false } };
  });
  return server;
}

const modern = createMcpHandler(newServer, { legacy: 'reject' });
/** Sessions of clients before 2026-07-28, by id. */
const sessions = new Map();

function announce(event) {
  modern.notify[event]();
  const method = event === 'toolsChanged' ? 'sendToolListChanged' : 'sendPromptListChanged';
  for (const { server } of sessions.values()) server[method]().catch(() => undefined);
}

async function serveLegacy(request) {
  const id = request.headers.get('mcp-session-id');
  if (id !== null) {
    const known = sessions.get(id);
    return known === undefined ? new Response('no such session', { status: 404 }) : known.transport.handleRequest(request);
  }
  const server = newServer();
  const transport = new WebStandardStreamableHTTPServerTransport({
    sessionIdGenerator: randomUUID,
    onsessioninitialized: (session) => sessions.set(session, { server, transport }),
    onsessionclosed: (session) => sessions.delete(session),
  });
  await server.connect(transport);
  return transport.handleRequest(request);
}

const http = createServer(async (incoming, outgoing) => {
  const gone = new AbortController();
  outgoing.once('close', () => gone.abort());
  const hasBody = incoming.method !== 'GET' && incoming.method !== 'HEAD';
  const request = new Request(`http://${incoming.headers.host}${incoming.url}`, {
    method: incoming.method,
    headers: Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]),
    signal: gone.signal,
    ...(hasBody ? { body: Readable.toWeb(incoming), duplex: 'half' } : {}),
  });
  const isLegacy = await isLegacyRequest(request);
  const response = isLegacyOnly && !isLegacy ? legacyOnly() : await (isLegacy ? serveLegacy(request) : modern.fetch(request));
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  outgoing.flushHeaders();
  if (response.body === null) outgoing.end();
  else
    Readable.fromWeb(response.body)
      .on('error', () => outgoing.destroy())
      .pipe(outgoing);
});

// As servers answer that do not know the later revision.
function legacyOnly() {
  const error = { code: -32000, message: 'Bad Request: Server not initialized' };
  return Response.json({ jsonrpc: '2.0', error, id: null }, { status: 400 });
}

http.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${http.address().port}/mcp`));
