// Tools of MCP servers whose schemas are no JSON Schema: the gateway lists them so that every client can use all tools.
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { openGateway } from '../helpers/gateway.ts';
import { mcpPlace } from '../helpers/mcp.ts';
import { scriptedServer } from '../helpers/scripted-mcp-server.ts';

const broken = {
  count: { type: 'int', description: 'How many' },
  next: { $ref: '#/$defs/gone' },
  word: { type: 'string', pattern: '(?P<x>a)' },
  kind: { enum: [] },
};

test('each definition compiles, keeps the text of what it lost, and the tool can be called', async () => {
  const readOnly = { annotations: { readOnlyHint: true } };
  const tools = [
    { name: 'broken', inputSchema: { type: 'object', properties: broken }, ...readOnly },
    { name: 'good', inputSchema: { type: 'object', properties: { q: { type: 'string' } } }, ...readOnly },
  ];
  const { env, cwd = '' } = mcpPlace({ s: scriptedServer({ methods: { 'tools/list': { result: { tools } } } }) }).options;
  const gateway = await openGateway(['--upstream=s', '--integration=none', '--tools=functions'], { env, cwd });
  try {
    const listed = (await gateway.client.listTools()).tools;
    expect(listed.map(({ name }) => name)).toEqual(['mcp__s__broken', 'mcp__s__good']);
    const ajv = new Ajv2020({ strict: false });
    for (const { inputSchema } of listed) ajv.compile(inputSchema);
    expect(listed[0]?.inputSchema.properties).toMatchObject({
      count: { description: 'How many (type: "int")' },
      word: { type: 'string', description: 'pattern: "(?P<x>a)"' },
    });
    expect((await gateway.call('mcp__s__broken', { count: 3 })).text).toBe('{"count":3}');
  } finally {
    await gateway.close();
  }
});
