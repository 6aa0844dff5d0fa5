import { monotonicNow } from '../../platform/clock.ts';

/** A slice that takes less wall time counts as CPU time as it is: reading the CPU clock takes 2 µs, as much as a short slice. */
const SHORT_MS = 0.5;

/** While a slice goes on, the CPU clock is read this often. */
const SETTLE_EVERY_MS = 5;

/** CPU time below which the share of the processor that the script gets is not known yet. */
const MIN_MEASURED_MS = 20;

/** The CPU time that a script has used. Call `start` and `end` around each slice; all times are milliseconds. */
export interface CpuAccount {
  readonly restart: () => void;
  readonly start: (now: number) => void;
  readonly end: (now: number) => void;
  /** The CPU time so far. */
  readonly usedMs: () => number;
  /** Whether more than `ms` were used. Cheap: reads the CPU clock only now and then. */
  readonly exceeds: (ms: number, now: number) => boolean;
  /** Takes time off again. */
  readonly refund: (ms: number) => void;
  /** Wall time of all slices so far. */
  readonly wallMs: (now: number) => number;
  /** Wall time that passes for each millisecond of CPU time, at least 1: more where other processes compete for the processor. */
  readonly stall: () => number;
}

/**
 * Counts the CPU time of slices: of this thread where Node can tell (23.9 and later), else of the process, and never more than the wall
 * time that passed. Short slices count as wall time; what they count too much is taken off when the CPU clock is read next.
 */
export function createCpuAccount(): CpuAccount {
  let used = 0;
  let wall = 0;
  /** Until when the running slice is counted; NaN between slices. */
  let settledAt = Number.NaN;
  let sliceEnd = 0;
  let endTurn = -1;
  let clock = cpuClock();
  /** What was counted as wall time since the clock was read. */
  let countedSince = 0;

  const settle = (now: number): void => {
    const elapsed = now - settledAt;
    const reading = cpuClock();
    used += Math.min(elapsed, Math.max(0, reading - clock - countedSince));
    wall += elapsed;
    clock = reading;
    countedSince = 0;
    settledAt = now;
  };

  return {
    restart() {
      used = 0;
      wall = 0;
    },
    start(now) {
      // Between two slices in the same turn of the event loop nothing was waited for: the host worked for the script.
      const since = turn === endTurn ? accountedUntil : now;
      if (since === now && now - sliceEnd > SHORT_MS) {
        clock = cpuClock();
        countedSince = 0;
      }
      settledAt = since;
    },
    end(now) {
      const elapsed = now - settledAt;
      if (elapsed > SHORT_MS) settle(now);
      else {
        used += elapsed;
        wall += elapsed;
        countedSince += elapsed;
      }
      settledAt = Number.NaN;
      sliceEnd = now;
      accountedUntil = now;
      endTurn = currentTurn();
    },
    usedMs() {
      if (!Number.isNaN(settledAt)) settle(monotonicNow());
      return used;
    },
    exceeds(ms, now) {
      if (Number.isNaN(settledAt)) return used > ms;
      const elapsed = now - settledAt;
      if (elapsed > SETTLE_EVERY_MS || used + elapsed > ms) settle(now);
      return used > ms;
    },
    refund(ms) {
      used -= ms;
    },
    wallMs: (now) => wall + (Number.isNaN(settledAt) ? 0 : now - settledAt),
    stall: () => Math.max(1, used < MIN_MEASURED_MS ? stallOfProcess() : wall / used),
  };
}

/** Until when time has been counted for a script of this process. */
let accountedUntil = 0;

/** The turn of the event loop, counted while a slice has ended in it. */
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

// A process that has just started has done little but compute. Later its own waiting counts as well: then it says nothing.
function stallOfProcess(): number {
  const { user, system } = process.cpuUsage();
  const uptime = process.uptime() * 1000;
  return uptime > 1000 ? 1 : uptime / ((user + system) / 1000);
}

const { threadCpuUsage } = process as { threadCpuUsage?: () => NodeJS.CpuUsage };

function cpuClock(): number {
  const { user, system } = threadCpuUsage?.() ?? process.cpuUsage();
  return (user + system) / 1000;
}
