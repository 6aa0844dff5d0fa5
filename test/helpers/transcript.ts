import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Every secret that the tests hand out contains this, and no other text does. */
export const SECRET_MARK = 'S3CRET';

/**
 * Collects all that the command line printed in a run of the tests, and searches it for secrets at the end: customer secrets,
 * storage keys and tokens must be in no output, whatever went wrong. The projects whose tests run processes share it.
 */
export default function setup(): (() => void) | undefined {
  // Another project of this run has made it, and searches it.
  if (process.env.KOSMO_TEST_TRANSCRIPT !== undefined) return undefined;
  const folder = mkdtempSync(path.join(tmpdir(), 'kosmo-transcript-'));
  const file = path.join(folder, 'output.txt');
  writeFileSync(file, '');
  process.env.KOSMO_TEST_TRANSCRIPT = file;
  process.env.KOSMO_TEST_HOME = path.join(folder, 'home');
  return () => {
    const text = readFileSync(file, 'utf8');
    rmSync(folder, { recursive: true });
    delete process.env.KOSMO_TEST_TRANSCRIPT;
    const at = text.indexOf(SECRET_MARK);
    if (at === -1) return;
    process.exitCode = 1;
    throw new Error(`a secret was printed: …${text.slice(Math.max(0, at - 200), at + 50)}…`);
  };
}
