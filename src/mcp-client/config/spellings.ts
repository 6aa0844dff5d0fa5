type Fields = Readonly<Record<string, unknown>>;

/** An entry under the names of kosmo, and the fields of it that kosmo does not obey. */
export interface SpelledEntry {
  readonly fields: Fields;
  readonly ignored: readonly string[];
}

/** Every field that kosmo obeys, under its own name. */
const OWN = [
  'type',
  'command',
  'args',
  'env',
  'envFile',
  'cwd',
  'url',
  'headers',
  'enabled',
  'disabled',
  'timeout',
  'oauth',
  'includeTools',
  'excludeTools',
];

/** The same under the names of other programs. If an entry has several names for one field, the first in this table counts. */
const SYNONYMS: Readonly<Record<string, string>> = {
  transport: 'type',
  environment: 'env',
  serverUrl: 'url',
  httpUrl: 'url',
  baseUrl: 'url',
  http_headers: 'headers',
  timeoutSeconds: 'timeout',
  tool_timeout_sec: 'timeout',
};

/** Lists of tools. `tools` is the name in GitHub Copilot's files, where `*` stands for all. */
const INCLUDING = ['includeTools', 'enabledTools', 'enabled_tools', 'tools'];
const EXCLUDING = ['excludeTools', 'disabledTools', 'disabled_tools'];

/** Codex writes names of variables where others write placeholders. */
const VARIABLES = ['bearer_token_env_var', 'env_http_headers', 'env_vars'];

/** They describe the server for people, and change nothing. */
const DESCRIPTIVE = ['$schema', '//', 'name', 'title', 'displayName', 'description', 'comment', '_comment', 'note', 'icon', 'icons'];

const KNOWN = new Set([...OWN, ...Object.keys(SYNONYMS), ...INCLUDING, ...EXCLUDING, ...VARIABLES, ...DESCRIPTIVE]);

/** Reads the fields of an entry as other programs spell them. Throws a `TypeError` that says what is wrong. */
export function respell(entry: Fields): SpelledEntry {
  const fields: Record<string, unknown> = Object.fromEntries(
    Object.entries(entry).filter(([name, value]) => OWN.includes(name) && isSet(value)),
  );
  for (const [name, own] of Object.entries(SYNONYMS)) {
    if (isSet(entry[name]) && !isSet(fields[own])) fields[own] = entry[name];
  }
  // Streamable HTTP has a field of its own in Gemini's files.
  if (isSet(entry.httpUrl) && !isSet(fields.type)) fields.type = 'http';
  if (fields.type === 'local') delete fields.type;
  if (fields.type === 'remote') fields.type = 'http';
  if (Array.isArray(fields.command)) {
    const [command, ...words] = fields.command as unknown[];
    Object.assign(fields, { command, args: [...words, ...(Array.isArray(fields.args) ? (fields.args as unknown[]) : [])] });
  }
  readVariables(entry, fields);
  const include = mergedLists(entry, INCLUDING, (all, more) => all.filter((name) => more.includes(name)));
  const exclude = mergedLists(entry, EXCLUDING, (all, more) => [...all, ...more]);
  const isObeyed = (name: string): boolean => KNOWN.has(name) && !(name === 'tools' && !Array.isArray(entry.tools));
  return {
    fields: { ...fields, ...(include && { includeTools: include }), ...(exclude && { excludeTools: exclude }) },
    ignored: Object.keys(entry).filter((name) => !isObeyed(name) && isSet(entry[name])),
  };
}

// Fields stay without effect if they have the wrong type: their program would refuse the entry.
function readVariables(entry: Fields, fields: Record<string, unknown>): void {
  const { bearer_token_env_var: token, env_http_headers: headers, env_vars: names } = entry;
  if (isSet(token)) fields.headers = { Authorization: `Bearer \${${nameOf('bearer_token_env_var', token)}}`, ...asObject(fields.headers) };
  if (isSet(headers)) {
    const named = Object.entries(asObject(headers)).map(([name, variable]) => [name, `\${${nameOf('env_http_headers', variable)}}`]);
    fields.headers = { ...Object.fromEntries(named), ...asObject(fields.headers) };
  }
  if (isSet(names)) {
    if (!Array.isArray(names)) throw new TypeError('its env_vars are no list');
    const listed = (names as unknown[]).map((item) => nameOf('env_vars', typeof item === 'object' ? asObject(item).name : item));
    fields.env = { ...Object.fromEntries(listed.map((name) => [name, `\${${name}}`])), ...asObject(fields.env) };
  }
}

function nameOf(field: string, value: unknown): string {
  if (typeof value === 'string' && /^[A-Za-z_]\w*$/.test(value)) return value;
  throw new TypeError(`its ${field} does not name an environment variable`);
}

function mergedLists(
  entry: Fields,
  names: readonly string[],
  merge: (all: readonly string[], more: readonly string[]) => readonly string[],
): readonly string[] | undefined {
  const lists = names.flatMap((name) => {
    const list = entry[name];
    if (!isSet(list) || (name === 'tools' && !Array.isArray(list))) return [];
    if (!Array.isArray(list) || !list.every((item) => typeof item === 'string')) throw new TypeError(`its ${name} is not a list of names`);
    return name === 'tools' && list.includes('*') ? [] : [list as readonly string[]];
  });
  const [first, ...others] = lists;
  return others.reduce<readonly string[] | undefined>((all, more) => merge(all ?? [], more), first);
}

function asObject(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

// Editors write null for a field that is not set.
function isSet(value: unknown): boolean {
  return value !== undefined && value !== null;
}
