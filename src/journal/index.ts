export { recordTo, replay } from './record-file.ts';
export type { RunJournal, RunStart } from './run-journal.ts';
