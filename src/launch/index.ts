import { join } from 'node:path';
import { openBundles } from './bundles.ts';
import { openCodeCache } from './code-cache.ts';

/** Set by the build: the bundle of each module. */
declare const KOSMO_BUNDLES: Readonly<Record<string, string>>;

/** Runs the command line of this process with what `bundle-cli.mjs` built. `packageRoot` is the folder that holds `dist`. */
export function launch(packageRoot: string): void {
  const { load, save } = openBundles(join(packageRoot, 'dist/chunks'), KOSMO_BUNDLES, openCodeCache(process.env), require);
  const { main } = load('cli.js') as { main: (packageRoot: string) => Promise<void> };
  let ended = false;
  process.on('exit', () => {
    save();
    // As Node has it for a promise that nothing is left to settle.
    if (!ended) process.exitCode ??= 13;
  });
  void main(packageRoot).then(() => {
    ended = true;
  });
}
