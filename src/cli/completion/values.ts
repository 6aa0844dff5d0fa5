import { readdirSync } from 'node:fs';
import path from 'node:path';
import type { ToolDescription } from '../../integration/index.ts';
import { userHome } from '../../platform/home-folder.ts';
import { documentationPages, integrationSummaries, listWorkflows } from '../../runtime/index.ts';
import type { JsonSchema } from '../../schema/index.ts';
import type { CommandContext } from '../context.ts';
import { findScript } from '../workflows/find-script.ts';
import { workflowFolders } from '../workflows/folders.ts';

/** What a word can become. */
export interface Candidate {
  readonly value: string;
  readonly description?: string;
}

/** A function whose parameters are flags, and whose it is. */
export interface CompletedTool {
  readonly id: string;
  readonly tool: Pick<ToolDescription, 'input' | 'fields'>;
}

/** The functions by their whole names. */
export function functionNames(): readonly Candidate[] {
  return integrationSummaries.flatMap(({ id, tools }) => tools.map(({ name, description }) => ({ value: `${id}.${name}`, description })));
}

/** The functions and tools that a rule can name; `withGroups`: and all reads or writes of an integration or server at once. */
export async function ruleNames(context: CommandContext, withGroups: boolean): Promise<readonly Candidate[]> {
  const tools = (await listedToolNames(context)).map((tool) => ({ ...tool, value: `mcp.${tool.value}` }));
  const providers = [...integrationSummaries.map(({ id }) => id), ...(await serverNames(context)).map(({ value }) => `mcp.${value}`)];
  const groups = providers.flatMap((name) => [
    { value: `${name}.read`, description: 'all functions that read' },
    { value: `${name}.write`, description: 'all functions that write' },
  ]);
  return [...functionNames(), ...tools, ...(withGroups ? groups : [])];
}

/** The accounts of an integration, or of all of them. */
export async function accountNames(context: CommandContext, id?: string): Promise<readonly Candidate[]> {
  const { readAccounts } = await import('../../credentials/index.ts');
  const { readSettings } = await import('../../settings/index.ts');
  const settings = await readSettings(context);
  const owners = integrationSummaries.filter((integration) => id === undefined || integration.id === id);
  const names = owners.flatMap((owner) => readAccounts(owner, settings).accounts.map(({ name }) => name));
  return [...new Set(names)].map((value) => ({ value }));
}

/** The pages of the documentation in a folder. */
export async function pageNames(guideFolder: string): Promise<readonly Candidate[]> {
  return (await documentationPages(guideFolder)).map(({ name, title }) => ({ value: name, description: title }));
}

export function integrationNames(): readonly Candidate[] {
  return integrationSummaries.map(({ id, title }) => ({ value: id, description: title }));
}

/** The MCP servers, switched off or not. */
export async function serverNames(context: CommandContext): Promise<readonly Candidate[]> {
  const { readServers, summaryOf } = await import('../../mcp-client/index.ts');
  const { effective } = await readServers(context);
  return [...effective.values()].map(({ server }) => ({ value: server.name, description: summaryOf(server) }));
}

/** The tools of MCP servers by their full names, of those that were listed before: no server is started for a word. Else the server's name. */
export async function listedToolNames(context: CommandContext): Promise<readonly Candidate[]> {
  const { readCachedTools, readServers } = await import('../../mcp-client/index.ts');
  const { effective } = await readServers(context);
  const perServer = [...effective.values()].map(async (entry) => {
    const tools = await readCachedTools(entry, context.env);
    if (tools === undefined) return [{ value: `${entry.server.name}.` }];
    return tools.all.map(({ name, description }) => ({ value: `${entry.server.name}.${name}`, description }));
  });
  return (await Promise.all(perServer)).flat();
}

