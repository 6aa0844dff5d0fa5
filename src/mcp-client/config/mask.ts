import { maskUrls, mayBeSecretName } from '../../errors/index.ts';
import type { McpServer } from './server-entry.ts';

const MASK = '***';

/** No path and no placeholder: in a value that a program would load, there must be nothing that a reader does not see. */
const TOKEN = '(?![./~])[\\w.~+/=-]{4,}';

const SECRETS_IN_TEXT: readonly RegExp[] = [
  // https://token@host, https://token:@host and GitHub's https://token:x-oauth-basic@host
  /(?<=\b(?:https?|wss?):\/\/)[^\s/:@?#$]+(?=(?::(?:x-oauth-basic)?)?@)/gi,
  // https://user:password@host
  /(?<=:\/\/[^\s/:@]*:)[^\s/@$]+(?=@)/g,
  new RegExp(`(?<=\\b(?:Bearer|Basic)\\s+)${TOKEN}`, 'gi'),
  /\b(?:sk-|gh[a-z]_|github_pat_|glpat-|xox[a-z]-|AKIA|AIza)[\w-]{8,}/g,
];

/** `?api_key=…`, and `--api-key=…` or `Authorization: …` as a whole text: the name, and what may be a secret. */
const IN_QUERY = /(?<=[?&])([^=&#\s]+)=(?!\$\{|@secret:)([^&#\s]+)/g;
const NAMED = new RegExp(`^((?:--?)?[\\w-]+)(=|:\\s*)${TOKEN}$`);

/** Their last part is the stream's key. */
const STREAMS = /\brtmp[a-z]*:\/\/\S+/gi;

/** A text as written, with what looks like a secret in it replaced. */
export function maskText(text: string, mask: string = MASK): string {
  const named = text
    .replaceAll(STREAMS, (url) => maskUrls(url, (secret) => (/^(?:\$\{[^}]*\}|@secret:\S+)$/.test(secret) ? secret : mask)))
    .replaceAll(IN_QUERY, (all, name: string) => (mayBeSecretName(name) ? `${name}=${mask}` : all))
    .replace(NAMED, (all, name: string, mark: string) => (mayBeSecretName(name) ? `${name}${mark}${mask}` : all));
  return SECRETS_IN_TEXT.reduce((masked, secret) => masked.replaceAll(secret, () => mask), named);
}

/** The value of an environment variable or a header, in the same way. A placeholder is no secret, it names one. */
export function maskValue(name: string, value: string, mask: string = MASK): string {
  const isSecret = mayBeSecretName(name) && value !== '' && !/\$\{|@secret:|^\$\w+$/.test(value) && new RegExp(`^${TOKEN}$`).test(value);
  return isSecret ? mask : maskText(value, mask);
}

/** Whether a value is certainly no secret: a placeholder, a switch, a small number, a word, a path, an address without credentials. */
export function isHarmless(name: string, value: string): boolean {
  if (mayBeSecretName(name)) return /^(?:\$\{[^}]*\}|@secret:\S+|\$\w+)$/.test(value);
  const known =
    /^(?:|true|false|on|off|yes|no|\d{1,5}|[a-z]{1,12}|\$\w+|(?:[\w-]+\s+)?(?:\$\{[^}]*\}|@secret:\S+)|(?:~|\.{1,2})?\/[\w./-]*|https?:\/\/\S+)$/;
  return known.test(value) && maskText(value) === value;
}

/** Arguments, in the same way; also `--api-key` `…`, which are two. */
export function maskArguments(args: readonly string[], maskOf: (index: number) => string = () => MASK): string[] {
  const isSecret = new RegExp(`^(?!-)${TOKEN}$`);
  return args.map((text, index) => {
    const before = args[index - 1] ?? '';
    return /^--?[\w-]+$/.test(before) && mayBeSecretName(before) && isSecret.test(text) ? maskOf(index) : maskText(text, maskOf(index));
  });
}

/** The command line or the URL of a server, for messages: as written, except for secrets. */
export function summaryOf(server: McpServer): string {
  return server.transport === 'stdio' ? [server.command, ...maskArguments(server.args)].join(' ') : maskText(server.url);
}
