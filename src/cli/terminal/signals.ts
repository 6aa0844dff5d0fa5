import { KosmoError } from '../../errors/index.ts';

/**
 * The signals that end a program unless it catches them. Those of a broken program (SIGSEGV, SIGTRAP and their like) are left out: after
 * them no code of it can run. Node would open its inspector at SIGUSR1; a listener keeps it closed.
 */
const ENDING: readonly NodeJS.Signals[] = [
  'SIGINT',
  'SIGTERM',
  'SIGHUP',
  'SIGQUIT',
  'SIGUSR1',
  'SIGUSR2',
  'SIGALRM',
  'SIGABRT',
  'SIGVTALRM',
  'SIGXCPU',
  ...((process.platform === 'win32' ? ['SIGBREAK'] : []) satisfies NodeJS.Signals[]),
  ...((process.platform === 'linux' ? ['SIGIO', 'SIGPWR', 'SIGSTKFLT'] : []) satisfies NodeJS.Signals[]),
  // A profiler has it.
  ...((isProfiled() ? [] : ['SIGPROF']) satisfies NodeJS.Signals[]),
];

/** How a server is stopped that runs until then: no failure. */
const ORDINARY: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM'];

/** What a person at the terminal presses again if the end takes too long. */
const KEYS: readonly NodeJS.Signals[] = ['SIGINT', 'SIGQUIT'];

type SignalHandler = (error: KosmoError, signal: NodeJS.Signals) => void;

let handle: SignalHandler = ({ exitCode }) => process.exit(exitCode);

/** Listens for the signals that end a program. Until a command takes them over, each ends the process with 128 plus its number. */
export function listenForSignals(): void {
  for (const signal of ENDING) process.on(signal, () => handle(endedBy(signal), signal));
}

/** Gives the signals to `handler` until the function that is returned is called. */
export function takeSignals(handler: SignalHandler): () => void {
  const before = handle;
  handle = handler;
  return () => {
    handle = before;
  };
}

let ended: AbortSignal | undefined;

/**
 * A signal that every signal aborts which ends a program, for commands that wait or have something to end. The reason is the error of the
 * run. Ctrl-C or Ctrl-\ after it end the process at once.
 */
export function abortOnSignals(): AbortSignal {
  if (ended !== undefined) return ended;
  const abort = new AbortController();
  takeSignals((error, signal) => {
    if (abort.signal.aborted && KEYS.includes(signal)) process.exit(error.exitCode);
    // Also of a command that has no result.
    if (!ORDINARY.includes(signal)) process.exitCode = error.exitCode;
    abort.abort(error);
  });
  ended = abort.signal;
  return ended;
}

/** The error of what a signal ends. */
export function endedBy(signal: NodeJS.Signals): KosmoError {
  if (signal === 'SIGINT') return new KosmoError('INTERRUPTED', 'interrupted');
  const message = signal === 'SIGTERM' ? 'terminated' : `terminated by ${signal}`;
  return new KosmoError('TERMINATED', message, { details: { signal } });
}

function isProfiled(): boolean {
  const { NODE_OPTIONS: options = '' } = process.env;
  return [...process.execArgv, options].some((option) => option.includes('-prof'));
}
