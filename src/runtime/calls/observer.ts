import type { CallMetadata, CallProgress, OpenResource } from '../../integration/index.ts';
import type { Authorization } from '../../policy/index.ts';
import type { CallLogEntry } from './call-log-entry.ts';
import type { Target } from './target.ts';

/** A call as its observers know it: the same object from its start to its end. */
export interface ObservedCall {
  readonly target: Target;
  /** Facts for the log entry, as far as they are known. */
  readonly facts: CallMetadata;
  /** Adds a sentence to the entry of the call in the log. */
  readonly warn: (sentence: string) => void;
}

/** Follows calls from their start to their end. */
export interface CallObserver {
  /** A call begins. It is awaited if it returns a promise. */
  readonly started?: (call: ObservedCall) => void | Promise<void>;
  /** The policy allowed the call, and it is sent next. The only method that may throw: then nothing is sent. */
  readonly allowed?: (call: ObservedCall, authorization: Authorization) => void;
  readonly progress?: (call: ObservedCall, progress: CallProgress) => void;
  readonly warned?: (call: ObservedCall, warning: string) => void;
  /** The call left something open on the remote side. */
  readonly opened?: (call: ObservedCall, resource: OpenResource) => void;
  /** The call ended something that was open. */
  readonly closed?: (call: ObservedCall, id: string) => void;
  /** The call is over; or (without `call`) a function that does not exist was called. May return a warning for the entry. */
  readonly ended?: (entry: CallLogEntry, call?: ObservedCall) => string | undefined;
  /** The call is over, also one that is made of others, which has no entry. */
  readonly finished?: (call: ObservedCall) => void;
}

/** Observers as one, in their order. A method that none of them has is absent. */
export function combineObservers(observers: readonly (CallObserver | undefined)[]): CallObserver {
  const present = observers.filter((observer) => observer !== undefined);
  const having = <Name extends keyof CallObserver>(name: Name): readonly NonNullable<CallObserver[Name]>[] =>
    present.flatMap((observer) => observer[name] ?? []);
  const tell = <Args extends readonly unknown[]>(methods: readonly ((...args: Args) => void)[]): ((...args: Args) => void) | undefined =>
    methods.length < 2
      ? methods[0]
      : (...args) => {
          for (const method of methods) method(...args);
        };
  const combined = {
    started: combineStarted(having('started')),
    allowed: tell(having('allowed')),
    progress: tell(having('progress')),
    warned: tell(having('warned')),
    opened: tell(having('opened')),
    closed: tell(having('closed')),
    ended: combineEnded(having('ended')),
    finished: tell(having('finished')),
  };
  return Object.fromEntries(Object.entries(combined).filter(([, method]) => method !== undefined));
}

function combineStarted(methods: readonly NonNullable<CallObserver['started']>[]): CallObserver['started'] {
  if (methods.length < 2) return methods[0];
  return (call) => {
    const waits = methods.flatMap((method) => method(call) ?? []);
    return waits.length === 0 ? undefined : Promise.all(waits).then(() => undefined);
  };
}

// The warning of one is in the entry that those after it get.
function combineEnded(methods: readonly NonNullable<CallObserver['ended']>[]): CallObserver['ended'] {
  if (methods.length < 2) return methods[0];
  return (given, call) => {
    let entry = given;
    for (const method of methods) {
      const warning = method(entry, call);
      if (typeof warning !== 'string') continue;
      call?.warn(warning);
      entry = { ...entry, warnings: [...(entry.warnings ?? []), warning] };
    }
    return undefined;
  };
}
