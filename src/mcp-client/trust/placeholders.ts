import { KosmoError, mayBeSecretName, rememberSecret } from '../../errors/index.ts';
import { isOwn } from '../config/files.ts';
import { isWebAddress, type McpServer } from '../config/server-entry.ts';
import type { ServerEntry } from '../config/servers.ts';
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
    };

export interface PlaceholderSources {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The store of secrets; keys are such as `mcp.github.env.GITHUB_TOKEN`. */
  readonly secrets: { readonly get: (key: string) => Promise<string | undefined> };
}

/** What a placeholder stands for. */
export type Reference =
  | { readonly kind: 'secret'; readonly key: string }
  | { readonly kind: 'variable'; readonly name: string; readonly fallback: string | undefined }
  | { readonly kind: 'folder' }
  | { readonly kind: 'unknown'; readonly text: string };

const PLACEHOLDER = /\$\{[^}]*\}|@secret:mcp\.[\w./-]*[\w/-]/g;
const VARIABLE = /^(?:env:)?([A-Za-z_]\w*)(?::-(.*))?$/s;

/** `$TOKEN` alone; within a longer text a dollar is a dollar. */
const BARE_VARIABLE = /^\$([A-Za-z_]\w*)$/;

/**
 * Fills in `${VAR}`, `${VAR:-default}`, `${env:VAR}`, `${KOSMO_SECRET:mcp.<server>.<key>}`, `@secret:mcp.<server>.<key>` and
 * `${workspaceFolder}` wherever they stand in args, env, headers and url, and gives a process its environment. Throws
 * `INVALID_CONFIGURATION` for what a server may not have, `NOT_CONFIGURED` for what is not set; then nothing was started.
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
    return { transport: server.transport, name, timeout, url, headers: await fillRecord(server.headers, 'headers', fill) };
  }
  return {
    transport: 'stdio',
    name,
    timeout,
    command: launch?.command ?? server.command,
    args: await Promise.all(server.args.map((text, index) => fill(`args[${index}]`, text))),
    env: serverEnvironment(sources.env, await fillRecord(server.env, 'env', fill)),
    cwd: launch?.cwd ?? process.cwd(),
  };
}

/** The secrets and variables that a server names, wherever they stand. */
export function referencesOf(server: McpServer): readonly Reference[] {
  const texts =
    server.transport === 'stdio' ? [...server.args, ...Object.values(server.env)] : [server.url, ...Object.values(server.headers)];
  return texts.flatMap((text) => (BARE_VARIABLE.test(text) ? [text] : (text.match(PLACEHOLDER) ?? []))).map(parseReference);
}

/** Why a server may not have what a placeholder stands for; undefined where it may. */
export function refusalOf({ server, source }: ServerEntry, reference: Reference, env: PlaceholderSources['env']): KosmoError | undefined {
  if (reference.kind === 'secret' && !reference.key.startsWith(`mcp.${server.name}.`)) {
    return new KosmoError('INVALID_CONFIGURATION', `The secret '${reference.key}' is not one of MCP server '${server.name}'.`, {
      hint: `a server gets its own secrets only: kosmo mcp:secret:set ${server.name} <key>`,
    });
  }
  // What the user's own file names, the user named.
  if (reference.kind !== 'variable' || isOwn(source) || isAllowedVariable(reference.name, env)) return undefined;
  return new KosmoError(
    'INVALID_CONFIGURATION',
    `MCP env reference '${reference.name}' is not allowed for project server '${server.name}'.`,
    {
      hint: `add it to KOSMO_MCP_ALLOWED_ENV, or store the value with kosmo mcp:secret:set ${server.name} env.${reference.name}`,
    },
  );
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
  if (BARE_VARIABLE.test(text)) return lookUp(entry, where, text, sources);
  const found = text.match(PLACEHOLDER) ?? [];
  const values = await Promise.all(found.map((placeholder) => lookUp(entry, where, placeholder, sources)));
  let next = 0;
  return text.replaceAll(PLACEHOLDER, () => values[next++] ?? '');
}

async function lookUp(entry: ServerEntry, where: string, placeholder: string, { env, secrets }: PlaceholderSources): Promise<string> {
  const reference = parseReference(placeholder);
  const refusal = refusalOf(entry, reference, env);
  if (refusal !== undefined) throw refusal;
  const { name } = entry.server;
  if (reference.kind === 'folder') return entry.projectFolder;
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
  const value = blankIsUnset(env[reference.name]) ?? reference.fallback;
  if (value === undefined) throw notSet(`the variable ${reference.name}`, name, where, `set ${reference.name} in the environment`);
  if (mayBeSecretName(reference.name) || mayBeSecretName(where)) remember(value);
  return value;
}

function parseReference(placeholder: string): Reference {
  if (placeholder.startsWith('@secret:')) return { kind: 'secret', key: placeholder.slice('@secret:'.length) };
  const [, bare] = BARE_VARIABLE.exec(placeholder) ?? [];
  if (bare !== undefined) return { kind: 'variable', name: bare, fallback: undefined };
  const inside = placeholder.slice(2, -1);
  if (inside.startsWith('KOSMO_SECRET:')) return { kind: 'secret', key: inside.slice('KOSMO_SECRET:'.length) };
  if (inside === 'workspaceFolder') return { kind: 'folder' };
  const [, name, fallback] = VARIABLE.exec(inside) ?? [];
  return name === undefined ? { kind: 'unknown', text: placeholder } : { kind: 'variable', name, fallback };
}

function isAllowedVariable(name: string, env: PlaceholderSources['env']): boolean {
  if (name.startsWith('KOSMO_MCP_')) return true;
  return (env.KOSMO_MCP_ALLOWED_ENV ?? '').split(/[\s,]+/).includes(name);
}

// As the shell's own ${VAR:-default} has it.
function blankIsUnset(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
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
