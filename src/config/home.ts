import path from 'node:path';
import { KosmoError } from '../errors/index.ts';
import { absoluteFolder, userHome } from '../platform/home-folder.ts';

/**
 * Returns the folder of the user's files: `$KOSMO_HOME`, or `~/.kosmo`. It may not exist yet. Throws `INVALID_CONFIGURATION` for a KOSMO_HOME
 * that is not absolute, and `NOT_CONFIGURED` if there is neither KOSMO_HOME nor a home folder.
 */
export function homeFolder(env: Readonly<Record<string, string | undefined>>): string {
  const value = env.KOSMO_HOME?.trim() ?? '';
  if (value === '') return path.join(userHome() ?? refuseHome(process.env.HOME ?? ''), '.kosmo');
  return absoluteFolder(value) ?? refuse('INVALID_CONFIGURATION', `KOSMO_HOME is '${value}', which is not an absolute path.`);
}

function refuseHome(home: string): never {
  if (home !== '') return refuse('INVALID_CONFIGURATION', `HOME is '${home}', which is not an absolute path.`);
  return refuse('NOT_CONFIGURED', 'This user has no home folder, and KOSMO_HOME is not set.');
}

function refuse(code: 'INVALID_CONFIGURATION' | 'NOT_CONFIGURED', message: string): never {
  throw new KosmoError(code, `${message} Nothing was read or written.`, {
    hint: 'set KOSMO_HOME to an absolute path such as /srv/kosmo, or to one that begins with ~/; variables in it are not expanded',
  });
}
