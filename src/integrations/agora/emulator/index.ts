export { createManualClock, createScaledClock, type EmulatorClock } from './clock.ts';
export { DEFAULT_ACCOUNT, type EmulatorAccount, type EmulatorOptions, type RequestLogEntry } from './options.ts';
export type { RecordingView } from './recordings.ts';
export { type Emulator, startEmulator } from './server.ts';
