import type { Command } from 'commander';
import { type ConfigLocation, readConfig } from '../../../config/index.ts';
import { KosmoError } from '../../../errors/index.ts';
import { isObject } from '../../../json/index.ts';
import { findServer, logIn, readServers } from '../../../mcp-client/index.ts';
import type { CommandContext } from '../../context.ts';
import { addJsonOptions } from '../../options/json.ts';
import { type JsonOptions, printDone } from '../../options/mcp-scope.ts';
import { isInteractive } from '../../terminal/capabilities.ts';
import { escapeControlCharacters } from '../../terminal/visible-text.ts';

interface LoginCommandOptions extends JsonOptions {
  readonly always?: boolean;
}

const EXAMPLES = `
Examples:
  kosmo mcp:login github
  kosmo mcp:login github --always`;

/** `kosmo mcp:login`: an OAuth login in the browser of the user. */
export function addMcpLoginCommand(program: Command, context: CommandContext): void {
  addJsonOptions(program.command('mcp:login').description('log in to an MCP server in a browser').argument('<server>'))
    .option('--always', 'log in even if the server lists its tools without a login')
    .addHelpText('after', EXAMPLES)
    .action((name: string, options: LoginCommandOptions) => logInTo(context, name, options));
}

async function logInTo(context: CommandContext, name: string, { always = false, ...format }: LoginCommandOptions): Promise<void> {
  const { env, folder } = context;
  const entry = findServer(await readServers({ env, folder }), name);
  if (!isInteractive()) {
    throw new KosmoError('NOT_CONFIGURED', `A login to MCP server '${name}' needs a terminal.`, {
      hint: `run kosmo mcp:login ${name} on a terminal, as the same user; the tokens are kept for later runs`,
    });
  }
  const show = (url: string): void =>
    void context.stderr.write(`Open this address in a browser on this machine, and log in there:\n\n  ${escapeControlCharacters(url)}\n\n`);
  const clientMetadataUrl = await readClientMetadataUrl(context.location);
  const done = await logIn(entry, { env, show, signal: context.signal, always, clientMetadataUrl });
  printDone(
    { server: name, logged_in: true },
    done ? `you are logged in to ${name}` : `${name} needs no login now; kosmo mcp:login ${name} --always logs in all the same`,
    format,
  );
}

// A project cannot choose the client: the document decides where authorization servers send the user's codes.
async function readClientMetadataUrl(place: ConfigLocation): Promise<string | undefined> {
  const layer = (await readConfig(place)).layers.find(({ scope }) => scope === 'user');
  const value = isObject(layer?.values.oauth) ? layer.values.oauth.clientMetadataUrl : undefined;
  if (value === undefined || value === null) return undefined;
  const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined;
  if (url?.protocol === 'https:' && url.pathname !== '/') return String(value);
  throw new KosmoError('INVALID_CONFIGURATION', `kosmo.oauth.clientMetadataUrl in ${layer?.file} is not an https URL with a path.`, {
    hint: 'write the URL of your client metadata document, such as https://example.com/kosmo.json',
  });
}
