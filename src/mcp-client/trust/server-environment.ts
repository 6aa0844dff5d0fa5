import { PROXY_VARIABLES, withoutCredentials } from '../../platform/proxy.ts';

/** What a program needs to find its files and its user; no credentials among them. */
const INHERITED = ['PATH', 'HOME', 'USER', 'LOGNAME', 'SHELL', 'TERM', 'TMPDIR', 'TEMP', 'TMP', 'LANG', 'LC_ALL'];

/** Own certificate authorities; what they name is no secret. */
const CERTIFICATES = ['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'SSL_CERT_DIR'];

/** Without these programs do not start on Windows. */
const INHERITED_ON_WINDOWS = [
  'APPDATA',
  'COMSPEC',
  'HOMEDRIVE',
  'HOMEPATH',
  'LOCALAPPDATA',
  'PATHEXT',
  'PROGRAMDATA',
  'PROGRAMFILES',
  'SYSTEMDRIVE',
  'SYSTEMROOT',
  'USERNAME',
  'USERPROFILE',
  'WINDIR',
];

/** A process that has one of these can read every secret of the store. */
const NEVER = ['KOSMO_CREDENTIAL_KEY', 'KOSMO_SECRET_KEY'];

/** The environment of a server's process: a few harmless variables, proxies without their password, all of them with `KOSMO_MCP_INHERIT_ENV=1`, and its own over them. */
export function serverEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  own: Readonly<Record<string, string>>,
): Record<string, string> {
  const { KOSMO_MCP_INHERIT_ENV: inherit = '' } = env;
  const all = /^(?:1|true|yes|on)$/i.test(inherit);
  const names = process.platform === 'win32' ? [...INHERITED, ...CERTIFICATES, ...INHERITED_ON_WINDOWS] : [...INHERITED, ...CERTIFICATES];
  const isPassed = (name: string): boolean => (all ? !NEVER.includes(name) : names.includes(name.toUpperCase()));
  const passed = Object.entries(env).filter((pair): pair is [string, string] => pair[1] !== undefined && isPassed(pair[0]));
  return { ...(all ? {} : proxyVariables(env)), ...Object.fromEntries(passed), ...own };
}

function proxyVariables(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const names = PROXY_VARIABLES.flatMap((name) => [name, name.toLowerCase()]);
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = env[name]?.trim() ?? '';
      return value === '' ? [] : [[name, /^no_proxy$/i.test(name) ? value : withoutCredentials(value)]];
    }),
  );
}