/** The parameters of a tool that was listed before. */
export async function findListedTool(context: CommandContext, fullName = ''): Promise<CompletedTool | undefined> {
  const { readCachedTools, readServers } = await import('../../mcp-client/index.ts');
  const { effective } = await readServers(context);
  const [id = ''] = fullName.split('.', 1);
  const entry = effective.get(id);
  const tool = entry === undefined ? undefined : (await readCachedTools(entry, context.env))?.find(fullName.slice(id.length + 1));
  return tool === undefined ? undefined : { id, tool: { input: tool.schema, fields: [] } };
}

/** The durable runs by id. */
export async function runIds(context: CommandContext): Promise<readonly Candidate[]> {
  const [{ homeFolder }, { listRuns }] = await Promise.all([import('../../config/index.ts'), import('../../runs/index.ts')]);
  return listRuns(homeFolder(context.env)).map(({ id, status, script }) => ({ value: id, description: `${status}, ${script}` }));
}

/** The workflows by name, and Lua files once a path is typed. */
export async function workflowNames(typed: string, context: CommandContext): Promise<readonly Candidate[]> {
  const found = await listWorkflows(workflowFolders(context));
  const names = found.map(({ name, declaration }) => ({ value: name, description: declaration?.description ?? '' }));
  const fitting = names.filter(({ value }) => value.startsWith(typed));
  return /[./]/.test(typed) || fitting.length === 0 ? fileNames(typed, context, '.lua') : fitting;
}

/** The declared input of a workflow. */
export async function findWorkflowInput(context: CommandContext, word: string | undefined): Promise<CompletedTool | undefined> {
  const script = word === undefined ? undefined : await findScript(word, context).catch(() => undefined);
  const declaration = script?.declaration;
  return declaration === undefined ? undefined : { id: '', tool: { input: declaration.input, fields: fieldsOf(declaration.input) } };
}

function fieldsOf(schema: JsonSchema, above: readonly string[] = []): CompletedTool['tool']['fields'] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const path = [...above, name];
    const { type = '', description: note = '' } = field;
    return [{ path: path.join('.'), type: String(type), note }, ...fieldsOf(field, path)];
  });
}

/** What credentials an integration, or any, has; followed by `end`. */
export function fieldNames(id: string | undefined, end: string): readonly Candidate[] {
  const owners = integrationSummaries.filter((integration) => id === undefined || integration.id === id);
  return owners.flatMap(({ credentials }) => credentials.map(({ name, label }) => ({ value: `${name}${end}`, description: label })));
}

export function toolNames(id: string | undefined): readonly Candidate[] {
  const tools = integrationSummaries.find((integration) => integration.id === id)?.tools ?? [];
  return tools.map(({ name, description }) => ({ value: name, description }));
}

/** Files and folders that begin as typed, folders with `/` behind them. With an `extension` only such files, if there are any. */
export function fileNames(typed: string, context: CommandContext, extension?: string): readonly Candidate[] {
  const at = typed.lastIndexOf('/') + 1;
  const [folder, begun] = [typed.slice(0, at), typed.slice(at)];
  const real = folder.replace(/^~(?=\/)/, () => userHome() ?? '~');
  const found = readdirSync(path.resolve(context.folder, real), { withFileTypes: true })
    .filter(({ name }) => name.startsWith(begun) && (begun.startsWith('.') || !name.startsWith('.')))
    .map((entry) => ({ value: `${folder}${entry.name}${entry.isDirectory() ? '/' : ''}` }))
    .sort((a, b) => (a.value < b.value ? -1 : 1));
  const fitting = found.filter(({ value }) => extension !== undefined && (value.endsWith('/') || value.endsWith(extension)));
  return fitting.length > 0 ? fitting : found;
}

/** `@file`, where a value can stand in a file. */
export function atFileNames(typed: string, context: CommandContext): readonly Candidate[] {
  return typed.startsWith('@') ? fileNames(typed.slice(1), context).map(({ value }) => ({ value: `@${value}` })) : [];
}
