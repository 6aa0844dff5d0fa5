import { KosmoError } from '../../errors/index.ts';
import { monotonicNow } from '../../platform/clock.ts';
import { createPausableClock, type PausableClock } from '../../platform/pausable-clock.ts';
import { createCpuAccount } from './cpu-account.ts';
import { measureAfterCollection, measureBaseline, measureMemory } from './memory.ts';

const MIB = 1024 * 1024;

/** Growth of the host's own memory while a script waits is not the script's, up to this much. */
const MAX_HOST_GROWTH_BYTES = 32 * MIB;

/** What the functions that run after the end may hold besides what the script left behind. */
const GRACE_MEMORY_BYTES = 32 * MIB;

/** CPU time for what is no part of any function then, such as finding the words of an error. */
const GRACE_CPU_MS = 5000;

/** In less the host does not grow enough to be worth the measuring. */
const SHORT_PAUSE_MS = 5;

/** With a string of this size around, one instruction can take as long as a thousand others: comparing, reversing, formatting it. */
const HEAVY_BYTES = 256 * 1024;

/** The clock is read once for this many reservations: a walk through nested tables makes one for each item. */
const CHECK_EVERY_RESERVATIONS = 256;

/** Slices may take this many times the CPU limit in wall time, and some more: on a machine that stands still they must end as well. */
const MAX_STALL = 8;
const STALL_GRACE_MS = 5000;

/** Blocks of strings and buffers are counted, and memory is measured when this many bytes have come together. */
const MEASURE_EVERY_BYTES = MIB;

/** No script holds less. */
const MIN_MEMORY = 16 * 1024;

export interface LimitOptions {
  /** Milliseconds of CPU time spent running Lua, waiting not included. @default 30000 */
  readonly cpuMs?: number;
  /** Bytes that the script may hold, strings and buffers included. @default 134217728 (128 MiB) */
  readonly memoryBytes?: number;
  /** Milliseconds of wall time, waiting included; undefined is no limit. @default undefined */
  readonly timeoutMs?: number;
  /** Bytes of captured output; more is cut and marked. @default 8388608 (8 MiB) */
  readonly outputBytes?: number;
}

/** Where the script is. */
export interface ScriptPosition {
  /** Name of the chunk as messages show it: `eval`, `stdin`, a file's path. */
  readonly chunk: string;
  readonly line: number;
}

/** What a part of a run may use for itself, a deferred function say; how it ends is its own matter. */
export interface Allowance {
  /** Milliseconds of CPU time. */
  readonly limitMs: number;
  leftMs: number;
  exceeded: KosmoError | undefined;
}

export type Locate = () => ScriptPosition | undefined;

export interface Limits {
  readonly outputBytes: number;
  /** The error that ends the run, once a limit was passed. */
  readonly limitError: () => KosmoError | undefined;
  /** Starts afresh for another run. */
  readonly reset: () => void;
  /** Starts a time after the end, for what must still be done: some memory more, and CPU time for each `enter`. */
  readonly startGrace: () => void;
  /** Ends it: what was left over of limits passed in it does not end the run. */
  readonly endGrace: () => void;
  /** What runs from now on uses up this allowance, and no limit of the run. */
  readonly enter: (allowance: Allowance | undefined) => void;
  /** Whose time runs. */
  readonly allowance: () => Allowance | undefined;
  /** Marks the run as ended by `error`; the first one wins. */
  readonly end: (error: KosmoError) => KosmoError;
  /** Call before and after a slice of Lua. */
  readonly startSlice: () => void;
  readonly endSlice: () => void;
  /** Milliseconds of wall time that the running slice has taken, or the last one took. */
  readonly sliceMs: () => number;
  /**
   * Milliseconds of wall time in which a step should use up the CPU time that is left, or pass the end of the run; at least 1. `stall`: wall
   * time for each millisecond of CPU time, if more than before.
   */
  readonly remainingMs: (stall?: number) => number;
  /** Milliseconds of wall time after which a slice is cut off in any case: generous, since neighbours on the machine can slow it down. */
  readonly cutOffMs: () => number;
  /** Call often while Lua runs: the error to raise, if a limit was passed. */
  readonly check: (where: Locate) => KosmoError | undefined;
  /**
   * Call before a block is allocated, or many small ones (`inPieces`), which make no instruction slow: the error to raise instead, if they
   * would pass the memory limit. With 0 bytes it looks at the time alone.
   */
  readonly reserve: (bytes: number, where: Locate, inPieces?: boolean) => KosmoError | undefined;
  /** Whether blocks were allocated that make single instructions slow: then the hook alone does not bound the time. */
  readonly hasLargeStrings: () => boolean;
  /** The error of a slice that was cut off from outside. */
  readonly deadlineError: (where: Locate) => KosmoError;
  /** Whether the time of the run is over. */
  readonly isOverdue: () => boolean;
  readonly cpuUsedMs: () => number;
  /** Takes CPU time off that was spent in vain, without the script's doing. */
  readonly refund: (ms: number) => void;
  /** An estimate of what the script holds now, in bytes; `afterCollection` collects garbage first, if there may be some. */
  readonly memoryNow: (afterCollection: boolean) => number;
  /** Highest measured memory of the script in bytes. */
  readonly memoryPeak: () => number;
}

