import type { KosmoError } from '../../errors/index.ts';
import { monotonicNow } from '../../platform/clock.ts';
import { createPausableClock, type PausableClock } from '../../platform/pausable-clock.ts';
import { type CpuAccount, createCpuAccount } from './cpu-account.ts';
import { cpuError, memoryError, stallError, timeoutError } from './limit-errors.ts';
import { createMemoryAccount, type MemoryAccount } from './memory-account.ts';
import type { Locate } from './script-position.ts';

const MIB = 1024 * 1024;

const DEFAULT_CPU_MS = 30_000;
const DEFAULT_MEMORY_BYTES = 128 * MIB;
const DEFAULT_OUTPUT_BYTES = 8 * MIB;

/** Memory of the functions that run after the end, besides what the script left behind. */
const GRACE_MEMORY_BYTES = 32 * MIB;

/** CPU time after the end that belongs to no function, such as finding the words of an error. */
const GRACE_CPU_MS = 5000;

/** With a string of this size around, one instruction can take as long as a thousand others: comparing, reversing, formatting it. */
const HEAVY_BYTES = 256 * 1024;

/** The clock is read once for this many reservations: a walk through nested tables makes one for each item. */
const CHECK_EVERY_RESERVATIONS = 256;

/** Wall time that slices may take, as a multiple of the CPU limit, and an extra: the script also ends on a machine that stands still. */
const MAX_STALL = 8;
const STALL_GRACE_MS = 5000;

export interface LimitOptions {
  /** Milliseconds of CPU time spent running Lua, waiting not included. @default 30000 */
  readonly cpuMs?: number;
  /** Bytes that the script may hold, strings and buffers included. @default 134217728 (128 MiB) */
  readonly memoryBytes?: number;
  /** Milliseconds of wall time, waiting included. @default undefined (no limit) */
  readonly timeoutMs?: number;
  /** Bytes of captured output; more is cut and marked. @default 8388608 (8 MiB) */
  readonly outputBytes?: number;
}

/** What a part of a run, such as a deferred function, may use for itself. If it exceeds this, the rest of the run goes on. */
export interface Allowance {
  /** Milliseconds of CPU time. */
  readonly limitMs: number;
  leftMs: number;
  exceeded: KosmoError | undefined;
}

/** CPU, wall and memory limits of the runs of one sandbox. Stops no script by itself: the scheduler and the hook ask. */
export class Limits {
  readonly outputBytes: number;
  readonly #options: LimitOptions;
  readonly #clock: PausableClock;
  readonly #cpu: CpuAccount = createCpuAccount();
  readonly #memory: MemoryAccount;
  #cpuMs = 0;
  #wallEnd = Number.POSITIVE_INFINITY;
  #error: KosmoError | undefined;
  #allowance: Allowance | undefined;
  /** The CPU time that was used when the allowance began to be used. */
  #enteredAt = 0;
  #sliceStart = Number.NaN;
  #lastSliceMs = 0;
  #reservations = 0;
  #hasLargeStrings = false;

  constructor(options: LimitOptions, clock: PausableClock = createPausableClock()) {
    this.outputBytes = options.outputBytes ?? DEFAULT_OUTPUT_BYTES;
    this.#options = options;
    this.#clock = clock;
    this.#memory = createMemoryAccount(options.memoryBytes ?? DEFAULT_MEMORY_BYTES, monotonicNow());
  }

  /** The error that ends the run, once a limit was exceeded. */
  limitError(): KosmoError | undefined {
    return this.#error;
  }

  /** Starts the budget of another run. */
  reset(): void {
    const { timeoutMs } = this.#options;
    this.#allowance = undefined;
    this.#error = undefined;
    this.#cpu.restart();
    this.#cpuMs = this.#options.cpuMs ?? DEFAULT_CPU_MS;
    this.#memory.setLimit(this.#options.memoryBytes ?? DEFAULT_MEMORY_BYTES);
    this.#wallEnd = timeoutMs === undefined ? Number.POSITIVE_INFINITY : this.#wall(monotonicNow()) + timeoutMs;
  }

  /** Starts a time after the end, for what must still be done: some memory more, and CPU time for each `enter`. */
  startGrace(): void {
    this.#error = undefined;
    this.#cpuMs = this.#cpu.usedMs() + GRACE_CPU_MS;
    this.#wallEnd = Number.POSITIVE_INFINITY;
    this.#memory.raiseLimit(GRACE_MEMORY_BYTES);
  }

  /** Ends it: a limit that was exceeded in it does not end the run. */
  endGrace(): void {
    this.#allowance = undefined;
    this.#error = undefined;
  }

