export { createManualClock, createScaledClock } from './clock.ts';
export type { Fault, FaultKind } from './faults.ts';
export { DEFAULT_ACCOUNT, type EmulatorOptions, type RequestLogEntry } from './options.ts';
export { type Emulator, startEmulator } from './server.ts';
export type { EmulatorState } from './state.ts';
