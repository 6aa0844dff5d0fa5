export { beginRun, type NewRun, type RunPlace, requireRun, sealerOf, type TakeOptions, takeOver } from './open-run.ts';
export { newRunId, runFolder } from './run-folder.ts';
export { keepSummary, listRuns, type RunStatus, type RunSummary, summarize } from './summary.ts';