/** CPU, wall and memory limits of one run. Nothing here stops a script by itself: the scheduler and the hook ask. */
export function createLimits(options: LimitOptions, clock: PausableClock = createPausableClock()): Limits {
  const { timeoutMs, outputBytes = 8 * MIB } = options;
  let cpuMs = 0;
  let allowance: Allowance | undefined;
  /** The CPU time that was used when the allowance began to be used. */
  let enteredAt = 0;
  let memoryBytes = options.memoryBytes ?? 128 * MIB;
  const started = monotonicNow();
  let wallEnd = Number.POSITIVE_INFINITY;
  let createLimitError: KosmoError | undefined;
  const cpu = createCpuAccount();
  let sliceStart = Number.NaN;
  let nextMeasure = 0;
  let unmeasured = 0;
  let reservations = 0;
  let hasLargeStrings = false;
  let baseline = measureBaseline(memoryBytes / 4);
  let hostGrowth = 0;
  let atSliceEnd = baseline;
  let sliceEnd = started;
  let sliceEndTurn = -1;
  let lastSliceMs = 0;
  let collectAbove = memoryBytes;
  let peak = 0;
  /** Bytes in use after the last collection that the script asked for. */
  let collected = 0;

  const end = (error: KosmoError): KosmoError => {
    createLimitError ??= error;
    return createLimitError;
  };
  const wallNow = (now: number): number => now - clock.pausedMs();
  const stallMs = (now: number): number => cpuMs * MAX_STALL + STALL_GRACE_MS - cpu.wallMs(now);
  const isOverdue = (now: number): boolean => wallNow(now) > wallEnd || cpu.exceeds(cpuMs, now) || stallMs(now) < 0;
  const memoryError = (where: Locate): KosmoError =>
    end(limitError('MEMORY_LIMIT', `memory limit exceeded: the script needs more than ${formatBytes(memoryBytes)}`, where, memoryBytes));
  const overdue = (where: Locate): KosmoError => {
    const now = monotonicNow();
    if (wallNow(now) > wallEnd) return timeoutError(timeoutMs ?? 0, where);
    if (cpu.exceeds(cpuMs, now)) return cpuError(allowance?.limitMs ?? cpuMs, where);
    return stallError(cpuMs, { wallMs: cpu.wallMs(now), usedMs: cpu.usedMs() }, where);
  };

  const measure = (wanted: number, where: Locate): KosmoError | undefined => {
    unmeasured = 0;
    let used = measureMemory() - baseline + wanted;
    if (used > collectAbove) {
      // Most of it may be garbage; only what survives a collection counts.
      used = measureAfterCollection() - baseline + wanted;
      if (used > memoryBytes) return memoryError(where);
      collectAbove = Math.max(memoryBytes, used + memoryBytes / 4);
    }
    peak = Math.max(peak, Math.min(used, memoryBytes));
    return undefined;
  };

  return {
    outputBytes,
    limitError: () => createLimitError,
    reset() {
      allowance = undefined;
      createLimitError = undefined;
      cpu.restart();
      cpuMs = options.cpuMs ?? 30_000;
      memoryBytes = options.memoryBytes ?? 128 * MIB;
      collectAbove = memoryBytes;
      wallEnd = timeoutMs === undefined ? Number.POSITIVE_INFINITY : wallNow(monotonicNow()) + timeoutMs;
    },
    startGrace() {
      createLimitError = undefined;
      cpuMs = cpu.usedMs() + GRACE_CPU_MS;
      wallEnd = Number.POSITIVE_INFINITY;
      memoryBytes = Math.max(memoryBytes, measureMemory() - baseline) + GRACE_MEMORY_BYTES;
      collectAbove = memoryBytes;
    },
    endGrace() {
      allowance = undefined;
      createLimitError = undefined;
    },
    enter(next) {
      if (allowance === next) return;
      const used = cpu.usedMs();
      if (allowance !== undefined) {
        allowance.leftMs -= used - enteredAt;
        allowance.exceeded = createLimitError;
      }
      allowance = next;
      enteredAt = used;
      if (next === undefined) return;
      createLimitError = next.exceeded;
      cpuMs = used + next.leftMs;
    },
    allowance: () => allowance,
    end,
    startSlice() {
      sliceStart = monotonicNow();
      cpu.start(sliceStart, turn === sliceEndTurn ? accountedUntil : sliceStart);
      const grown = sliceStart - sliceEnd > SHORT_PAUSE_MS ? measureMemory() - atSliceEnd : 0;
      if (grown > 0 && hostGrowth < MAX_HOST_GROWTH_BYTES) {
        hostGrowth += grown;
        baseline += grown;
      }
    },
    endSlice() {
      sliceEnd = monotonicNow();
      cpu.end(sliceEnd);
      accountedUntil = sliceEnd;
      sliceEndTurn = currentTurn();
      lastSliceMs = sliceEnd - sliceStart;
      sliceStart = Number.NaN;
      atSliceEnd = measureMemory();
      peak = Math.max(peak, Math.min(atSliceEnd - baseline, memoryBytes));
    },
    sliceMs: () => (Number.isNaN(sliceStart) ? lastSliceMs : monotonicNow() - sliceStart),
    remainingMs: (stall = 1) =>
      Math.max(1, Math.min((cpuMs - cpu.usedMs()) * Math.min(Math.max(stall, cpu.stall()), MAX_STALL), wallEnd - wallNow(monotonicNow()))),
    cutOffMs() {
      const now = monotonicNow();
      return Math.max(1, Math.min(stallMs(now), wallEnd - wallNow(now)));
    },
    isOverdue: () => isOverdue(monotonicNow()),
    refund: cpu.refund,
    check(where) {
      if (createLimitError !== undefined) return createLimitError;
      const now = monotonicNow();
      if (isOverdue(now)) return end(overdue(where));
      if (now < nextMeasure) return undefined;
      nextMeasure = now + 1;
      return measure(0, where);
    },
    reserve(bytes, where, inPieces = false) {
      if (createLimitError !== undefined) return createLimitError;
      if (bytes > memoryBytes) return memoryError(where);
      if (bytes >= HEAVY_BYTES && !inPieces) hasLargeStrings = true;
      if (++reservations % CHECK_EVERY_RESERVATIONS === 0 || bytes >= HEAVY_BYTES || bytes === 0) {
        if (isOverdue(monotonicNow())) return end(overdue(where));
      }
      unmeasured += bytes;
      if (unmeasured < MEASURE_EVERY_BYTES) return undefined;
      return measure(bytes, where);
    },
    hasLargeStrings: () => hasLargeStrings,
    deadlineError: overdue,
    cpuUsedMs: cpu.usedMs,
    memoryNow(afterCollection) {
      if (afterCollection && measureMemory() - collected > MEASURE_EVERY_BYTES) collected = measureAfterCollection();
      return Math.max(MIN_MEMORY, measureMemory() - baseline);
    },
    memoryPeak: () => Math.max(0, Math.round(peak)),
  };
}

