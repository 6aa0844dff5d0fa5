import type { KosmoError } from '../../errors/index.ts';
import type { JsonValue } from '../../json/index.ts';
import { integrationSummaries } from '../../runtime/index.ts';
import { findSetting, type KnownSetting } from '../../settings/index.ts';
import { usage } from './parse-values.ts';

/** The setting of this name. Throws `USAGE` with close names. */
export function requireSetting(name: string, command: string): KnownSetting {
  const found = findSetting(name, integrationSummaries);
  if ('kind' in found) return found;
  throw usage(
    `there is no setting '${name}'`,
    found.close.length > 0 ? `did you mean kosmo ${command} ${found.close[0]}?` : 'kosmo config:list lists the settings',
  );
}

/** The value of a setting from a word of the command line. Throws `USAGE`. */
export function parseSetting({ path, kind }: KnownSetting, text: string, isProject: boolean): JsonValue {
  const name = path.join('.');
  const word = text.trim();
  const invalid = (wanted: string): KosmoError => usage(`${name} takes ${wanted}, not '${text}'`);
  const looser = (): KosmoError =>
    usage(`a project's file can only make the policy stricter, so ${name} cannot be ${word} there`, 'leave out --project');
  if (kind === 'secret')
    throw usage(
      `${name} is a secret and is not kept in this file; nothing was changed`,
      `kosmo secrets:set integration.${secretName(path)} --stdin`,
    );
  if (kind === 'boolean') {
    if (word !== 'true' && word !== 'false') throw invalid('true or false');
    // The audit log and disabled integrations of the user stay.
    if (isProject && word === (path.at(-1) === 'enabled' ? 'true' : 'false')) throw looser();
    return word === 'true';
  }
  if (kind === 'permission') {
    if (!['allow', 'ask', 'deny'].includes(word)) throw invalid('allow, ask or deny');
    if (isProject && word === 'allow') throw looser();
    return word;
  }
  if (kind === 'count') {
    if (!/^[1-9]\d{0,8}$/.test(word)) throw invalid('a whole number of 1 or more');
    return Number(word);
  }
  if (word === '') throw usage(`the value of ${name} is empty; nothing was changed`, `kosmo config:unset ${name}`);
  return word;
}

function secretName(path: readonly string[]): string {
  return path.slice(1).join('.');
}
