import vm from 'node:vm';

const v8 = (): typeof import('node:v8') => process.getBuiltinModule('node:v8');

let measured = 0;

/** A short script is measured less often. */
const OFTEN = 16;

/** Bytes in use: the JavaScript heap and the buffers outside it. */
export function measureMemory(): number {
  // `process.memoryUsage` costs forty times as much, but loading node:v8 costs more than a short script.
  if (measured < OFTEN) {
    measured++;
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  }
  const { used_heap_size, external_memory } = v8().getHeapStatistics();
  return used_heap_size + external_memory;
}

/** Bytes in use after a collection. */
export function measureAfterCollection(): number {
  // Right after a collection `external_memory` still counts the buffers that were freed; the next one brings it up to date.
  collectGarbage();
  collectGarbage();
  return measureMemory();
}

/** Bytes in use when the last run began: the growth since then may be garbage of earlier runs. */
let lastBaseline = 0;

/**
 * Bytes in use when a run begins. Collects garbage first if more than `tolerance` came since the last run: it would vanish during this
 * run and hide as much of the script's own.
 */
export function measureBaseline(tolerance: number): number {
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
