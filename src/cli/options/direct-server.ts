import type { Command } from 'commander';
import { splitLine } from '../completion/shell-words.ts';
import type { CommandContext } from '../context.ts';
import { usage } from './parse-values.ts';
import { collect, isAddress, parseHeader, parseVariable } from './server-fields.ts';

/** The name of a server that no file names, in scripts and in rules of the policy. */
export const DIRECT_SERVER = 'direct';

interface DirectOptions {
  readonly stdio?: string;
  readonly url?: string;
  readonly header?: readonly string[];
  readonly env?: readonly string[];
}

/** Adds the options of a server that no file names. */
export function addDirectServer(command: Command): Command {
  return command
    .option('--stdio <command>', 'use a server without configuration: the program that kosmo starts, as one text')
    .option('--url <address>', 'use a server without configuration: its address')
    .option('--header <name: value>', 'a header of its requests (may be repeated)', collect)
    .option('--env <NAME[=value]>', 'a variable of its program; without a value that of the environment (may be repeated)', collect);
}

/** Options behind the name of a tool that are parameters of the tool, since no server is given without configuration. */
export function toolFlags(command: Command, [first]: readonly string[]): readonly string[] {
  const { stdio, url } = command.opts<DirectOptions>();
  const isDirect = stdio !== undefined || url !== undefined || isAddress(first);
  return isDirect ? ['--stdio', '--url'] : ['--stdio', '--url', '--header', '--env'];
}

/**
 * Gives the host of this command line the server that the options or the first word name, and returns the words with the name of that server
 * before them. Words of a configured server come back unchanged. Throws `USAGE`.
 */
export function takeDirectServer(command: Command, context: CommandContext, words: readonly string[]): readonly string[] {
  const { stdio, url, header = [], env = [] } = command.opts<DirectOptions>();
  const [first, ...others] = words;
  const isWord = stdio === undefined && url === undefined && isAddress(first);
  const address = isWord ? first : url;
  if (stdio !== undefined && address !== undefined) throw usage('--stdio and --url exclude each other');
  if (stdio === undefined && address === undefined) {
    const option = header.length > 0 ? '--header' : env.length > 0 ? '--env' : undefined;
    if (option !== undefined)
      throw usage(
        `${option} is for a server without configuration`,
        'give --stdio or --url as well, or change the entry with kosmo mcp:add',
      );
    return words;
  }
  context.directServers = { [DIRECT_SERVER]: stdio === undefined ? httpEntry(address ?? '', header, env) : stdioEntry(stdio, header, env) };
  return [DIRECT_SERVER, ...(isWord ? others : words)];
}

function httpEntry(url: string, header: readonly string[], env: readonly string[]): Readonly<Record<string, unknown>> {
  if (!isAddress(url) || !URL.canParse(url)) throw usage(`--url takes an http or https address, not '${url}'`);
  if (env.length > 0) throw usage('--env is for a program; an address has headers', "write --header 'Name: value'");
  return { url, headers: Object.fromEntries(header.map(parseHeader)) };
}

function stdioEntry(line: string, header: readonly string[], env: readonly string[]): Readonly<Record<string, unknown>> {
  if (header.length > 0) throw usage('--header is for an address; a program has variables', 'write --env NAME=value');
  const [command, ...args] = splitCommand(line);
  if (command === undefined)
    throw usage('--stdio takes the command of a server', 'for example --stdio "npx -y @modelcontextprotocol/server-everything"');
  return { command, args, env: Object.fromEntries(env.map(parseVariable)) };
}

/** What a shell would act on, as a word of its own. */
const OPERATORS = new Set(['|', '||', '&', '&&', ';', '>', '>>', '<', '2>', '2>&1']);

// As a shell splits it. No shell runs, so nothing is expanded except kosmo's placeholders.
function splitCommand(line: string): readonly string[] {
  const { words, start, quote } = splitLine(line);
  if (quote !== '') throw usage(`--stdio has an open ${quote} in: ${line}`);
  const complete = start === line.length ? words.slice(0, -1) : words;
  const operator = complete.find((word) => OPERATORS.has(word));
  if (operator !== undefined)
    throw usage(`--stdio starts a program without a shell, so ${operator} has no effect`, 'for a shell, write --stdio "sh -c \'…\'"');
  return complete;
}
