import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import { KosmoError } from '../../../errors/index.ts';
import { importServers, mainFile, readServerFile, readServers, toExportedServer, withoutSecrets } from '../../../mcp-client/index.ts';
import type { CommandContext } from '../../context.ts';
import { addJsonOptions } from '../../options/json.ts';
import { addScope, type JsonOptions, printDone, printSkippedEntries, type ScopeOptions, scopeFrom } from '../../options/mcp-scope.ts';
import { usage } from '../../options/parse-values.ts';
import { printJson, printNote, printValue } from '../../terminal/output.ts';

const SCHEMA_OF_FORMAT: Readonly<Record<string, 'mcpServers' | 'servers'>> = { mcpServers: 'mcpServers', vscode: 'servers' };

/** The commands that carry MCP servers from file to file, and show how to write them: `mcp:import`, `mcp:export`, `mcp:examples`. */
export function addMcpTransferCommands(program: Command, context: CommandContext): void {
  addScope(addJsonOptions(program.command('mcp:import').description('import MCP servers from a file').argument('<file>')))
    .option('--replace', 'also those that are there already')
    .action((file: string, options: JsonOptions & ScopeOptions & { readonly replace?: true }) => importFile(context, file, options));
  addJsonOptions(program.command('mcp:export').description('print MCP servers for another program'))
    .option('--format <format>', 'mcpServers or vscode', 'mcpServers')
    .option('--path <file>', 'write a new file instead')
    .action((options: JsonOptions & { readonly format: string; readonly path?: string }) => exportServers(context, options));
  addJsonOptions(program.command('mcp:examples').description('show example commands')).action(showExamples);
}

async function importFile(
  context: CommandContext,
  file: string,
  options: JsonOptions & ScopeOptions & { readonly replace?: true },
): Promise<void> {
  const { env, folder } = context;
  const scope = scopeFrom(options) ?? 'project';
  if (!existsSync(file)) throw usage(`File not found: ${file}`, `a path begins in the folder that you are in, ${context.folder}`);
  const { schema, entries, problem } = await readServerFile(path.resolve(file));
  if (problem !== undefined) {
    const place = problem.line === undefined ? file : `${file}:${problem.line}`;
    throw new KosmoError('INVALID_ARGUMENTS', `${place} cannot be imported: ${problem.message}.`);
  }
  if (schema === null) throw new KosmoError('INVALID_ARGUMENTS', `${file} has no mcpServers or servers object.`);
  const target = mainFile(env, (await readServers({ env, folder })).projectFolder, scope);
  const { imported, skipped } = await importServers(entries, target, options.replace === true);
  const sentence = imported.length === 0 ? 'nothing was imported' : `${imported.join(', ')} imported into ${target.path}`;
  printDone({ imported, skipped, path: target.path, scope }, sentence, options);
  for (const { server, message } of skipped) printNote(`${server} was skipped: ${message}`);
}

async function exportServers(
  context: CommandContext,
  { format, path: file, ...output }: JsonOptions & { readonly format: string; readonly path?: string },
): Promise<void> {
  const schema = Object.hasOwn(SCHEMA_OF_FORMAT, format) ? SCHEMA_OF_FORMAT[format] : undefined;
  if (schema === undefined) throw usage(`--format takes mcpServers or vscode, not '${format}'`);
  const list = await readServers(context);
  const safe = [...list.effective.values()].map(({ server }) => withoutSecrets(server));
  const servers = safe.map(({ server }) => [
    server.name,
    { ...(schema === 'servers' ? { type: server.transport } : {}), ...toExportedServer(server) },
  ]);
  const config = { [schema]: Object.fromEntries(servers) as Record<string, never> };
  if (file !== undefined) writeNew(file, `${JSON.stringify(config, null, 2)}\n`);
  if (output.json === true) printJson({ success: true, path: file ?? null, config }, output.pretty === true);
  else if (file === undefined) printValue(config);
  for (const { server, hidden } of safe) {
    for (const key of hidden) printNote(`${server.name}: what stood in ${key} is left out; it looks like a secret`);
  }
  printSkippedEntries(list);
}

function writeNew(file: string, text: string): void {
  try {
    writeFileSync(file, text, { flag: 'wx' });
  } catch (thrown) {
    const { code, message } = thrown as NodeJS.ErrnoException;
    throw usage(code === 'EEXIST' ? `${file} is there already` : `${file} cannot be written: ${message}`, 'give the name of a new file');
  }
}

const STEPS: readonly { readonly title: string; readonly command: string }[] = [
  { title: 'add a program of the project', command: 'kosmo mcp:add files -- npx -y @modelcontextprotocol/server-filesystem .' },
  { title: 'add an address, for all of your projects', command: 'kosmo mcp:add docs https://mcp.example.com/mcp --global' },
  { title: 'keep a token encrypted, and hand it over', command: 'printf %s "$TOKEN" | kosmo mcp:secret:set github token --stdin' },
  {
    title: 'use it in a header',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is how files write it
    command: "kosmo mcp:add github https://api.githubcopilot.com/mcp/ --header 'Authorization: Bearer ${KOSMO_SECRET:mcp.github.token}'",
  },
  { title: 'let what the project brought run', command: 'kosmo mcp:trust files' },
  { title: 'allow reading, and ask before writing', command: 'kosmo mcp:add files --read=allow --write=ask' },
  { title: 'find out why something does not work', command: 'kosmo mcp:doctor' },
  { title: 'call a tool', command: 'kosmo mcp:call files.list_directory --path=.' },
  { title: 'call it from Lua', command: 'kosmo mcp:lua --eval \'dump(app.mcp.files.list_directory({ path = "." }))\'' },
];

function showExamples({ json, pretty }: JsonOptions): void {
  if (json === true) printJson({ success: true, examples: STEPS }, pretty === true);
  else printValue(STEPS.map(({ title, command }) => `# ${title}\n${command}`).join('\n\n'));
}