  /** Code that runs from now on uses up this allowance, and no limit of the run. */
  enter(next: Allowance | undefined): void {
    if (this.#allowance === next) return;
    const used = this.#cpu.usedMs();
    if (this.#allowance !== undefined) {
      this.#allowance.leftMs -= used - this.#enteredAt;
      this.#allowance.exceeded = this.#error;
    }
    this.#allowance = next;
    this.#enteredAt = used;
    if (next === undefined) return;
    this.#error = next.exceeded;
    this.#cpuMs = used + next.leftMs;
  }

  /** The allowance that running code uses up. */
  allowance(): Allowance | undefined {
    return this.#allowance;
  }

  /** Marks the run as ended by `error`; the first one wins. */
  end(error: KosmoError): KosmoError {
    this.#error ??= error;
    return this.#error;
  }

  /** Call before a slice of Lua. */
  startSlice(): void {
    const now = monotonicNow();
    this.#sliceStart = now;
    this.#cpu.start(now);
    this.#memory.startSlice(now);
  }

  /** Call after a slice of Lua. */
  endSlice(): void {
    const now = monotonicNow();
    this.#cpu.end(now);
    this.#lastSliceMs = now - this.#sliceStart;
    this.#sliceStart = Number.NaN;
    this.#memory.endSlice(now);
  }

  /** Milliseconds of wall time that the running slice has taken, or the last one took. */
  sliceMs(): number {
    return Number.isNaN(this.#sliceStart) ? this.#lastSliceMs : monotonicNow() - this.#sliceStart;
  }

  /**
   * Milliseconds of wall time in which a step should use up the CPU time that is left, or pass the end of the run; at least 1. `stall`: wall
   * time for each millisecond of CPU time, if more than before.
   */
  remainingMs(stall = 1): number {
    const leftMs = (this.#cpuMs - this.#cpu.usedMs()) * Math.min(Math.max(stall, this.#cpu.stall()), MAX_STALL);
    return Math.max(1, Math.min(leftMs, this.#wallEnd - this.#wall(monotonicNow())));
  }

  /** Milliseconds of wall time after which a slice is cut off in any case: generous, since neighbours on the machine can slow it down. */
  cutOffMs(): number {
    const now = monotonicNow();
    return Math.max(1, Math.min(this.#stallMs(now), this.#wallEnd - this.#wall(now)));
  }

  /** Call often while Lua runs. Returns the error to raise, if a limit was exceeded. */
  check(where: Locate): KosmoError | undefined {
    if (this.#error !== undefined) return this.#error;
    const now = monotonicNow();
    if (this.#isOverdueAt(now)) return this.end(this.deadlineError(where));
    return this.#memory.exceeds(now) ? this.#memoryError(where) : undefined;
  }

  /**
   * Reserves memory before an allocation. Returns the error to raise if the limit would be exceeded. `inPieces`: many small blocks, which
   * do not slow single instructions. With 0 bytes it checks the time alone.
   */
  reserve(bytes: number, where: Locate, inPieces = false): KosmoError | undefined {
    if (this.#error !== undefined) return this.#error;
    if (bytes > this.#memory.limit()) return this.#memoryError(where);
    if (bytes >= HEAVY_BYTES && !inPieces) this.#hasLargeStrings = true;
    if (++this.#reservations % CHECK_EVERY_RESERVATIONS === 0 || bytes >= HEAVY_BYTES || bytes === 0) {
      if (this.isOverdue()) return this.end(this.deadlineError(where));
    }
    return this.#memory.reserve(bytes) ? this.#memoryError(where) : undefined;
  }

  /** Whether blocks were allocated that make single instructions slow: then the hook alone does not bound the time. */
  hasLargeStrings(): boolean {
    return this.#hasLargeStrings;
  }

  /** The error of a slice that was cut off from outside. */
  deadlineError(where: Locate): KosmoError {
    const now = monotonicNow();
    if (this.#wall(now) > this.#wallEnd) return timeoutError(this.#options.timeoutMs ?? 0, where);
    if (this.#cpu.exceeds(this.#cpuMs, now)) return cpuError(this.#allowance?.limitMs ?? this.#cpuMs, where);
    return stallError(this.#cpuMs, { wallMs: this.#cpu.wallMs(now), usedMs: this.#cpu.usedMs() }, where);
  }

  /** Whether the time of the run is over. */
  isOverdue(): boolean {
    return this.#isOverdueAt(monotonicNow());
  }

  /** Milliseconds of CPU time so far. */
  cpuUsedMs(): number {
    return this.#cpu.usedMs();
  }

  /** Takes CPU time off that was spent in vain, without the script's doing. */
  refund(ms: number): void {
    this.#cpu.refund(ms);
  }

  /** An estimate of what the script holds now, in bytes; `afterCollection` collects garbage first, if there may be some. */
  memoryNow(afterCollection: boolean): number {
    return this.#memory.now(afterCollection);
  }

  /** Highest measured memory of the script in bytes. */
  memoryPeak(): number {
    return this.#memory.peak();
  }

  #wall(now: number): number {
    return now - this.#clock.pausedMs();
  }

  #stallMs(now: number): number {
    return this.#cpuMs * MAX_STALL + STALL_GRACE_MS - this.#cpu.wallMs(now);
  }

  #isOverdueAt(now: number): boolean {
    return this.#wall(now) > this.#wallEnd || this.#cpu.exceeds(this.#cpuMs, now) || this.#stallMs(now) < 0;
  }

  #memoryError(where: Locate): KosmoError {
    return this.end(memoryError(this.#memory.limit(), where));
  }
}
