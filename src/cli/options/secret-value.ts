import type { SecretStore } from '../../credentials/index.ts';
import { checkServerName } from '../../mcp-client/index.ts';
import { integrationSummaries } from '../../runtime/index.ts';
import { suggest } from '../../schema/index.ts';
import type { CommandContext } from '../context.ts';
import { isInteractive } from '../terminal/capabilities.ts';
import { openTerminalPrompt } from '../terminal/prompt.ts';
import { readStdin, usage } from './parse-values.ts';

/**
 * The key of a secret that kosmo reads: `integration.agora.accounts.default.customer_secret`, or `mcp.github.token` of an MCP server. Throws
 * `USAGE` with close names.
 */
export function secretKey(given: string): string {
  const key = given.trim().replace(/^integrations\./, 'integration.');
  const [, server = '', name = ''] = /^mcp\.([^.]*)\.(.*)$/s.exec(key) ?? [];
  if (server !== '') {
    checkServerName(server);
    if (/^\w[\w./-]*$/.test(name) && !name.endsWith('.')) return key;
    throw usage(`a key of an MCP server has letters, digits, _, -, / and dots, not '${name}'`, `for example mcp.${server}.token`);
  }
  const [, id = '', account = '', field = ''] = /^integration\.([^.]+)\.accounts\.([a-z][a-z0-9_]*)\.([^.]+)$/.exec(key) ?? [];
  const secrets = integrationSummaries.flatMap((owner) =>
    owner.credentials.filter(({ secret }) => secret).map((each) => `integration.${owner.id}.accounts.${account || 'default'}.${each.name}`),
  );
  if (secrets.includes(key)) return key;
  const known = integrationSummaries.find((owner) => owner.id === id)?.credentials.find(({ name: other }) => other === field);
  if (known !== undefined) throw usage(`${field} is not a secret`, `kosmo config:set integrations.${id}.accounts.${account}.${field} …`);
  const [close = secrets[0]] = suggest(key, secrets, 1);
  throw usage(`there is no secret '${given}'`, `write it as ${close ?? 'mcp.github.token'}, or as mcp.github.token for an MCP server`);
}

export interface SecretSource {
  readonly stdin?: true;
  readonly env?: string;
}

/** Reads the value of a secret from stdin, a variable or the prompt, never from the command line. Throws `USAGE` for an empty one. */
export async function readSecretValue(context: CommandContext, key: string, { stdin, env }: SecretSource): Promise<string> {
  if (stdin === true && env !== undefined) throw usage('give one value: with --stdin, or with --env VARIABLE');
  const value = (env === undefined ? await readGiven(context, key, stdin === true) : fromEnvironment(context, env)).trim();
  if (value === '') throw usage('the value is empty; nothing was stored', `kosmo secrets:unset ${key}`);
  return value;
}

/** Whether a secret of this key is stored. */
export async function isStored(store: SecretStore, key: string): Promise<boolean> {
  return (await store.keys(key)).includes(key);
}

async function readGiven(context: CommandContext, key: string, fromStdin: boolean): Promise<string> {
  if (fromStdin) return (await readStdin()).toString('utf8');
  const prompt = isInteractive() ? openTerminalPrompt() : undefined;
  if (prompt === undefined)
    throw usage('give the value with --stdin, or with --env VARIABLE', `printf %s "$VALUE" | kosmo secrets:set ${key} --stdin`);
  return (await prompt(`${key}: `, context.signal, true)) ?? '';
}

function fromEnvironment(context: CommandContext, variable: string): string {
  const { [variable]: value = '' } = context.env;
  if (value === '') throw usage(`the environment has no ${variable}`);
  return value;
}
