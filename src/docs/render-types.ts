import type { ToolDescription } from '../integration/index.ts';
import type { JsonSchema } from '../schema/index.ts';
import { renderMcpTypes, type TypedServer } from './render-mcp-types.ts';
import { renderScriptApi, type ScriptApi } from './render-script-api.ts';

/** An integration as an editor shall know it. */
export interface TypedIntegration {
  readonly id: string;
  readonly description: string;
  /** Account names; `default` first. */
  readonly accounts: readonly string[];
  /** Each with what is known of the fields inside its parameters. */
  readonly tools: readonly { readonly tool: ToolDescription; readonly documented: Readonly<Record<string, JsonSchema>> }[];
}

/** Everything that scripts see, as annotations of the Lua Language Server (LuaLS): a Lua file that is never run. */
export function renderTypes(integrations: readonly TypedIntegration[], servers: readonly TypedServer[], api: ScriptApi): string {
  const mcp = renderMcpTypes(servers);
  return [
    '---@meta',
    '',
    ...mcp.classes,
    ...integrations.flatMap(renderIntegration),
    '---@class kosmo.integrations',
    ...integrations.map(({ id }) => `---@field ${id} kosmo.${id}`),
    '',
    '---@class kosmo.app',
    '---@field integrations kosmo.integrations',
    '---The tools of MCP servers: `app.mcp.server.tool{}`. Which there are depends on the machine.',
    `---@field mcp ${mcp.type}`,
    '',
    '---@type kosmo.app',
    'app = {}',
    '',
    renderScriptApi(api),
  ].join('\n');
}

function renderIntegration({ id, description, accounts, tools }: TypedIntegration): string[] {
  const classes = tools.flatMap(({ tool, documented }) => {
    const properties = Object.fromEntries(
      Object.entries(tool.input.properties).map(([name, schema]): [string, JsonSchema] => [name, withFields(schema, documented[name])]),
    );
    return [
      ...renderClass(`kosmo.${id}.${tool.name}`, { ...tool.input, properties }, true),
      ...renderClass(`kosmo.${id}.${tool.name}.result`, tool.output),
    ];
  });
  return [
    ...classes,
    ...comment(description),
    `---@class kosmo.${id}`,
    ...accounts.map((account) => `---@field ${account} kosmo.${id}`),
    `local ${id} = {}`,
    '',
    ...tools.flatMap(({ tool }) => renderFunction(id, tool)),
  ];
}

// Its own description says more than that of the fields.
function withFields(schema: JsonSchema, documented: JsonSchema | undefined): JsonSchema {
  return documented === undefined
    ? schema
    : { ...documented, ...schema, ...(documented.items === undefined ? {} : { items: documented.items }) };
}

function renderFunction(id: string, { name, description, input, docs }: ToolDescription): string[] {
  const isOptional = input.required.length === 0 ? '?' : '';
  return [
    ...comment(description),
    '---',
    ...comment(docs.returns),
    `---@param args${isOptional} kosmo.${id}.${name}`,
    '---@param options? kosmo.CallOptions',
    `---@return kosmo.${id}.${name}.result`,
    `function ${id}.${name}(args, options) end`,
    '',
  ];
}

// A number for an argument that is text becomes its digits, a number further down does not.
function renderClass(name: string, { properties = {}, required = [] }: JsonSchema, isArgument = false): string[] {
  const fields = Object.entries(properties);
  return [
    ...fields.flatMap(([field, schema]) => innerClass(`${name}.${field}`, schema)),
    `---@class ${name}`,
    ...fields.flatMap(([field, schema]) => [
      ...comment(schema.description ?? ''),
      `---@field ${field}${required.includes(field) ? '' : '?'} ${typeOf(`${name}.${field}`, schema)}${isArgument && schema.type === 'string' && schema.enum === undefined ? '|integer' : ''}`,
    ]),
    '',
  ];
}

function innerClass(name: string, schema: JsonSchema): string[] {
  if (schema.items !== undefined) return innerClass(name, schema.items);
  return schema.properties === undefined ? [] : renderClass(name, schema);
}

function typeOf(name: string, schema: JsonSchema): string {
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join('|');
  switch (schema.type) {
    case 'object':
      return schema.properties === undefined ? 'table<string, any>' : name;
    case 'array': {
      const item = schema.items === undefined ? 'any' : typeOf(name, schema.items);
      return `${item.includes('|') ? `(${item})` : item}[]`;
    }
    case undefined:
      return 'any';
    default:
      return schema.type;
  }
}

function comment(text: string): string[] {
  return text === '' ? [] : text.split('\n').map((line) => `---${line}`);
}
