/** How much this process has computed, in milliseconds; a busy machine does not change it. */
export function computedMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** A CPU limit that a test of another limit does not meet. The limit counts waiting for a core as well. */
export const AMPLE_CPU_MS = 55_000;
