import { KosmoError } from '../errors/index.ts';

/** A signal that Ctrl-C and SIGTERM abort; a second Ctrl-C ends the process at once. */
export function abortOnSignals(): AbortSignal {
  const abort = new AbortController();
  process.on('SIGINT', () => {
    if (abort.signal.aborted) process.exit(130);
    abort.abort(new KosmoError('INTERRUPTED', 'interrupted'));
  });
  process.on('SIGTERM', () => abort.abort(new KosmoError('TERMINATED', 'terminated')));
  return abort.signal;
}
