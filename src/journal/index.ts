export { DurableJournal, type DurableOptions, newSeed, openDurable } from './durable.ts';
export type { RunFacts } from './durable-lines.ts';
export { hasJournal, ownerOf, readLines, takeRun } from './file-store.ts';
export { recordTo, replay } from './record-file.ts';
export type { DurableRun, KeptModules, RunJournal, RunStart, RunState } from './run-journal.ts';
export { type Cipher, LineSealer } from './sealed-lines.ts';
export type { JournalStore, StoredLine } from './store.ts';
