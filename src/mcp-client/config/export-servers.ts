import { isHarmless, maskArguments, maskText } from './mask.ts';
import { DEFAULT_TIMEOUT_SECONDS, type McpServer } from './server-entry.ts';

/** A server as it is written into a file that others read. */
export type ExportedServer = Readonly<Record<string, unknown>>;

/** The form of a server that every editor understands. Nothing is said that is so anyway. */
export function toExportedServer(server: McpServer): ExportedServer {
  const { transport, enabled, timeout } = server;
  const own =
    server.transport === 'stdio'
      ? {
          command: server.command,
          args: server.args,
          ...(Object.keys(server.env).length === 0 ? {} : { env: server.env }),
          ...(server.cwd === null ? {} : { cwd: server.cwd }),
        }
      : {
          type: transport,
          url: server.url,
          ...(Object.keys(server.headers).length === 0 ? {} : { headers: server.headers }),
          ...(server.oauth === undefined ? {} : { oauth: server.oauth }),
        };
  return { ...own, ...(enabled ? {} : { enabled }), ...(timeout === DEFAULT_TIMEOUT_SECONDS ? {} : { timeout }) };
}

/** The same server with every secret in it replaced by the name that it would have in the store. */
export function withoutSecrets(server: McpServer): { readonly server: McpServer; readonly hidden: readonly string[] } {
  const hidden: string[] = [];
  const placeholder = (key: string): string => `\${KOSMO_SECRET:mcp.${server.name}.${key}}`;
  const noted = (key: string, before: string, after: string): string => {
    if (after !== before) hidden.push(key);
    return after;
  };
  const hideValues = (field: string, values: Readonly<Record<string, string>>): Record<string, string> =>
    Object.fromEntries(
      Object.entries(values).map(([name, value]) => {
        const key = `${field}.${name}`;
        return [name, noted(key, value, isHarmless(name, value) ? value : placeholder(key))];
      }),
    );
  if (server.transport !== 'stdio') {
    const url = noted('url', server.url, maskText(server.url, placeholder('url')));
    const { clientSecret } = server.oauth ?? {};
    const oauth =
      clientSecret === undefined
        ? server.oauth
        : { ...server.oauth, clientSecret: noted('client_secret', clientSecret, placeholder('client_secret')) };
    return { server: { ...server, url, headers: hideValues('headers', server.headers), oauth }, hidden };
  }
  const key = (index: number): string => `args.${index}`;
  const args = maskArguments(server.args, (index) => placeholder(key(index)));
  return {
    server: {
      ...server,
      args: args.map((text, index) => noted(key(index), server.args[index] ?? '', text)),
      env: hideValues('env', server.env),
    },
    hidden,
  };
}
