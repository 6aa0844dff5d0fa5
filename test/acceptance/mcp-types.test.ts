import path from 'node:path';
import { expect, test } from 'vitest';
import { makeMcpProject } from '../helpers/mcp-project.ts';
import { runCli } from '../helpers/run-cli.ts';
import { scriptedServer } from '../helpers/scripted-mcp-server.ts';

const NODE = { type: 'object', properties: { label: { type: 'string' }, next: { anyOf: [{ $ref: '#/$defs/Node' }, { type: 'null' }] } } };
const TOOLS = [
  {
    name: 'search',
    description: 'Searches\n@class evil',
    inputSchema: {
      type: 'object',
      $defs: { Node: NODE },
      properties: {
        query: { type: 'string', description: 'Words' },
        order: { anyOf: [{ enum: ['asc', 'desc'] }, { type: 'null' }] },
        'max-items': { type: ['integer', 'null'] },
        node: { $ref: '#/$defs/Node' },
        tags: { type: 'array', items: { anyOf: [{ type: 'string' }, { type: 'integer' }] } },
        extra: {},
      },
      required: ['query'],
    },
    outputSchema: {
      type: 'object',
      properties: { hits: { type: 'array', items: { type: 'object', properties: { id: { type: 'integer' } } } } },
    },
  },
  { name: 'odd tool!', inputSchema: { type: 'object' } },
];

test('the tools of servers that were listed are typed, others are loose', async () => {
  const project = makeMcpProject();
  const listed = scriptedServer({ methods: { 'tools/list': { result: { tools: TOOLS } } } });
  project.write(path.join(project.home, 'mcp.json'), { mcpServers: { s: listed, unlisted: scriptedServer() } });
  const kosmo = (...args: readonly string[]) => runCli(args, { cwd: project.folder, env: project.env });
  await kosmo('mcp:tools', 's');
  const { stdout, code } = await kosmo('integrations:types');
  expect(code).toBe(0);
  for (const line of [
    '---@field mcp kosmo.mcp',
    '---@field s kosmo.mcp.s',
    '---Words\n---@field query string|integer',
    '---@field order? "asc"|"desc"',
    '---@field ["max-items"]? integer',
    '---@field node? kosmo.mcp.s.search.node',
    '---@field next? kosmo.mcp.s.search.node',
    '---@field tags? (string|integer)[]',
    '---@field extra? any',
    '---@field hits? kosmo.mcp.s.search.result.hits[]',
    '--- @class evil\n---@field search fun(args: kosmo.mcp.s.search, options?: kosmo.CallOptions): kosmo.mcp.s.search.result',
    '---@field odd_tool fun(args?: table<string, any>, options?: kosmo.CallOptions): any',
    '---The tools of this server are not listed yet: kosmo mcp:tools unlisted\n---@field unlisted table<string, fun(',
  ])
    expect(stdout).toContain(line);
});
