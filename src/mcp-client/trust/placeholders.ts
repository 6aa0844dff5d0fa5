import { KosmoError, mayBeSecretName, rememberSecret } from '../../errors/index.ts';
import { isWebAddress, type OAuthSettings } from '../config/server-entry.ts';
import type { ServerEntry } from '../config/servers.ts';
import { readEnvFile } from './env-file.ts';
import { folderProblem } from './find-program.ts';
import { parseReference, placeholdersIn, referenceValue, refusalOf, replacePlaceholders } from './references.ts';
import { serverEnvironment } from './server-environment.ts';
import type { TrustedServer } from './trust.ts';

/** A server with every value filled in: what is started, or connected to. Holds secrets. */
export type ResolvedServer =
  | {
      readonly transport: 'stdio';
      readonly name: string;
      readonly timeout: number;
      /** An absolute path, as trusted. */
      readonly command: string;
      readonly args: readonly string[];
      /** The whole environment of the process. */
      readonly env: Readonly<Record<string, string>>;
      readonly cwd: string;
    }
  | {
      readonly transport: 'http' | 'sse';
      readonly name: string;
      readonly timeout: number;
      readonly url: string;
      readonly headers: Readonly<Record<string, string>>;
      /** The client that the user registered with the authorization server. */
      readonly oauth?: OAuthSettings | undefined;
    };

/** A server that is reached by HTTP, with every value filled in. */
export type HttpTarget = Extract<ResolvedServer, { readonly url: string }>;

export interface PlaceholderSources {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The store of secrets; keys are such as `mcp.github.env.GITHUB_TOKEN`. */
  readonly secrets: { readonly get: (key: string) => Promise<string | undefined> };
}

/**
 * Fills in `${VAR}`, `${VAR:-default}`, `${env:VAR}`, `${KOSMO_SECRET:mcp.<server>.<key>}`, `@secret:mcp.<server>.<key>` and
 * `${workspaceFolder}` wherever they stand in args, env, headers and url, and gives a process its environment: the variables of `envFile`,
 * then `env`. Throws `INVALID_CONFIGURATION` for what a server may not have, `NOT_CONFIGURED` for what is not set; then nothing was started.
 */
export async function resolvePlaceholders({ entry, launch }: TrustedServer, sources: PlaceholderSources): Promise<ResolvedServer> {
  const { server } = entry;
  const { name, timeout } = server;
  const fill = (where: string, text: string): Promise<string> => fillIn(entry, where, text, sources);
  if (server.transport !== 'stdio') {
    const url = await fill('url', server.url);
    if (!isWebAddress(url)) {
      throw new KosmoError(
        'INVALID_CONFIGURATION',
        `The url of MCP server '${name}' is not an http or https URL after its placeholders were replaced.`,
        {
          hint: `it is written as ${server.url}`,
        },
      );
    }
    const oauth = await fillOAuth(entry, server.oauth, sources);
    return { transport: server.transport, name, timeout, url, headers: await fillRecord(server.headers, 'headers', fill), oauth };
  }
  const cwd = launch?.cwd ?? process.cwd();
  const problem = folderProblem(name, cwd);
  if (problem !== undefined) throw problem.error;
  const fromFile = launch?.envFile === undefined ? {} : await readEnvFile(name, launch.envFile);
  return {
    transport: 'stdio',
    name,
    timeout,
    command: launch?.command ?? server.command,
    args: await Promise.all(server.args.map((text, index) => fill(`args[${index}]`, text))),
    env: serverEnvironment(sources.env, { ...fromFile, ...(await fillRecord(server.env, 'env', fill)) }),
    cwd,
  };
}

// The secret of a client is in the store, unless the entry of another program has it.
async function fillOAuth(
  entry: ServerEntry,
  oauth: OAuthSettings | undefined,
  sources: PlaceholderSources,
): Promise<OAuthSettings | undefined> {
  if (oauth?.clientId === undefined) return oauth;
  const clientId = await fillIn(entry, 'oauth.clientId', oauth.clientId, sources);
  const clientSecret =
    oauth.clientSecret === undefined
      ? await sources.secrets.get(`mcp.${entry.server.name}.client_secret`)
      : await fillIn(entry, 'oauth.clientSecret', oauth.clientSecret, sources);
  if (clientSecret !== undefined) remember(clientSecret);
  return { ...oauth, clientId, clientSecret };
}

async function fillRecord(
  texts: Readonly<Record<string, string>>,
  field: string,
  fill: (where: string, text: string) => Promise<string>,
): Promise<Record<string, string>> {
  return Object.fromEntries(
    await Promise.all(Object.entries(texts).map(async ([name, text]) => [name, await fill(`${field}.${name}`, text)] as const)),
  );
}

async function fillIn(entry: ServerEntry, where: string, text: string, sources: PlaceholderSources): Promise<string> {
  const placeholders = placeholdersIn(text);
  return replacePlaceholders(text, await Promise.all(placeholders.map((placeholder) => lookUp(entry, where, placeholder, sources))));
}

async function lookUp(entry: ServerEntry, where: string, placeholder: string, { env, secrets }: PlaceholderSources): Promise<string> {
  const reference = parseReference(placeholder);
  const refusal = refusalOf(entry, reference, env);
  if (refusal !== undefined) throw refusal;
  const { name } = entry.server;
  if (reference.kind === 'unknown') {
    throw new KosmoError('INVALID_CONFIGURATION', `${where} of MCP server '${name}' has the unknown placeholder ${placeholder}.`, {
      hint: `write \${VAR}, or store the value with kosmo mcp:secret:set ${name} <key> and write \${KOSMO_SECRET:mcp.${name}.<key>}`,
    });
  }
  if (reference.kind === 'secret') {
    const value = await secrets.get(reference.key);
    if (value === undefined) throw notSet(`the secret '${reference.key}'`, name, where, secretCommand(name, reference.key));
    remember(value);
    return value;
  }
  const value = referenceValue(reference, entry, env);
  if (reference.kind === 'folder') return value ?? '';
  if (value === undefined) throw notSet(`the variable ${reference.name}`, name, where, `set ${reference.name} in the environment`);
  if (mayBeSecretName(reference.name) || mayBeSecretName(where)) remember(value);
  return value;
}

function remember(value: string): void {
  rememberSecret(value);
  rememberSecret(encodeURIComponent(value));
}

function secretCommand(server: string, key: string): string {
  return `kosmo mcp:secret:set ${server} ${key.slice(`mcp.${server}.`.length)} --stdin`;
}

function notSet(what: string, server: string, where: string, hint: string): KosmoError {
  return new KosmoError('NOT_CONFIGURED', `MCP server '${server}' needs ${what} for ${where}, and it is not set. Nothing was started.`, {
    hint,
  });
}
