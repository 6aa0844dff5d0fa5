import vm from 'node:vm';
import { KosmoError } from '../errors/index.ts';
import { monotonicNow } from '../monotonic-now.ts';

const MIB = 1024 * 1024;

/** Growth of the host's own memory while a script waits is not the script's, up to this much. */
const HOST_GROWTH_AT_MOST = 32 * MIB;

/** What the functions that run after the end may hold besides what the script left behind. */
const GRACE_MEMORY_BYTES = 32 * MIB;

/** In less the host does not grow enough to be worth the measuring. */
const SHORT_PAUSE_MS = 5;

/** With a string of this size around, one instruction can take as long as a thousand others: comparing, reversing, formatting it. */
const HEAVY_BYTES = 256 * 1024;

/** The clock is read once for this many reservations: a walk through nested tables makes one for each item. */
const CHECK_EVERY_RESERVATIONS = 256;

/** Blocks of strings and buffers are counted, and memory is measured when this many bytes have come together. */
const MEASURE_EVERY_BYTES = MIB;

export interface LimitOptions {
  /** Milliseconds of time spent running Lua, waiting not included. @default 30000 */
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

export type Locate = () => ScriptPosition | undefined;

export interface Limits {
  readonly outputBytes: number;
  /** The error that ends the run, once a limit was passed. */
  readonly exceeded: () => KosmoError | undefined;
  /** Starts afresh for another run. */
  readonly restart: () => void;
  /** Starts a time after the end, for what must still be done: `ms` of computing and of wall time, and some memory more. */
  readonly startGrace: (ms: number) => void;
  /** Marks the run as ended by `error`; the first one wins. */
  readonly end: (error: KosmoError) => KosmoError;
  /** Call before and after a slice of Lua. */
  readonly startSlice: () => void;
  readonly endSlice: () => void;
  /** Milliseconds that the running slice has taken, or the last one took. */
  readonly sliceMs: () => number;
  /** Milliseconds that the running slice may still take; at least 1. */
  readonly remainingMs: () => number;
  /** Call often while Lua runs: the error to raise, if a limit was passed. */
  readonly check: (where: Locate) => KosmoError | undefined;
  /**
   * Call before a block is allocated, or many small ones (`inPieces`), which make no instruction slow: the error to raise instead, if they
   * would pass the memory limit.
   */
  readonly reserve: (bytes: number, where: Locate, inPieces?: boolean) => KosmoError | undefined;
  /** Whether blocks were allocated that make single instructions slow: then the hook alone does not bound the time. */
  readonly isHeavy: () => boolean;
  /** The error of a slice that was cut off from outside. */
  readonly overdue: (where: Locate) => KosmoError;
  readonly cpuUsedMs: () => number;
  /** Highest measured memory of the script in bytes. */
  readonly memoryPeak: () => number;
}

/** CPU, wall and memory limits of one run. Nothing here stops a script by itself: the scheduler and the hook ask. */
export function createLimits(options: LimitOptions): Limits {
  const { timeoutMs, outputBytes = 8 * MIB } = options;
  let cpuMs = 0;
  let graceMs: number | undefined;
  let memoryBytes = options.memoryBytes ?? 128 * MIB;
  const started = monotonicNow();
  let wallEnd = Number.POSITIVE_INFINITY;
  let exceeded: KosmoError | undefined;
  let cpuUsed = 0;
  let sliceStart = Number.NaN;
  let nextMeasure = 0;
  let unmeasured = 0;
  let reservations = 0;
  let heavy = false;
  let baseline = measureBaseline(memoryBytes / 4);
  let hostGrowth = 0;
  let atSliceEnd = baseline;
  let sliceEnd = started;
  let sliceEndTurn = -1;
  let lastSliceMs = 0;
  let collectAbove = memoryBytes;
  let peak = 0;

  const end = (error: KosmoError): KosmoError => {
    exceeded ??= error;
    return exceeded;
  };
  const cpuNow = (): number => cpuUsed + (Number.isNaN(sliceStart) ? 0 : monotonicNow() - sliceStart);
  const memoryError = (where: Locate): KosmoError =>
    end(limitError('MEMORY_LIMIT', `memory limit exceeded: the script needs more than ${formatBytes(memoryBytes)}`, where, memoryBytes));
  const overdue = (where: Locate): KosmoError =>
    monotonicNow() > wallEnd
      ? graceMs === undefined
        ? timeoutError(timeoutMs ?? 0, where)
        : graceError(graceMs, where)
      : limitError('CPU_LIMIT', `CPU limit exceeded: the script computed for more than ${cpuMs / 1000} s`, where, cpuMs / 1000);

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
    exceeded: () => exceeded,
    restart() {
      graceMs = undefined;
      exceeded = undefined;
      cpuUsed = 0;
      cpuMs = options.cpuMs ?? 30_000;
      memoryBytes = options.memoryBytes ?? 128 * MIB;
      collectAbove = memoryBytes;
      wallEnd = timeoutMs === undefined ? Number.POSITIVE_INFINITY : monotonicNow() + timeoutMs;
    },
    startGrace(ms) {
      graceMs = ms;
      exceeded = undefined;
      cpuMs = cpuUsed + ms;
      wallEnd = monotonicNow() + ms;
      memoryBytes = Math.max(memoryBytes, measureMemory() - baseline) + GRACE_MEMORY_BYTES;
      collectAbove = memoryBytes;
    },
    end,
    startSlice() {
      sliceStart = monotonicNow();
      if (turn === sliceEndTurn) cpuUsed += sliceStart - accountedUntil;
      const grown = sliceStart - sliceEnd > SHORT_PAUSE_MS ? measureMemory() - atSliceEnd : 0;
      if (grown > 0 && hostGrowth < HOST_GROWTH_AT_MOST) {
        hostGrowth += grown;
        baseline += grown;
      }
    },
    endSlice() {
      sliceEnd = monotonicNow();
      cpuUsed += sliceEnd - sliceStart;
      accountedUntil = sliceEnd;
      sliceEndTurn = currentTurn();
      lastSliceMs = sliceEnd - sliceStart;
      sliceStart = Number.NaN;
      atSliceEnd = measureMemory();
      peak = Math.max(peak, Math.min(atSliceEnd - baseline, memoryBytes));
    },
    sliceMs: () => (Number.isNaN(sliceStart) ? lastSliceMs : monotonicNow() - sliceStart),
    remainingMs: () => Math.max(1, Math.min(cpuMs - cpuNow(), wallEnd - monotonicNow())),
    check(where) {
      if (exceeded !== undefined) return exceeded;
      const now = monotonicNow();
      if (now > wallEnd || cpuNow() > cpuMs) return end(overdue(where));
      if (now < nextMeasure) return undefined;
      nextMeasure = now + 1;
      return measure(0, where);
    },
    reserve(bytes, where, inPieces = false) {
      if (exceeded !== undefined) return exceeded;
      if (bytes > memoryBytes) return memoryError(where);
      if (bytes >= HEAVY_BYTES && !inPieces) heavy = true;
      if (++reservations % CHECK_EVERY_RESERVATIONS === 0 || bytes >= HEAVY_BYTES) {
        if (monotonicNow() > wallEnd || cpuNow() > cpuMs) return end(overdue(where));
      }
      unmeasured += bytes;
      if (unmeasured < MEASURE_EVERY_BYTES) return undefined;
      return measure(bytes, where);
    },
    isHeavy: () => heavy,
    overdue,
    cpuUsedMs: cpuNow,
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

/** The error of a run that passed its wall time. */
export function timeoutError(timeoutMs: number, where: Locate = NOWHERE): KosmoError {
  return limitError('TIMEOUT', `timeout: the script did not end within ${timeoutMs / 1000} s`, where, timeoutMs / 1000);
}

/** The error of deferred functions that took longer than the time they have. */
export function graceError(graceMs: number, where: Locate = NOWHERE): KosmoError {
  return limitError(
    'TIMEOUT',
    `timeout: deferred functions have ${graceMs / 1000} s`,
    where,
    graceMs / 1000,
    'do less at the end; --stop-on-exit stops recordings with a time of its own',
  );
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

const v8 = (): typeof import('node:v8') => process.getBuiltinModule('node:v8');

let measured = 0;

/** A short script is measured less often. */
const OFTEN = 16;

// The JavaScript heap and the buffers outside it. `process.memoryUsage` tells the same and costs forty times as much, but it is there:
// to load node:v8 costs more than a short script.
function measureMemory(): number {
  if (measured < OFTEN) {
    measured++;
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  }
  const { used_heap_size, external_memory } = v8().getHeapStatistics();
  return used_heap_size + external_memory;
}

// Right after a collection `external_memory` still counts the buffers that were freed; the next one brings it up to date.
function measureAfterCollection(): number {
  collectGarbage();
  collectGarbage();
  return measureMemory();
}

/** What was in use when the last run began: what has come since may be garbage of earlier runs. */
let lastBaseline = 0;

// Garbage that is still there when a run begins would vanish during it and hide as much of the script's own.
function measureBaseline(tolerance: number): number {
  lastBaseline = measureMemory() - lastBaseline > tolerance ? measureAfterCollection() : measureMemory();
  return lastBaseline;
}

let collect: (() => void) | undefined;

function collectGarbage(): void {
  if (collect === undefined) {
    v8().setFlagsFromString('--expose-gc');
    collect = vm.runInNewContext('gc') as () => void;
    v8().setFlagsFromString('--no-expose-gc');
  }
  collect();
}
