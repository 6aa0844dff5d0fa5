export { cancelledError, requestCancel, watchForCancel } from './cancel.ts';
export { type CallRow, describeRun, type RunDescription } from './describe.ts';
export { beginRun, closeRun, type NewRun, type RunPlace, requireRun, retryRun, type TakeOptions, takeOver } from './open-run.ts';
export { pruneRuns } from './prune.ts';
export { newRunId } from './run-folder.ts';
export { keepSummary, listAllRuns, listRuns, type RunStatus, type RunSummary, summarize } from './summary.ts';
