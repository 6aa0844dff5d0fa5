import { isSecretName } from './secret-names.ts';

const URL_TEXT = /\b([a-z][a-z0-9+.-]*):\/\/([^\s"'`<>\\]+)/gi;

/** Query parameters that are secret besides those with the name of a secret field. */
const SECRET_PARAMETER = /^(?:key|sig|auth|pass|pw|code_verifier)$|signature$|credential$/i;

/**
 * Replaces the secret parts of every URL in a text: user and password, query and fragment parameters with the name of a secret, and the last
 * part of an RTMP path, which is the stream key.
 */
export function maskUrls(text: string, mask: (secret: string) => string): string {
  if (!text.includes('://')) return text;
  return text.replaceAll(URL_TEXT, (_all, scheme: string, rest: string) => `${scheme}://${maskRest(scheme.toLowerCase(), rest, mask)}`);
}

function maskRest(scheme: string, rest: string, mask: (secret: string) => string): string {
  const [, authority = '', path = '', parameters = ''] = /^([^/?#]*)([^?#]*)(.*)$/.exec(rest) ?? [];
  const at = authority.lastIndexOf('@');
  const host = at > 0 ? `${mask(authority.slice(0, at))}${authority.slice(at)}` : authority;
  if (/^rtmp/.test(scheme)) return host + maskStreamKey(path + parameters, mask);
  return host + path + maskParameters(parameters, scheme, mask);
}

// `/app/KEY?more=…`: services put the key last, and some continue it as a query.
function maskStreamKey(path: string, mask: (secret: string) => string): string {
  const [, before = '', key = '', after = ''] = /^([^?#]*\/)([^/?#]+)((?:\/*[?#].*|\/*))$/.exec(path) ?? [];
  if (key === '') return path.includes('?') ? path.replace(/(?<=\?).+/, mask) : path;
  return /[?#]/.test(after) ? `${before}${mask(key + after)}` : `${before}${mask(key)}${after}`;
}

function maskParameters(parameters: string, scheme: string, mask: (secret: string) => string): string {
  return parameters.replaceAll(/([?#&;])([^=&;#]+)=([^&;#]+)/g, (all: string, mark: string, name: string, value: string) => {
    const plain = decode(name);
    const isSecret = isSecretName(plain) || SECRET_PARAMETER.test(plain) || (scheme === 'srt' && plain === 'streamid');
    return isSecret ? `${mark}${name}=${mask(value)}` : all;
  });
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
