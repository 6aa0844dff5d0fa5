import type { Command } from 'commander';
import type { JsonValue } from '../../json/index.ts';
import type { createHost } from '../../runtime/index.ts';
import { runAndReport, wrapData } from '../call/report.ts';
import type { CommandContext } from '../context.ts';
import { addDirectServer, takeDirectServer } from '../options/direct-server.ts';
import { addJsonOptions } from '../options/json.ts';
import { usage } from '../options/parse-values.ts';
import { addAllowFlag } from '../options/policy.ts';

/** Adds the options of a command that reads from an MCP server, and may take its address in place of a name. */
export function addServerOptions(command: Command): Command {
  return addDirectServer(addJsonOptions(command));
}

/** The same for a command that the policy decides about. */
export function addPolicedServerOptions(command: Command): Command {
  return addAllowFlag(
    addServerOptions(command)
      .option('--timeout <seconds>', 'wall time in seconds, the start of the server included')
      .option('--force', 'allow it without asking, denied or not'),
  );
}

/** A word that must be there. Throws `USAGE`. */
export function requireWord(word: string | undefined, name: string): string {
  if (word === undefined) throw usage(`missing required argument '${name}'`);
  return word;
}

const FEATURES = { resources: 'resources', resource: 'readResource', prompts: 'prompts' } as const;

/** Makes a command print what a server has: its resources, one of them, or its prompts. `words` are the names of the arguments. */
export function readFeature(command: Command, context: CommandContext, feature: keyof typeof FEATURES, words: readonly string[]): void {
  for (const word of words) command.argument(`[${word}]`);
  command.action(async () => {
    const given = takeDirectServer(command, context, command.args);
    if (given.length > words.length) throw usage(`too many arguments for '${command.name()}'`);
    const server = requireWord(given[0], 'server');
    const uri = words.length > 1 ? requireWord(given[1], 'uri') : undefined;
    const args: Readonly<Record<string, JsonValue>> = uri === undefined ? {} : { uri };
    const prepare = async (host: Awaited<ReturnType<typeof createHost>>) => (options: Parameters<typeof host.mcp.callFeature>[3]) =>
      host.mcp.callFeature(server, FEATURES[feature], args, options);
    await runAndReport(command, context, { name: server, prepare, form: wrapData(feature) });
  });
}
