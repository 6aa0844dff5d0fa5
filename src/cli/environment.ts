import { variableName } from '../integration/index.ts';
import { declaredCommands, integrationSummaries } from '../runtime/index.ts';

/** The version of Node that runs this process. */
export const NODE_VERSION = process.versions.node;

/** An environment variable that changes what kosmo does. */
export interface EnvironmentVariable {
  readonly name: string;
  readonly description: string;
}

/** What is read beside the credentials and what commands of integrations read; a test finds every other one in the source. */
const OWN: readonly EnvironmentVariable[] = [
  { name: 'KOSMO_HOME', description: 'folder of settings and of what is remembered; ~/.kosmo unless set' },
  { name: 'HOME', description: 'home folder of the user; not needed if KOSMO_HOME is set' },
  { name: 'KOSMO_CREDENTIAL_KEY', description: 'encrypts the stored secrets, instead of a key file or the keychain' },
  { name: 'KOSMO_MCP_ALLOWED_ENV', description: 'variables that project files may hand to MCP servers, separated by commas' },
  { name: 'KOSMO_MCP_INHERIT_ENV', description: '1: MCP servers inherit the whole environment, except the key of the secret store' },
  { name: 'KOSMO_GATEWAY_TOKEN', description: 'the bearer token that clients of mcp:serve --http must send' },
  {
    name: 'HTTPS_PROXY',
    description: 'proxy for integrations and MCP servers over https, not for this machine itself; also in lower case',
  },
  { name: 'HTTP_PROXY', description: 'the same for http, and for https unless HTTPS_PROXY is set' },
  { name: 'NO_PROXY', description: 'hosts that are reached directly, separated by commas; * for all' },
  { name: 'NODE_EXTRA_CA_CERTS', description: 'file with further certificate authorities, which Node reads' },
  { name: 'XDG_CACHE_HOME', description: 'folder of caches, for compiled code of kosmo; ~/.cache unless set' },
  {
    name: 'XDG_CONFIG_HOME',
    description: 'folder of the settings of editors, for mcp:import and mcp:gateway:install; ~/.config unless set',
  },
  { name: 'NODE_DISABLE_COMPILE_CACHE', description: 'keeps no compiled code of kosmo' },
  { name: 'NODE_OPTIONS', description: 'options of Node, such as --max-old-space-size=<MiB> for more memory' },
  { name: 'KOSMO_DEBUG', description: 'adds the JavaScript stack to an INTERNAL_ERROR' },
  { name: 'CI', description: 'if set, kosmo never asks and prints no colours or spinners' },
  { name: 'NO_COLOR', description: 'no colours' },
  { name: 'FORCE_COLOR', description: 'colours, wherever the output goes; 0 for none' },
  { name: 'TERM', description: 'dumb: no colours, and nothing moves' },
  { name: 'PAGER', description: 'shows the pages of kosmo docs on a terminal; less unless set, empty for none' },
];

/** Every environment variable that is read. Those of another account carry its name: `AGORA_PRODUCTION_APP_ID`. */
export function environmentVariables(): readonly EnvironmentVariable[] {
  const credentials = integrationSummaries.flatMap(({ id, title, credentials: fields }) =>
    fields.map(({ name, label, required }) => ({
      name: variableName(id, 'default', name),
      description: `${title}: ${label}${required ? '' : ' (optional)'}`,
    })),
  );
  return [...OWN, ...credentials, ...declaredCommands().flatMap(({ environment = [] }) => environment)];
}
