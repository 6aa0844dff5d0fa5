const WINDOW_MS = 1000;

/** Whether a further request of `key` is within the rate: at most `perSecond` in any second of real time; 0 is unlimited. */
export function createRateLimit(perSecond: number): (key: string) => boolean {
  if (perSecond === 0 || perSecond === Number.POSITIVE_INFINITY) return () => true;
  const recent = new Map<string, number[]>();
  return (key) => {
    const now = performance.now();
    const times = (recent.get(key) ?? []).filter((time) => time > now - WINDOW_MS);
    recent.set(key, times);
    if (times.length >= perSecond) return false;
    times.push(now);
    return true;
  };
}
