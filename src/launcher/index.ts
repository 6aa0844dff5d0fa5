import { join } from 'node:path';
import { openBundles } from './bundles.ts';
import { openCodeCache } from './code-cache.ts';

/** Set by the build: the bundle of each module. */
declare const KOSMO_BUNDLES: Readonly<Record<string, string>>;

/** Runs the command line of this process with what `bundle-cli.mjs` built. `packageRoot` is the folder that holds `dist`. */
export function launch(packageRoot: string): void {
  if (process.env.KOSMO_DEBUG !== undefined) {
    const { showSources } = require('./source-maps.cjs') as typeof import('./source-maps.ts');
    showSources(join(packageRoot, 'dist'));
  }
  const bundleCount = new Set(Object.values(KOSMO_BUNDLES)).size;
  // Two versions of Node, or of kosmo, in turn.
  const cache = openCodeCache(process.env, 2 * bundleCount);
  const { load, save } = openBundles(join(packageRoot, 'dist/chunks'), KOSMO_BUNDLES, cache, require);
  const { main } = load('cli.js') as { main: (packageRoot: string) => Promise<void> };
  let ended = false;
  process.on('exit', () => {
    save();
    // As Node has it for a promise that nothing is left to settle.
    if (!ended) process.exitCode ??= 13;
  });
  void main(packageRoot).then(() => {
    ended = true;
    // Not before a stream could say that something was not written.
    setImmediate(exitWhenDone);
  });
}

/** What was closed at the end is gone after a turn or two of the event loop. */
const MAX_IDLE_TURNS = 8;

/** The standard streams are there to the end. */
const STANDARD: readonly string[] = ['PipeWrap', 'TTYWrap'];

// At the end Node waits until V8 has compiled code in the background, such as the HTTP parser, although it will never run.
function exitWhenDone(turns = MAX_IDLE_TURNS): void {
  const isDone = process.getActiveResourcesInfo().every((kind) => STANDARD.includes(kind)) && isWritten('stdout') && isWritten('stderr');
  if (isDone) process.exit();
  else if (turns > 0) setImmediate(exitWhenDone, turns - 1);
}

// To ask for a stream makes it; one that was made is no getter any more.
function isWritten(name: 'stdout' | 'stderr'): boolean {
  const stream: NodeJS.WriteStream | undefined = Object.getOwnPropertyDescriptor(process, name)?.value;
  return stream === undefined || stream.writableLength === 0;
}