/** Until when time has been counted for some script. */
let accountedUntil = 0;

/**
 * Which turn of the event loop it is, counted while somebody asks. Between two slices in the same turn nobody waited: the host worked
 * for the script, and that is the script's time.
 */
let turn = 0;
let isTurnEndAwaited = false;

function currentTurn(): number {
  if (!isTurnEndAwaited) {
    isTurnEndAwaited = true;
    setImmediate(() => {
      isTurnEndAwaited = false;
      turn++;
    });
  }
  return turn;
}

const NOWHERE: Locate = () => undefined;

function cpuError(cpuMs: number, where: Locate): KosmoError {
  return limitError('CPU_LIMIT', `CPU limit exceeded: the script used more than ${cpuMs / 1000} s of CPU time`, where, cpuMs / 1000);
}

// Slices are cut off by wall time where nothing else can stop them.
function stallError(cpuMs: number, { wallMs, usedMs }: { wallMs: number; usedMs: number }, where: Locate): KosmoError {
  const what = `CPU limit exceeded: the script ran for ${seconds(wallMs)} s of wall time without waiting, with ${seconds(usedMs)} s of CPU time`;
  return limitError('CPU_LIMIT', what, where, cpuMs / 1000, 'run it on a machine that is less busy, or raise --cpu-limit');
}

const seconds = (ms: number): number => Math.round(ms / 100) / 10;

/** The error of a run that passed its wall time. */
export function timeoutError(timeoutMs: number, where: Locate = NOWHERE): KosmoError {
  return limitError('TIMEOUT', `timeout: the script did not end within ${timeoutMs / 1000} s`, where, timeoutMs / 1000);
}

function limitError(
  code: 'CPU_LIMIT' | 'MEMORY_LIMIT' | 'TIMEOUT',
  what: string,
  where: Locate,
  limit: number,
  hint: string = HINTS[code],
): KosmoError {
  const position = where();
  return new KosmoError(code, position === undefined ? what : `${what} (at ${position.chunk}:${position.line})`, {
    hint,
    details: { limit, ...(position === undefined ? {} : { line: position.line }) },
  });
}

const HINTS = {
  CPU_LIMIT: 'look for a loop that does not end, or raise --cpu-limit',
  MEMORY_LIMIT: 'keep less at a time, or raise --memory-limit',
  TIMEOUT: 'raise --timeout, or wait for less',
} as const;

function formatBytes(bytes: number): string {
  return bytes >= MIB ? `${Math.round((bytes / MIB) * 10) / 10} MiB` : `${bytes} bytes`;
}
