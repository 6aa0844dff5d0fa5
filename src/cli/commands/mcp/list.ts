import type { Command } from 'commander';
import { readConfig } from '../../../config/index.ts';
import { openSecretStore } from '../../../credentials/index.ts';
import { type ErrorDetail, KosmoError } from '../../../errors/index.ts';
import {
  describeServer,
  findServer,
  readServers,
  type ServerDescription,
  type ServerEntry,
  type ServerFinding,
  type ServerList,
  summaryOf,
} from '../../../mcp-client/index.ts';
import { createPolicy, type Policy } from '../../../policy/index.ts';
import type { CommandContext } from '../../context.ts';
import { addJsonOptions } from '../../options/json.ts';
import { type JsonOptions, printSkippedEntries } from '../../options/mcp-scope.ts';
import { exitCodeOf, printJson, printNote, printTable } from '../../terminal/output.ts';

/** The commands that tell of MCP servers and start none: `mcp:list`, `mcp:status`, `mcp:doctor`. */
export function addMcpListCommands(program: Command, context: CommandContext): void {
  addJsonOptions(program.command('mcp:list').description('list MCP servers'))
    .option('--all', 'also those that are disabled')
    .action(async (options: JsonOptions & { readonly all?: true }) => showList(context, await look(context), options));
  addJsonOptions(program.command('mcp:status').description('show how MCP servers are configured').argument('[server]')).action(
    async (server: string | undefined, options: JsonOptions) => showStatus(context, await look(context), server, options),
  );
  addJsonOptions(program.command('mcp:doctor').description('check MCP servers and suggest fixes')).action(async (options: JsonOptions) =>
    showDoctor(context, await look(context), options),
  );
}

interface View {
  readonly list: ServerList;
  readonly policy: Policy;
}

async function look(context: CommandContext): Promise<View> {
  const place = context.location;
  const { layers } = await readConfig(place);
  return { list: await readServers(place), policy: createPolicy(layers, []) };
}

async function showList(
  context: CommandContext,
  { list, policy }: View,
  { all, json, pretty }: JsonOptions & { readonly all?: true },
): Promise<void> {
  const entries = [...list.effective.values()].filter(({ server }) => all === true || server.enabled);
  const rows = await describeAll(context, entries, policy);
  if (json === true) {
    printJson(
      { success: true, servers: byName(rows), sources: list.sources, problems: list.problems, warnings: list.warnings },
      pretty === true,
    );
    return;
  }
  if (rows.length === 0) printNote('there are no MCP servers; kosmo mcp:examples shows how to add one');
  else
    printTable(
      ['Name', 'Type', 'Enabled', 'Trusted', 'Source', 'Runs'],
      rows.map((row, index) => tableRow(row, entries[index])),
    );
  printSkippedEntries(list);
}

function tableRow(
  { name, type, enabled, trusted, changed_tools: changed = [], source }: ServerDescription,
  entry: ServerEntry | undefined,
): string[] {
  const trust = changed.length === 0 ? yesNo(trusted) : `not ${changed.join(', ')}`;
  return [name, type, yesNo(enabled), trust, source, entry === undefined ? '' : summaryOf(entry.server)];
}

async function showStatus(
  context: CommandContext,
  { list, policy }: View,
  server: string | undefined,
  { json, pretty }: JsonOptions,
): Promise<void> {
  const entries = server === undefined ? [...list.effective.values()] : [findServer(list, server)];
  const rows = await describeAll(context, entries, policy);
  if (json === true) {
    const states = rows.map((row) => ({ ...row, status: row.enabled ? 'configured' : 'disabled' }));
    printJson({ success: true, servers: byName(states) }, pretty === true);
    return;
  }
  printTable(
    ['Name', 'Status', 'Trusted', 'Read', 'Write', 'File'],
    rows.map(({ name, enabled, trusted, permissions, path }) => [
      name,
      enabled ? 'configured' : 'disabled',
      yesNo(trusted),
      permissions.read,
      permissions.write,
      path,
    ]),
  );
}

async function showDoctor(context: CommandContext, { list, policy }: View, { json, pretty }: JsonOptions): Promise<void> {
  const { env } = context;
  const { diagnose, mainFile } = await import('../../../mcp-client/index.ts');
  const secrets = await openSecretStore({ env }).keys('mcp.');
  const entries = [...list.effective.values()];
  const rows = await describeAll(context, entries, policy);
  const servers = await Promise.all(
    rows.map(async (row, index) => ({ ...row, obstacles: await diagnose(entries[index] as ServerEntry, { env, secrets }) })),
  );
  const failure = doctorFailure(entries, servers, list.problems);
  context.exitCode = exitCodeOf(failure);
  const hints = servers.flatMap(({ obstacles }) => obstacles.map(({ hint }) => hint));
  const next = [...new Set(hints.filter((hint) => hint.startsWith('kosmo ')))];
  if (json === true) {
    const file = (scope: 'project' | 'global'): string => mainFile(env, list.projectFolder, scope).path;
    const { sources, problems, warnings } = list;
    const outcome = { success: failure === null, error: failure?.message ?? null, error_detail: failure };
    const files = { project_config: file('project'), global_config: file('global') };
    const rowsByName = byName(servers.map((row) => ({ ...row, obstacles: row.obstacles.map(({ message, hint }) => ({ message, hint })) })));
    printJson({ ...outcome, ...files, sources, servers: rowsByName, problems, warnings, next_commands: next }, pretty === true);
    return;
  }
  printTable(
    ['Server', 'Obstacle', 'Hint'],
    servers.flatMap(({ name, obstacles }) =>
      obstacles.length === 0 ? [[name, 'none', '']] : obstacles.map(({ message, hint }) => [name, message, hint]),
    ),
  );
  printSkippedEntries(list);
}

// A disabled server is as the user wants it, whatever else is wrong with it.
function doctorFailure(
  entries: readonly ServerEntry[],
  servers: readonly { readonly name: string; readonly obstacles: readonly ServerFinding[] }[],
  problems: ServerList['problems'],
): ErrorDetail | null {
  const enabled = servers.filter((_row, index) => entries[index]?.server.enabled === true);
  const [first] = enabled.flatMap(({ name, obstacles }) => obstacles.map((obstacle) => ({ name, ...obstacle })));
  if (first !== undefined)
    return new KosmoError(first.code, `MCP server '${first.name}' cannot be used: ${first.message}.`, { hint: first.hint }).toJSON();
  const [problem] = problems;
  if (problem === undefined) return null;
  const { path, line, server, message } = problem;
  const place = line === undefined ? path : `${path}:${line}`;
  const subject = server === null ? `${place} cannot be read` : `MCP server '${server}' of ${place} cannot be used`;
  return new KosmoError('INVALID_CONFIGURATION', `${subject}: ${message}.`, { hint: 'fix the file' }).toJSON();
}

function describeAll(context: CommandContext, entries: readonly ServerEntry[], policy: Policy): Promise<ServerDescription[]> {
  return Promise.all(entries.map((entry) => describeServer(entry, policy, context.env)));
}

function byName<Row extends { readonly name: string }>(rows: readonly Row[]): Readonly<Record<string, Row>> {
  return Object.fromEntries(rows.map((row) => [row.name, row]));
}

function yesNo(value: boolean): string {
  return value ? 'yes' : 'no';
}
