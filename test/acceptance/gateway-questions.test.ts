// Questions of MCP servers to the user (elicitation), which the gateway forwards to its client, in both revisions.
import { afterEach, describe, expect, test } from 'vitest';
import { openGateway, type TestGateway } from '../helpers/gateway.ts';
import { mcpPlace } from '../helpers/mcp.ts';
import { type ScriptedServerScript, scriptedServer } from '../helpers/scripted-mcp-server.ts';

let gateway: TestGateway | undefined;

afterEach(async () => {
  await gateway?.close();
  gateway = undefined;
});

const QUESTION = {
  method: 'elicitation/create',
  params: { message: 'What is your name?', requestedSchema: { type: 'object', properties: { name: { type: 'string' } } } },
};

const TOOLS = { result: { tools: [{ name: 'a', inputSchema: { type: 'object' }, annotations: { readOnlyHint: true } }] } };

/** Servers that ask in the form of each revision. */
const SERVERS: readonly (readonly [string, ScriptedServerScript])[] = [
  ['2025-11-25', { methods: { 'tools/list': TOOLS, 'tools/call': { ask: [QUESTION] } } }],
  [
    '2026-07-28',
    {
      revision: '2026-07-28',
      methods: {
        'tools/list': TOOLS,
        'tools/call': [
          { result: { resultType: 'input_required', inputRequests: { who: QUESTION }, requestState: 'opaque' } },
          { result: { resultType: 'complete', content: [{ type: 'text', text: 'answered' }] } },
        ],
      },
    },
  ],
];

async function open(script: ScriptedServerScript, client: object): Promise<TestGateway> {
  const { env, cwd = '' } = mcpPlace({ s: scriptedServer(script) }).options;
  gateway = await openGateway(['--upstream=s', '--integration=none'], { env, cwd, client });
  return gateway;
}

describe.each(SERVERS)('a server of %s', (_revision, script) => {
  test.each(['legacy', 'auto'] as const)('asks the user through a client (%s), with its name before the question', async (mode) => {
    const client = { capabilities: { elicitation: { form: {} } }, versionNegotiation: { mode } };
    const opened = await open(script, client);
    const questions: string[] = [];
    opened.client.setRequestHandler('elicitation/create', ({ params }) => {
      questions.push(params.message);
      return { action: 'accept', content: { name: 'Ada' } };
    });
    const { text, isError } = await opened.call('mcp__s__a');
    expect([questions, isError]).toEqual([['s: What is your name?'], false]);
    expect(text).toMatch(/Ada|answered/);
    const inScript = await opened.call('execute_lua', { code: 'return app.mcp.s.a{}' });
    expect(inScript.isError).toBe(false);
  });

  test('is refused if the client cannot ask', async () => {
    const { text } = await (await open(script, { versionNegotiation: { mode: 'legacy' } })).call('mcp__s__a');
    // A server that asks over the connection gets `cancel`, and makes of it what it likes.
    expect(text).toMatch(/MCP server 's' asks something that the client cannot answer|"action":"cancel"/);
  });
});
