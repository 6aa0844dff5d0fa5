import type { HostFunctionEntry } from '../../lua/index.ts';
import type { CallObserver, ObservedCall } from './observer.ts';

/** Sleeps that are remembered: a script with more of them wakes all the time. */
const MAX_SLEEPS = 1000;

/** What a run does at this moment, for people who watch it. */
export class RunActivity {
  readonly #open = new Map<string, string>();
  readonly #calls = new Set<ObservedCall>();
  #wakes: number[] = [];

  /** Follows the calls of the run. The calls that a composed function makes are not counted. */
  readonly observer: CallObserver = {
    started: (call) => {
      if (call.target.via === undefined) this.#calls.add(call);
    },
    finished: (call) => void this.#calls.delete(call),
    opened: (_call, { id, noun = 'resource' }) => void this.#open.set(id, noun),
    closed: (_call, id) => void this.#open.delete(id),
  };

  /** Learns from `sleep` when the script wakes. */
  readonly sleepPort: HostFunctionEntry = {
    kind: 'function',
    immediate: true,
    call: (args) => {
      const seconds = Number((args as readonly unknown[])[0]);
      if (this.#wakes.length < MAX_SLEEPS) this.#wakes.push(Date.now() + seconds * 1000);
      return null;
    },
  };

  /** One line: `3 recordings open · 2 × agora.record · sleeping until 21:00:00`. Empty if the run waits for nothing. */
  describe(now: number): string {
    this.#wakes = this.#wakes.filter((time) => time > now);
    const open = [...count(this.#open.values())].map(([noun, many]) => `${many} ${noun}${many === 1 ? '' : 's'} open`);
    const names = [...this.#calls].map(({ target: { provider, tool } }) => `${provider.path}.${tool.name}`);
    const calls = [...count(names)].map(([name, many]) => (many === 1 ? name : `${many} × ${name}`));
    const wake = this.#wakes.length === 0 ? [] : [`sleeping until ${timeOfDay(Math.min(...this.#wakes), now)}`];
    return calls.length + wake.length === 0 ? '' : [...open, ...calls, ...wake].join(' · ');
  }
}

function count(names: Iterable<string>): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

// Local time, with the date if that is another day.
function timeOfDay(time: number, now: number): string {
  const [date, start] = [new Date(time), new Date(now)];
  const pad = (part: number): string => String(part).padStart(2, '0');
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()].map(pad).join(':');
  if (date.toDateString() === start.toDateString()) return clock;
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())} ${clock}`;
}
