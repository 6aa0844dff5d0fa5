import { homedir } from 'node:os';
import path from 'node:path';

/** The folder of the user's own files: `$KOSMO_HOME`, or `~/.kosmo`. It may not exist yet. */
export function homeFolder(env: Readonly<Record<string, string | undefined>>): string {
  const { KOSMO_HOME: home = '' } = env;
  return home.trim() === '' ? path.join(homedir(), '.kosmo') : path.resolve(home);
}
