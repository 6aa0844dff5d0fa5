import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { KosmoError } from '../errors/index.ts';

/** A summary that the owner writes at its end: reading it costs less than reading the journal. */
export const SUMMARY_FILE = 'run.json';

const ID = /^[A-Za-z0-9][A-Za-z0-9._:@+~-]{0,99}$/;

/** Returns the folder of all runs. */
export function runsFolder(home: string): string {
  return path.join(home, 'runs');
}

/** Returns the folder of a run. Throws `USAGE` for an id that is not valid. */
export function runFolder(home: string, id: string): string {
  if (!ID.test(id))
    throw new KosmoError('USAGE', `'${id.slice(0, 120)}' is not the id of a run.`, {
      hint: 'an id has 1 to 100 letters, digits and . _ : @ + ~ -, and begins with a letter or digit',
    });
  return path.join(runsFolder(home), encodeURIComponent(id));
}

/** The id of the run in a folder. */
export function idOfFolder(name: string): string | undefined {
  try {
    const id = decodeURIComponent(name);
    return ID.test(id) ? id : undefined;
  } catch {
    return undefined;
  }
}

/** A new id that names the script and the time: `record-20261130-0930-5f2c`. */
export function newRunId(chunk: string, now = new Date()): string {
  const name = path
    .basename(chunk)
    .replace(/\.lua$/, '')
    .replaceAll(/[^A-Za-z0-9_-]/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 40);
  const digits = now.toISOString().replaceAll(/\D/g, '');
  return `${name === '' ? 'run' : name}-${digits.slice(0, 8)}-${digits.slice(8, 12)}-${randomBytes(2).toString('hex')}`;
}
