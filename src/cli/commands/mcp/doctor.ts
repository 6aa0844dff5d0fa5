import type { Command } from 'commander';
import { openSecretStore } from '../../../credentials/index.ts';
import { type ErrorDetail, KosmoError } from '../../../errors/index.ts';
import type { ServerEntry, ServerFinding, ServerList } from '../../../mcp-client/index.ts';
import type { CommandContext } from '../../context.ts';
import { byName, describeServers, readServerView, type ServerView } from '../../mcp/server-view.ts';
import { addJsonOptions } from '../../options/json.ts';
import { type JsonOptions, printSkippedEntries } from '../../options/mcp-scope.ts';
import { exitCodeOf, printJson, printTable } from '../../terminal/output.ts';

const EXAMPLES = `
Examples:
  kosmo mcp:doctor
  kosmo mcp:doctor --json`;

/** `kosmo mcp:doctor`: what keeps MCP servers from being used. Starts none. */
export function addMcpDoctorCommand(program: Command, context: CommandContext): void {
  addJsonOptions(program.command('mcp:doctor').description('check MCP servers and suggest fixes'))
    .addHelpText('after', EXAMPLES)
    .action(async (options: JsonOptions) => showDoctor(context, await readServerView(context), options));
}

async function showDoctor(context: CommandContext, { list, policy }: ServerView, { json, pretty }: JsonOptions): Promise<void> {
  const { env } = context;
  const { diagnose, mainFile } = await import('../../../mcp-client/index.ts');
  const secrets = await openSecretStore({ env }).keys('mcp.');
  const entries = [...list.effective.values()];
  const rows = await describeServers(context, entries, policy);
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
