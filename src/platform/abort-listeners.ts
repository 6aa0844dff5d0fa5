/** The signal of what ends before anything could abort it. */
export const NEVER_ABORTED: AbortSignal = new AbortController().signal;

const waiting = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Calls `fn` once when the signal is aborted, unless the function that is returned is called before. For long-lived signals that many
 * short calls wait on: Node's listeners cost several times as much to add and remove, and warn when there are many.
 */
export function onAbort(signal: AbortSignal, fn: () => void): () => void {
  let all = waiting.get(signal);
  if (all === undefined) {
    const added = new Set<() => void>();
    waiting.set(signal, added);
    signal.addEventListener(
      'abort',
      () => {
        for (const call of added) call();
      },
      { once: true },
    );
    all = added;
  }
  all.add(fn);
  return () => all.delete(fn);
}
