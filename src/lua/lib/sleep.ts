import { isKosmoError, KosmoError, withDetails } from '../../errors/index.ts';
import type { HostFunctionEntry } from '../host-call.ts';

/** What fits a timer of 32-bit milliseconds: 24 days. */
const MOST_SECONDS = 2_147_483;

/** `sleep(seconds)`: suspends the script; fractions are allowed. Other work of the host goes on, and so does the wall clock. */
export const sleepFunction: HostFunctionEntry = {
  kind: 'function',
  call(args, { signal }) {
    if (isKosmoError(args)) throw withDetails(args, {}, `sleep: ${args.message}`);
    const [seconds] = args as readonly unknown[];
    if (typeof seconds !== 'number' || seconds < 0 || seconds > MOST_SECONDS) {
      throw new KosmoError('INVALID_ARGUMENTS', `sleep: expected a number of seconds from 0 to ${MOST_SECONDS}.`);
    }
    return new Promise((resolve) => {
      const timer = setTimeout(done, seconds * 1000);
      function done(): void {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve(null);
      }
      signal.addEventListener('abort', done, { once: true });
    });
  },
};
