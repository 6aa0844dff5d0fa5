/** Milliseconds since some moment in the past. It is `performance.now()` without what Node loads for the global `performance`. */
export function monotonicNow(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1e3 + nanoseconds / 1e6;
}
