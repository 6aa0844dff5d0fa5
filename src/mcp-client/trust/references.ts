import { KosmoError } from '../../errors/index.ts';
import { isOwn } from '../config/files.ts';
import type { McpServer } from '../config/server-entry.ts';
import type { ServerEntry } from '../config/servers.ts';

type Environment = Readonly<Record<string, string | undefined>>;

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

/** The placeholders of a text, in their order. */
export function placeholdersIn(text: string): readonly string[] {
  return BARE_VARIABLE.test(text) ? [text] : (text.match(PLACEHOLDER) ?? []);
}

/** A text with its placeholders replaced, in their order. */
export function replacePlaceholders(text: string, values: readonly string[]): string {
  if (BARE_VARIABLE.test(text)) return values[0] ?? '';
  let next = 0;
  return text.replaceAll(PLACEHOLDER, () => values[next++] ?? '');
}

/** The secrets and variables that a server names in its arguments, variables, headers and address. */
export function referencesOf(server: McpServer): readonly Reference[] {
  const texts =
    server.transport === 'stdio' ? [...server.args, ...Object.values(server.env)] : [server.url, ...Object.values(server.headers)];
  return texts.flatMap(placeholdersIn).map(parseReference);
}

export function parseReference(placeholder: string): Reference {
  if (placeholder.startsWith('@secret:')) return { kind: 'secret', key: placeholder.slice('@secret:'.length) };
  const [, bare] = BARE_VARIABLE.exec(placeholder) ?? [];
  if (bare !== undefined) return { kind: 'variable', name: bare, fallback: undefined };
  const inside = placeholder.slice(2, -1);
  if (inside.startsWith('KOSMO_SECRET:')) return { kind: 'secret', key: inside.slice('KOSMO_SECRET:'.length) };
  if (inside === 'workspaceFolder') return { kind: 'folder' };
  const [, name, fallback] = VARIABLE.exec(inside) ?? [];
  return name === undefined ? { kind: 'unknown', text: placeholder } : { kind: 'variable', name, fallback };
}

/** Why a server may not have what a placeholder stands for; undefined where it may. */
export function refusalOf({ server, source }: ServerEntry, reference: Reference, env: Environment): KosmoError | undefined {
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

/** The value of a variable or folder, undefined if it is not set. An empty variable is not set, as in the shell's own `${VAR:-default}`. */
export function referenceValue(
  reference: Extract<Reference, { readonly kind: 'variable' | 'folder' }>,
  { projectFolder }: ServerEntry,
  env: Environment,
): string | undefined {
  if (reference.kind === 'folder') return projectFolder;
  const value = env[reference.name];
  return value === undefined || value === '' ? reference.fallback : value;
}

function isAllowedVariable(name: string, env: Environment): boolean {
  if (name.startsWith('KOSMO_MCP_')) return true;
  return (env.KOSMO_MCP_ALLOWED_ENV ?? '').split(/[\s,]+/).includes(name);
}
