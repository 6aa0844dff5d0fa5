import { createScaledClock, type EmulatorClock } from './clock.ts';
import { type Fault, readFault } from './faults.ts';
import type { NotificationTarget } from './notifications.ts';
import type { Resource } from './recording.ts';
import { readState } from './state.ts';

/** A customer that may call, with its apps. */
export interface EmulatorAccount {
  readonly customerId: string;
  readonly customerSecret: string;
  readonly appIds: readonly string[];
}

/** The account of an emulator that was given none. */
export const DEFAULT_ACCOUNT: EmulatorAccount = {
  customerId: 'emulator-customer',
  customerSecret: 'emulator-secret',
  appIds: ['emulator-app'],
};

/** One request as a log shows it: nothing of its headers, query string and body, which hold secrets. */
export interface RequestLogEntry {
  readonly method: string;
  readonly path: string;
  /** 0 where a fault left the request without an answer. */
  readonly status: number;
  /** Real milliseconds, latency included. */
  readonly durationMs: number;
  /** The service's `code`, where the answer has one. */
  readonly code?: number;
  /** The fault that it met. */
  readonly fault?: string;
}

export interface EmulatorOptions {
  /** Address to listen on. @default '127.0.0.1' */
  readonly host?: string;
  /** 0 takes a free port. @default 0 */
  readonly port?: number;
  /** Emulated seconds a real second. @default 1 */
  readonly speed?: number;
  /** Replaces `speed`. */
  readonly clock?: EmulatorClock;
  /** @default [DEFAULT_ACCOUNT] */
  readonly accounts?: readonly EmulatorAccount[];
  /** Acquires a real second and app id before 429; 0 is unlimited. @default 10, Agora's own quota */
  readonly ratePerSecond?: number;
  /** Real milliseconds before each answer. @default 0 */
  readonly latencyMs?: number;
  /** What goes wrong from the start on; a text is read as `start:reset-after:count=1`. @default [] */
  readonly faults?: readonly (Fault | string)[];
  /** Where events go (Agora's notification callbacks), and the secret that signs them. @default none are sent */
  readonly notify?: NotificationTarget;
  /** A state that an emulator gave, or one like it that was written by hand. Its clock goes on from there. @default an empty one */
  readonly state?: unknown;
  /** Called after each request that may have changed the state. */
  readonly onChange?: () => void;
  /** Called after each answer. */
  readonly onRequest?: (entry: RequestLogEntry) => void;
}

/** Options with their defaults. */
export type EmulatorSettings = Required<Omit<EmulatorOptions, 'faults' | 'notify' | 'state'>> & {
  readonly resources: readonly Resource[];
  readonly faults: readonly Fault[];
  readonly notify: NotificationTarget | undefined;
};

/**
 * Fills in the defaults. Throws an Error that says which option is wrong and how to fix it.
 */
export function readOptions(options: EmulatorOptions): EmulatorSettings {
  const { host = '127.0.0.1', port = 0, speed = 1, accounts = [DEFAULT_ACCOUNT], ratePerSecond = 10, latencyMs = 0 } = options;
  if (host === '') throw new Error('host must be an address to listen on, such as 127.0.0.1');
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new Error(`port must be an integer from 0 to 65535, not ${port}; choose another with --port, or --port 0 for a free one`);
  }
  if (!(speed > 0 && Number.isFinite(speed))) throw new Error(`speed must be a number above 0, not ${speed}; 1 is Agora's own pace`);
  if (!(ratePerSecond >= 0)) throw new Error(`ratePerSecond must be 0 (unlimited) or more, not ${ratePerSecond}`);
  if (!(latencyMs >= 0 && Number.isFinite(latencyMs))) throw new Error(`latencyMs must be a number of 0 or more, not ${latencyMs}`);
  checkAccounts(accounts);
  if (options.notify !== undefined) checkTarget(options.notify);
  const { faults = [], onRequest = () => {}, onChange = () => {} } = options;
  const { now, resources } = readState(options.state ?? {}, options.clock?.now() ?? Date.now());
  const clock = options.clock ?? createScaledClock(speed, now);
  if (clock.now() < now) clock.advance(now - clock.now());
  const read = { faults: faults.map(readFault), notify: options.notify, resources };
  return { host, port, speed, clock, accounts, ratePerSecond, latencyMs, onRequest, onChange, ...read };
}

function checkTarget({ url, secret }: NotificationTarget): void {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw new Error(`notify.url must be an http or https address, not '${url}'`);
  if (secret === '') throw new Error('notify.secret is empty; give it any text, and the receiver the same');
}

function checkAccounts(accounts: readonly EmulatorAccount[]): void {
  if (accounts.length === 0) throw new Error('accounts is empty, so every call would be refused; leave it out for DEFAULT_ACCOUNT');
  for (const [index, { customerId, customerSecret, appIds }] of accounts.entries()) {
    const name = `accounts[${index}]`;
    // RFC 7617: the first colon separates the id from the secret.
    if (customerId === '' || customerId.includes(':')) throw new Error(`${name}.customerId must be a text without a colon`);
    if (customerSecret === '') throw new Error(`${name}.customerSecret is empty; give it any text`);
    if (appIds.length === 0) throw new Error(`${name}.appIds is empty; give it at least one app id`);
  }
}
