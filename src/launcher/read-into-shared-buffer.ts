import { readSync } from 'node:fs';

/** Room for the largest of what a start reads; what is not used of it costs nothing. */
let memory = Buffer.allocUnsafeSlow(1024 ** 2);

/**
 * The first `size` bytes of a file that is open, good until the next call: memory that a process touches for the first time costs more than
 * the reading. Undefined when there are fewer.
 */
export function readIntoSharedBuffer(descriptor: number, size: number): Buffer | undefined {
  if (size > memory.length) memory = Buffer.allocUnsafeSlow(size);
  return readSync(descriptor, memory, 0, size, 0) === size ? memory.subarray(0, size) : undefined;
}
