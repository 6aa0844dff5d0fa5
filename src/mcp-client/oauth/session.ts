import { createHash } from 'node:crypto';
import path from 'node:path';
import type { OAuthClientInformationMixed, OAuthTokens } from '@modelcontextprotocol/client';
import type { SecretStore } from '../../credentials/index.ts';
import { KosmoError, rememberSecret } from '../../errors/index.ts';
import { createPrivateDirectory } from '../../platform/private-directory.ts';

/** An authorization server that issued a token or a client id. Neither is sent to another one. */
interface Issued {
  /** Missing in the sessions of kosmo 0.9 and earlier. */
  readonly issuer?: string;
}

/** Scopes that a server demanded with HTTP status 403. */
interface ScopeDemand {
  readonly scope: string;
  /** Logins that asked for exactly these scopes. */
  readonly logins: number;
  /** Whether the next login asks for them. */
  readonly isOpen: boolean;
}

/** The result of a login, as the secret store has it. */
export interface Session {
  /** The URL of the MCP server. Its tokens are sent nowhere else. */
  readonly url: string;
  readonly client?: OAuthClientInformationMixed & Issued;
  readonly tokens?: OAuthTokens & Issued;
  readonly demand?: ScopeDemand;
}

/** The session of one server. Each process that changes it holds its lock. */
export interface SessionStore {
  /** Whether a login left something. It decrypts nothing. */
  readonly exists: () => Promise<boolean>;
  readonly read: () => Promise<Session | undefined>;
  /** Runs a change while no other process can make one. Throws `SETTINGS_UNAVAILABLE` after a minute without the lock. */
  readonly locked: <Result>(change: (write: (session: Session) => Promise<void>) => Promise<Result>) => Promise<Result>;
  readonly forget: () => Promise<void>;
}

/** Opens the session of a server, encrypted in the user's store. A session that was made for another URL does not count. */
export function openSession(server: string, url: string, secrets: SecretStore): SessionStore {
  const key = `mcp.${server}.oauth`;
  const write = async (session: Session): Promise<void> => {
    rememberTokens(session);
    await secrets.set(key, JSON.stringify(session));
  };
  const locked = async <Result>(change: () => Promise<Result>): Promise<Result> => {
    const release = await lockSession(path.join(path.dirname(secrets.file), `mcp-login-${hash(server)}`));
    try {
      return await change();
    } finally {
      await release();
    }
  };
  return {
    exists: async () => (await secrets.keys(key)).includes(key),
    async read() {
      const text = await secrets.get(key);
      if (text === undefined) return undefined;
      const session = parseSession(text);
      rememberTokens(session);
      return session.url === url ? session : undefined;
    },
    locked: (change) => locked(() => change(write)),
    forget: () => locked(() => secrets.unset(key)),
  };
}

/** A slow token endpoint holds the lock for longer than one wait for a file takes. */
const MAX_WAITS = 3;

// The holder gives a sign of life while it runs, so a lock without one belongs to a killed process.
async function lockSession(file: string): Promise<() => Promise<void>> {
  const { lockFile } = await import('../../platform/lock-file.ts');
  createPrivateDirectory(path.dirname(file));
  for (let waits = 1; ; waits += 1) {
    try {
      return (await lockFile(file)).release;
    } catch (thrown) {
      const isHeld = (thrown as NodeJS.ErrnoException).code === 'ELOCKED';
      if (isHeld && waits < MAX_WAITS) continue;
      throw new KosmoError('SETTINGS_UNAVAILABLE', `${file} cannot be locked: ${(thrown as Error).message}.`, {
        hint: isHeld ? `if no kosmo runs, delete ${file}.lock` : `give this user access to ${path.dirname(file)}`,
        cause: thrown,
      });
    }
  }
}

// `mcp:secret:set` can put any text there; the next login replaces it.
function parseSession(text: string): Session {
  try {
    return { ...(JSON.parse(text) as Session) };
  } catch {
    return { url: '' };
  }
}

function rememberTokens({ tokens, client }: Session): void {
  for (const secret of [tokens?.access_token, tokens?.refresh_token, client?.client_secret]) if (secret) rememberSecret(secret);
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
