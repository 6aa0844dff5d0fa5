import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import { KosmoError } from '../../../errors/index.ts';
import {
  hasServers,
  importableFiles,
  importServers,
  mainFile,
  readForeignEntries,
  readServerFile,
  readServers,
} from '../../../mcp-client/index.ts';
import { homeOf } from '../../../platform/home-folder.ts';
import { shorten } from '../../../schema/index.ts';
import type { CommandContext } from '../../context.ts';
import { addJsonOptions } from '../../options/json.ts';
import { addScope, type JsonOptions, printDone, type ScopeOptions, scopeFrom } from '../../options/mcp-scope.ts';
import { usage } from '../../options/parse-values.ts';
import { isInteractive } from '../../terminal/capabilities.ts';
import { printNote } from '../../terminal/output.ts';
import { openTerminalPrompt } from '../../terminal/prompt.ts';
import { visibleLine } from '../../terminal/visible-text.ts';

interface ImportOptions extends JsonOptions, ScopeOptions {
  readonly replace?: true;
}

const EXAMPLES = `
Examples:
  kosmo mcp:import
  kosmo mcp:import .cursor/mcp.json --global`;

/** `kosmo mcp:import`: copies the MCP servers of another program's file. */
export function addMcpImportCommand(program: Command, context: CommandContext): void {
  const command = program
    .command('mcp:import')
    .description('import MCP servers from a file')
    .argument('[file]', 'without it kosmo lists the files of editors, and asks');
  addScope(addJsonOptions(command))
    .option('--replace', 'also those that are there already')
    .addHelpText('after', EXAMPLES)
    .action((file: string | undefined, options: ImportOptions) => importServersOf(context, file, options));
}

async function importServersOf(context: CommandContext, file: string | undefined, options: ImportOptions): Promise<void> {
  if (file !== undefined) return importFile(context, file, options);
  for (const chosen of await chooseFiles(context, options)) await importFile(context, chosen, options);
}

async function importFile(context: CommandContext, file: string, options: ImportOptions): Promise<void> {
  const { env, folder } = context;
  const scope = scopeFrom(options) ?? 'project';
  if (!existsSync(file)) throw usage(`File not found: ${file}`, `a path begins in the folder that you are in, ${context.folder}`);
  const content = await readServerFile(path.resolve(folder, file));
  const { problem } = content;
  if (problem !== undefined) {
    const place = problem.line === undefined ? file : `${file}:${problem.line}`;
    throw new KosmoError('INVALID_ARGUMENTS', `${place} cannot be imported: ${problem.message}.`);
  }
  if (!hasServers(content)) {
    const members = Object.keys(content.root ?? {});
    throw new KosmoError('INVALID_ARGUMENTS', `${file} has no mcpServers or servers object.`, {
      hint: `${members.length === 0 ? 'it is empty' : `it has ${shorten(members.join(', '))}`}; kosmo also reads mcp, mcp.servers, mcp_servers in TOML, and entries alone`,
    });
  }
  const { projectFolder } = await readServers({ env, folder });
  const { entries, skipped: others } = readForeignEntries(path.resolve(folder, file), content, [projectFolder, folder]);
  const target = mainFile(env, projectFolder, scope);
  const { imported, skipped, warnings } = await importServers(entries, target, options.replace === true);
  const sentence = imported.length === 0 ? `nothing was imported from ${file}` : `${imported.join(', ')} imported into ${target.path}`;
  const left = [...skipped, ...others];
  printDone({ imported, skipped: left, warnings, path: target.path, scope }, sentence, options);
  for (const { server, message } of left) printNote(`${server} was skipped: ${message}`);
  for (const { server, message } of warnings) printNote(`${server}: ${message}`);
}

// Asks on a terminal which of the files that exist to import.
async function chooseFiles(context: CommandContext, { json }: ImportOptions): Promise<readonly string[]> {
  const { env, folder } = context;
  const { projectFolder } = await readServers({ env, folder });
  const files = importableFiles(homeOf(env) ?? folder, env, projectFolder).filter(({ path: file }) => existsSync(file));
  const read = await Promise.all(files.map(async (file) => ({ ...file, content: await readServerFile(file.path) })));
  const found = read
    .filter(({ content }) => content.problem !== undefined || hasServers(content))
    .map(({ title, path: file, content }) => {
      const { entries } = readForeignEntries(file, content, [projectFolder, folder]);
      const names = Object.keys(entries);
      return { title, file, servers: content.problem?.message ?? (names.length === 0 ? 'no servers for this project' : names.join(', ')) };
    });
  if (found.length === 0) throw usage('give a file: kosmo found no file of a known editor', 'kosmo mcp:import <file>');
  const list = found
    .map(({ title, file, servers }, index) => `  ${index + 1}  ${file} (${title}): ${visibleLine(shorten(servers))}`)
    .join('\n');
  const prompt = json !== true && isInteractive() ? openTerminalPrompt() : undefined;
  if (prompt === undefined) {
    throw new KosmoError('USAGE', 'Give the file to import.', {
      hint: `kosmo found ${found.map(({ file }) => file).join(', ')}`,
      details: { files: found.map(({ file }) => file) },
    });
  }
  context.stderr.write(`${list}\n`);
  const answer = (await prompt('Import which? [number, all, or Enter for none] ', context.signal))?.trim() ?? '';
  if (answer === 'all') return found.map(({ file }) => file);
  const numbers = answer.split(/[\s,]+/).filter((word) => word !== '');
  const chosen = numbers.map((number) => found[Number(number) - 1]?.file);
  if (chosen.includes(undefined)) throw usage(`'${answer}' is not a number of the list; nothing was imported`);
  if (chosen.length === 0) printNote('nothing was imported');
  return chosen as readonly string[];
}
