/** How a server is reached, with every placeholder replaced. May hold secrets: never shown, never stored. */
export type Endpoint =
  | {
      readonly kind: 'stdio';
      readonly command: string;
      readonly args: readonly string[];
      /** The whole environment of the child. */
      readonly env: Readonly<Record<string, string>>;
      readonly cwd?: string;
    }
  | {
      /** `http` is Streamable HTTP, or the older SSE where a server knows only that. */
      readonly kind: 'http' | 'sse';
      readonly url: string;
      readonly headers: Readonly<Record<string, string>>;
    };

/** What of this process a child may see. The rest of it can hold secrets that are none of the server's business. */
const INHERITED = ['PATH', 'HOME', 'USER', 'LOGNAME', 'SHELL', 'TMPDIR', 'TEMP', 'TMP', 'LANG', 'LC_ALL', 'SYSTEMROOT', 'PATHEXT'];

/** The environment of a child: little of this process's, and what the server's configuration sets. All of it with `KOSMO_MCP_INHERIT_ENV=1`. */
export function childEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  configured: Readonly<Record<string, string>>,
): Record<string, string> {
  const names = env.KOSMO_MCP_INHERIT_ENV === '1' ? Object.keys(env) : INHERITED;
  const inherited = names.flatMap((name): [string, string][] => {
    const value = env[name];
    return value === undefined ? [] : [[name, value]];
  });
  return { ...Object.fromEntries(inherited), ...configured };
}
