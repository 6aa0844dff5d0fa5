import { usage } from './parse-values.ts';

/** Reads `NAME=value` of `--env`. `NAME` alone is a placeholder, for a value that is not to stand in a file. Throws `USAGE`. */
export function parseVariable(text: string): [string, string] {
  const [, name, value] = /^([A-Za-z_]\w*)(?:=(.*))?$/s.exec(text) ?? [];
  if (name === undefined) throw usage(`--env takes NAME or NAME=value, not '${text.split('=')[0]}'`);
  return [name, value ?? `\${${name}}`];
}

/** Reads `Name: value` of `--header`. Throws `USAGE`. */
export function parseHeader(text: string): [string, string] {
  const [, name, value] = /^([\w!#$%&'*+.^`|~-]+):\s*(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined) throw usage("--header takes 'Name: value'");
  return [name, value.trim()];
}

/** Whether a word is the address of a server, and not a name. */
export function isAddress(word: string | undefined): word is string {
  return word !== undefined && /^https?:\/\//i.test(word);
}

/** For options that may be repeated. */
export function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}
