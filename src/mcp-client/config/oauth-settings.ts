/** How kosmo logs in to a server. Placeholders are not filled in yet. */
export interface OAuthSettings {
  /** The client that the user registered. Without it kosmo registers one. */
  readonly clientId?: string | undefined;
  readonly clientSecret?: string | undefined;
  /** Scopes for every login, separated by spaces. */
  readonly scope?: string | undefined;
  /** Port of the redirect URL on this machine, if the registration of the client demands one. */
  readonly callbackPort?: number | undefined;
}

/** Other programs spell the fields differently. The first name that has a value counts. */
const SPELLINGS = {
  clientId: ['clientId', 'client_id', 'CLIENT_ID'],
  clientSecret: ['clientSecret', 'client_secret', 'CLIENT_SECRET'],
  scope: ['scope', 'scopes'],
  callbackPort: ['callbackPort', 'callback_port'],
} as const;

/** Reads the `oauth` of an entry; undefined if it sets nothing. Throws a `TypeError` that says what is wrong. */
export function parseOAuth(value: unknown): OAuthSettings | undefined {
  // Some programs switch the login off or on with a boolean; kosmo logs in only with mcp:login.
  if (value === undefined || value === null || typeof value === 'boolean') return undefined;
  if (typeof value !== 'object' || Array.isArray(value)) throw new TypeError('its oauth is not an object');
  const fields = value as Readonly<Record<string, unknown>>;
  const firstOf = (names: readonly string[]): unknown =>
    names.map((name) => fields[name]).find((item) => item !== undefined && item !== null);
  const scopes = firstOf(SPELLINGS.scope);
  const read = {
    clientId: textOf('clientId', firstOf(SPELLINGS.clientId)),
    clientSecret: textOf('clientSecret', firstOf(SPELLINGS.clientSecret)),
    scope: textOf('scope', Array.isArray(scopes) ? scopes.join(' ') : scopes),
    callbackPort: portOf(firstOf(SPELLINGS.callbackPort)),
  };
  const set = Object.fromEntries(Object.entries(read).filter(([, item]) => item !== undefined));
  return Object.keys(set).length === 0 ? undefined : set;
}

function textOf(field: string, value: unknown): string | undefined {
  if (value === undefined || value === '') return undefined;
  if (typeof value !== 'string' || /[\0\r\n]/.test(value)) throw new TypeError(`its oauth.${field} is not a text of one line`);
  return value;
}

function portOf(value: unknown): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'number' && Number.isInteger(value) && value > 0 && value < 65_536) return value;
  throw new TypeError('its oauth.callbackPort is not a port number from 1 to 65535');
}
