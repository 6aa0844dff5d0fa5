const UNKNOWN = Symbol('unknown value');

/**
 * Puts a value that is not known yet (a script that has not run computes it) at a place of an argument. Reading it ends the step of the
 * check that does so, see `skipIfUnknown`: whether there is anything at all is as unknown as what it is.
 */
export function markUnknown(target: object, name: string | number): void {
  Object.defineProperty(target, name, {
    get() {
      throw UNKNOWN;
    },
    enumerable: true,
    configurable: true,
  });
}

/** Runs one step of a check. It ends where it would need a value that is not known; what it has found by then stays. */
export function skipIfUnknown(step: () => void): void {
  try {
    step();
  } catch (thrown) {
    if (thrown !== UNKNOWN) throw thrown;
  }
}
