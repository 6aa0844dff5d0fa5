import type { Operation } from '../integration/index.ts';
import type { JsonValue } from '../json/index.ts';
import { type ObjectSchema, readParameters, sampleArguments } from '../schema/index.ts';
import { luaLiteral } from './lua-literal.ts';

/** An MCP server as its pages show it. */
export interface DocumentedServer {
  readonly name: string;
  /** `app.mcp.github` */
  readonly path: string;
  readonly tools: readonly DocumentedServerTool[];
}

export interface DocumentedServerTool {
  /** As the server has it. */
  readonly name: string;
  /** `github.create_issue` */
  readonly function: string;
  /** `app.mcp.github.create_issue` */
  readonly lua_path: string;
  readonly description: string;
  readonly operation: Operation;
  readonly parameters: readonly {
    readonly name: string;
    readonly type: string;
    readonly required: boolean;
    readonly description: string;
  }[];
  readonly schema: ObjectSchema;
}

/** The page of a server. */
export function renderServer({ name, path, tools }: DocumentedServer): string {
  const [first] = tools;
  return [
    `mcp.${name}`,
    '',
    `The MCP server ${name}. In Lua: ${path}`,
    '',
    'Functions:',
    ...tools.map((tool) => `  ${tool.function.slice(name.length + 1).padEnd(34)} ${firstLine(tool.description)}`),
    ...(tools.length === 0 ? ['  none'] : []),
    ...(first === undefined
      ? []
      : ['', 'Examples:', `  print(docs.read("mcp.${first.function}"))`, `  kosmo mcp:call ${first.function}${flags(first)}`]),
  ].join('\n');
}

/** The page of one of its tools. */
export function renderServerTool(tool: DocumentedServerTool): string {
  const rows = tool.parameters.map(
    ({ name, type, required, description }) =>
      `  ${name.padEnd(24)} ${type.padEnd(9)} ${required ? 'required' : 'optional'}  ${firstLine(description)}`,
  );
  return [
    `mcp.${tool.function}`,
    '',
    tool.description,
    '',
    `Operation: ${tool.operation}`,
    '',
    'Direct CLI:',
    `  kosmo mcp:call ${tool.function}${flags(tool)}`,
    '',
    'Lua:',
    `  local result = ${tool.lua_path}(${luaLiteral(sample(tool))})`,
    '',
    'Parameters:',
    ...(rows.length === 0 ? ['  none'] : rows.map((row) => row.trimEnd())),
  ].join('\n');
}

function sample({ schema }: DocumentedServerTool): Readonly<Record<string, JsonValue>> {
  const types = new Map(readParameters(schema).map(({ name, type }) => [name, type]));
  const values = Object.entries(sampleArguments(schema)).map(([name, value]): [string, JsonValue] => {
    const type = types.get(name);
    return [name, type === 'array' ? [] : type === 'object' ? {} : value];
  });
  return Object.fromEntries(values);
}

function flags(tool: DocumentedServerTool): string {
  return Object.entries(sample(tool))
    .map(([name, value]) => ` --${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join('');
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}
