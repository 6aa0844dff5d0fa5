import type { Stage } from './stage.ts';

/** Decides about a write that was on its way when the process of a durable run ended. */
export const resume: Stage = (call) => call.run.journal?.resume(call);

/** Commits the intent of a write before it is sent. */
export const commit: Stage = (call) => call.run.journal?.commit(call);
