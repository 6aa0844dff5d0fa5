import type { Stage } from './stage.ts';

/** Counts the call against the caps of the run. `authorize` takes the count back if the call is not made. */
export const cap: Stage = (call) => {
  const release = call.run.caps?.take(call.target);
  if (release !== undefined) call.uncount = release;
  return undefined;
};
