import { measureAfterCollection, measureBaseline, measureMemory } from './memory.ts';

const MIB = 1024 * 1024;

/** Growth of the host's own memory while a script waits is not the script's, up to this much. */
const MAX_HOST_GROWTH_BYTES = 32 * MIB;

/** In a shorter pause the host does not grow enough to be worth the measuring. */
const SHORT_PAUSE_MS = 5;

/** Blocks of strings and buffers are counted, and memory is measured when this many bytes have come together. */
const MEASURE_EVERY_BYTES = MIB;

/** No script holds less. */
const MIN_MEMORY = 16 * 1024;

/** The memory that a script holds, as growth of the process. All sizes are bytes, all times milliseconds of wall time. */
export interface MemoryAccount {
  readonly limit: () => number;
  readonly setLimit: (bytes: number) => void;
  /** Raises the limit to what the script holds now, if that is more, and by `bytes`. */
  readonly raiseLimit: (bytes: number) => void;
  /** Call before and after a slice of Lua. */
  readonly startSlice: (now: number) => void;
  readonly endSlice: (now: number) => void;
  /** Counts a block that is about to be allocated. Returns whether it would exceed the limit. */
  readonly reserve: (bytes: number) => boolean;
  /** Measures, at most once a millisecond. Returns whether the limit is exceeded. */
  readonly exceeds: (now: number) => boolean;
  /** An estimate of what the script holds now; `afterCollection` collects garbage first, if there may be some. */
  readonly now: (afterCollection: boolean) => number;
  /** Highest measured memory of the script. */
  readonly peak: () => number;
}

/** Counts from what the process holds now. */
export function createMemoryAccount(limitBytes: number, started: number): MemoryAccount {
  let limit = limitBytes;
  let baseline = measureBaseline(limitBytes / 4);
  let hostGrowth = 0;
  let atSliceEnd = baseline;
  let sliceEnd = started;
  let nextMeasure = 0;
  let unmeasured = 0;
  let collectAbove = limitBytes;
  let peak = 0;
  /** Bytes in use after the last collection that the script asked for. */
  let collected = 0;

  const setLimit = (bytes: number): void => {
    limit = bytes;
    collectAbove = bytes;
  };

  const measure = (wanted: number): boolean => {
    unmeasured = 0;
    let used = measureMemory() - baseline + wanted;
    if (used > collectAbove) {
      // Most of it may be garbage; only what survives a collection counts.
      used = measureAfterCollection() - baseline + wanted;
      if (used > limit) return true;
      collectAbove = Math.max(limit, used + limit / 4);
    }
    peak = Math.max(peak, Math.min(used, limit));
    return false;
  };

  return {
    limit: () => limit,
    setLimit,
    raiseLimit: (bytes) => setLimit(Math.max(limit, measureMemory() - baseline) + bytes),
    startSlice(now) {
      const grown = now - sliceEnd > SHORT_PAUSE_MS ? measureMemory() - atSliceEnd : 0;
      if (grown > 0 && hostGrowth < MAX_HOST_GROWTH_BYTES) {
        hostGrowth += grown;
        baseline += grown;
      }
    },
    endSlice(now) {
      sliceEnd = now;
      atSliceEnd = measureMemory();
      peak = Math.max(peak, Math.min(atSliceEnd - baseline, limit));
    },
    reserve(bytes) {
      unmeasured += bytes;
      return unmeasured >= MEASURE_EVERY_BYTES && measure(bytes);
    },
    exceeds(now) {
      if (now < nextMeasure) return false;
      nextMeasure = now + 1;
      return measure(0);
    },
    now(afterCollection) {
      if (afterCollection && measureMemory() - collected > MEASURE_EVERY_BYTES) collected = measureAfterCollection();
      return Math.max(MIN_MEMORY, measureMemory() - baseline);
    },
    peak: () => Math.max(0, Math.round(peak)),
  };
}
