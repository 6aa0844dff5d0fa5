type Environment = Readonly<Record<string, string | undefined>>;

/** The proxies that the environment names, for undici's `EnvHttpProxyAgent`. */
export interface ProxySettings {
  readonly httpProxy: string;
  readonly httpsProxy: string;
  readonly noProxy: string;
}

/** Names of variables for proxies. Both cases count; the lower one wins, as in curl. */
export const PROXY_VARIABLES = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'] as const;

const LOOPBACK = /^(?:localhost|.*\.localhost|127(?:\.\d{1,3}){3}|\[::1\]|\[::ffff:7f[\da-f]{2}:[\da-f]{1,4}\])$/i;

/** The proxies that may count for a request to `origin`; undefined if the environment names none, and for this machine itself. */
export function proxiesFor(origin: string, env: Environment): ProxySettings | undefined {
  const [httpProxy, httpsProxy, noProxy] = PROXY_VARIABLES.map((name) => read(env, name)) as [string, string, string];
  if ((httpProxy === '' && httpsProxy === '') || LOOPBACK.test(new URL(origin).hostname)) return undefined;
  return { httpProxy: withScheme(httpProxy), httpsProxy: withScheme(httpsProxy), noProxy };
}

/** The secrets in the addresses of proxies, as they are written and as they are meant. */
export function proxySecrets({ httpProxy, httpsProxy }: ProxySettings): readonly string[] {
  return [httpProxy, httpsProxy].flatMap((address) => {
    const { password = '' } = URL.canParse(address) ? new URL(address) : {};
    return password === '' ? [] : [password, decode(password)];
  });
}

/** A proxy's address without user and password. */
export function withoutCredentials(address: string): string {
  if (!URL.canParse(withScheme(address))) return '';
  const url = new URL(withScheme(address));
  url.username = '';
  url.password = '';
  return url.href;
}

function read(env: Environment, name: string): string {
  return (env[name.toLowerCase()] ?? env[name] ?? '').trim();
}

// `proxy.corp:3128`, as curl takes it.
function withScheme(address: string): string {
  return address === '' || /^[a-z][\w+.-]*:\/\//i.test(address) ? address : `http://${address}`;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
