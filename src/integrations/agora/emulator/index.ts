export { createManualClock, createScaledClock, type EmulatorClock } from './clock.ts';
export {
  DEFAULT_ACCOUNT,
  type Emulator,
  type EmulatorAccount,
  type EmulatorOptions,
  type RequestLogEntry,
  startEmulator,
} from './server.ts';
