import { KosmoError } from '../../errors/index.ts';
import { type OAuthSettings, parseOAuth } from './oauth-settings.ts';
import { respell } from './spellings.ts';

export type { OAuthSettings };

/** What every kind of server has. */
interface ServerBase {
  readonly name: string;
  readonly enabled: boolean;
  /** How long one request may take, in seconds. */
  readonly timeout: number;
  /** The only tools that exist for kosmo; undefined for all of them. */
  readonly includeTools?: readonly string[] | undefined;
  /** Tools that do not exist for kosmo. */
  readonly excludeTools?: readonly string[] | undefined;
  /** Fields of the entry without effect; undefined if all have one. */
  readonly ignored?: readonly string[] | undefined;
}

export interface StdioServer extends ServerBase {
  readonly transport: 'stdio';
  readonly command: string;
  readonly args: readonly string[];
  /** Values as written, placeholders and all. */
  readonly env: Readonly<Record<string, string>>;
  /** As written; null where the entry names none. */
  readonly cwd: string | null;
  /** A file of variables, as written. */
  readonly envFile?: string | undefined;
}

export interface HttpServer extends ServerBase {
  readonly transport: 'http' | 'sse';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly oauth?: OAuthSettings | undefined;
}

/** A server as a file describes it: checked in form, with nothing resolved. */
export type McpServer = StdioServer | HttpServer;

export const DEFAULT_TIMEOUT_SECONDS = 30;

/** What fits a timer of 32-bit milliseconds. */
const MAX_TIMEOUT_SECONDS = 2_147_483;

const TRANSPORTS: Readonly<Record<string, McpServer['transport']>> = {
  stdio: 'stdio',
  http: 'http',
  'streamable-http': 'http',
  streamablehttp: 'http',
  sse: 'sse',
};

/** No dot: `server.tool` is split at the first. No colon: `mcp:<server>` is a command. And no object has a special meaning for any of these. */
const NAME = /^(?=.{1,100}$)[A-Za-z0-9](?:[A-Za-z0-9_/ -]*[A-Za-z0-9_/-])?$/;

/** Whether a server can have this name: letters, digits, `_`, `-`, `/` and spaces, with a letter or digit first. */
export function isServerName(name: string): boolean {
  return NAME.test(name);
}

/** Throws `USAGE` for a name that no server can have. */
export function checkServerName(name: string): void {
  if (isServerName(name)) return;
  throw new KosmoError('USAGE', `'${name}' cannot be the name of an MCP server.`, { hint: NAME_RULE });
}

const NAME_RULE = 'a name has letters, digits, _, -, / and spaces, begins with a letter or digit and is at most 100 characters long';

/** Reads the entry of one server. Throws a `TypeError` whose message says what is wrong with it. */
export function parseServer(name: string, entry: unknown): McpServer {
  if (!isServerName(name)) throw new TypeError(`${luaName(name)} cannot be the name of a server: ${NAME_RULE}`);
  if (!isRecord(entry)) throw new TypeError('it is not an object');
  const { fields, ignored } = respell(entry);
  const { enabled = true, disabled = false, url } = fields;
  const base = {
    name,
    enabled: isOn(enabled) && !isOn(disabled),
    timeout: parseTimeout(fields.timeout),
    includeTools: fields.includeTools as readonly string[] | undefined,
    excludeTools: fields.excludeTools as readonly string[] | undefined,
  };
  const transport = parseTransport(fields.type, url);
  if (transport !== 'stdio') {
    const unused = isSet(fields.envFile) ? [...ignored, 'envFile'] : ignored;
    const headers = textsByName('headers', fields.headers);
    const oauth = parseOAuth(fields.oauth);
    return { ...base, ignored: unlessEmpty(unused), transport, url: checkUrl(textOf('url', url)), headers, ...(oauth && { oauth }) };
  }
  return {
    ...base,
    ignored: unlessEmpty(ignored),
    transport,
    command: textOf('command', fields.command),
    args: textList('args', fields.args),
    env: textsByName('env', fields.env),
    cwd: isSet(fields.cwd) ? textOf('cwd', fields.cwd) : null,
    envFile: isSet(fields.envFile) ? textOf('envFile', fields.envFile) : undefined,
  };
}

