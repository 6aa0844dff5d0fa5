import { homedir } from 'node:os';
import path from 'node:path';

/** Returns the user's home folder; undefined if HOME is not absolute, or for a user without an entry in passwd, as in a container. */
export function userHome(): string | undefined {
  try {
    const home = homedir();
    return path.isAbsolute(home) ? home : undefined;
  } catch {
    return undefined;
  }
}

/** The home folder that an environment names, as shells use it for `~`; that of the user if it names none. */
export function homeOf({ HOME: home = '' }: Readonly<Record<string, string | undefined>>): string | undefined {
  return path.isAbsolute(home) ? home : userHome();
}

/** `$NAME`, `${NAME}`, `%NAME%` and systemd's `%h`: a variable that was left as it was written. */
const UNEXPANDED = /\$\{?\w|%\w+%|(?:^|[\\/])%[a-zA-Z](?:[\\/]|$)/;

/**
 * The folder that an environment variable names: an absolute path, or one that begins with `~`. Undefined for every other value. crontab,
 * systemd, Docker and `.env` files expand neither variables nor `~`, and a relative path would be another folder for each command.
 */
export function absoluteFolder(value: string): string | undefined {
  const home = /^~(?=$|[\\/])/.test(value) ? userHome() : '';
  if (home === undefined) return undefined;
  const folder = home === '' ? value : `${home}${value.slice(1)}`;
  return path.isAbsolute(folder) && !UNEXPANDED.test(value) ? path.resolve(folder) : undefined;
}
