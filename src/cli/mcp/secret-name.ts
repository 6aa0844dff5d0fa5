import { checkServerName } from '../../mcp-client/index.ts';
import { usage } from '../options/parse-values.ts';

/** The name of a secret in the store. `key` is given with or without what every name begins with. Throws `USAGE`. */
export function secretName(server: string, key: string): string {
  checkServerName(server);
  const own = key.startsWith(`mcp.${server}.`) ? key.slice(`mcp.${server}.`.length) : key;
  if (/^\w[\w./-]*$/.test(own) && !own.endsWith('.')) return `mcp.${server}.${own}`;
  throw usage(`a key has letters, digits, _, -, / and dots, not '${key}'`, `for example: kosmo mcp:secret:set ${server} token --stdin`);
}