/** Whether a tool exists for kosmo. Gemini writes `name(…)` also for a name alone. */
export function isToolOffered({ includeTools, excludeTools }: McpServer, tool: string): boolean {
  const isNamed = (name: string): boolean => name === tool || name.startsWith(`${tool}(`);
  return excludeTools?.some(isNamed) !== true && (includeTools === undefined || includeTools.some(isNamed));
}

export function isStdio(server: McpServer): server is StdioServer {
  return server.transport === 'stdio';
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseTransport(type: unknown, url: unknown): McpServer['transport'] {
  if (!isSet(type)) return isSet(url) ? 'http' : 'stdio';
  const known = typeof type === 'string' && Object.hasOwn(TRANSPORTS, type.toLowerCase()) ? TRANSPORTS[type.toLowerCase()] : undefined;
  if (known === undefined) throw new TypeError(`its type ${luaName(type)} is not one of stdio, http, sse`);
  return known;
}

function unlessEmpty(names: readonly string[]): readonly string[] | undefined {
  return names.length === 0 ? undefined : names;
}

// Editors write null for a field that is not set.
function isSet(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function isOn(value: unknown): boolean {
  return value === true || value === 'true' || value === 'on';
}

function parseTimeout(value: unknown): number {
  if (value === undefined || value === null) return DEFAULT_TIMEOUT_SECONDS;
  const seconds = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof seconds !== 'number' || !Number.isFinite(seconds) || seconds > MAX_TIMEOUT_SECONDS)
    throw new TypeError(`its timeout ${luaName(value)} is no number of seconds`);
  return seconds > 0 ? seconds : DEFAULT_TIMEOUT_SECONDS;
}

function checkUrl(url: string): string {
  // What it will be is known once its placeholders are filled in.
  if (!url.includes('$') && !url.includes('@secret:') && !isWebAddress(url)) throw new TypeError('its url is no http or https address');
  return url;
}

export function isWebAddress(url: string): boolean {
  return URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
}

function textOf(field: string, value: unknown): string {
  if (value === undefined || value === null || value === '') throw new TypeError(`it has no ${field}`);
  if (typeof value !== 'string') throw new TypeError(`its ${field} is no text`);
  if (value.includes('\0')) throw new TypeError(`its ${field} has a NUL character in it`);
  return value;
}

function textList(field: string, value: unknown): string[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new TypeError(`its ${field} are no list`);
  return value.map((item, index) => scalarText(`${field}[${index}]`, item));
}

// A variable as shells write it, and a token of RFC 9110, section 5.6.2: anything else could pass for a line of a review.
const NAMES = { env: /^[A-Za-z_][A-Za-z0-9_]*$/, headers: /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/ } as const;

function textsByName(field: keyof typeof NAMES, value: unknown): Record<string, string> {
  if (value === undefined || value === null) return {};
  if (!isRecord(value)) throw new TypeError(`its ${field} are no object`);
  // Editors write null for what is not to be set.
  const set = Object.entries(value).filter(([, item]) => item !== null);
  return Object.fromEntries(
    set.map(([name, item]) => {
      if (!NAMES[field].test(name)) throw new TypeError(`its ${field} have the impossible name ${luaName(name)}`);
      return [name, scalarText(`${field}.${name}`, item)];
    }),
  );
}

function scalarText(where: string, value: unknown): string {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'string') throw new TypeError(`its ${where} is no text`);
  if (value.includes('\0')) throw new TypeError(`its ${where} has a NUL character in it`);
  return value;
}

function luaName(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
