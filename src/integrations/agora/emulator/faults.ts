import type { Route } from './routes.ts';

export type FaultEndpoint = Route['endpoint'] | 'any';

/** What goes wrong, and when: with `-before` Agora has not acted on the request, with `-after` it has. */
export type FaultKind = keyof typeof KINDS;

export interface Fault {
  /** @default 'any' */
  readonly endpoint?: FaultEndpoint;
  readonly kind: FaultKind;
  /** Share of the requests that it is for, above 0 up to 1. @default 1 */
  readonly rate?: number;
  /** How many requests it is for. @default every one */
  readonly count?: number;
  /** Seed of the choice by `rate`: the same seed chooses the same requests. @default 1 */
  readonly seed?: number;
  /** Of `status`: the HTTP status. Of `html` it is 502 unless given, of `truncated` Agora's own. */
  readonly status?: number;
  /** Of `status`: Agora's code and reason; without a code the body is `{message: reason}`. */
  readonly code?: number;
  readonly reason?: string;
  /** Of `status`: the whole body, instead of code and reason. */
  readonly body?: object;
  /** Of `latency` and `slow-body`: real milliseconds. @default 1000 */
  readonly ms?: number;
  /** Of `failover`: emulated seconds in which the recording is not found. @default 30 */
  readonly seconds?: number;
}

/** A fault with what became of it. */
export type FaultView = Required<Pick<Fault, 'endpoint' | 'rate' | 'seed'>> & Fault & { readonly hits: number; readonly left?: number };

interface Kind {
  readonly effect: 'before' | 'after';
  readonly options: readonly (keyof Fault)[];
}

const STATUS = ['status', 'code', 'reason', 'body'] as const;

/** Every kind of fault, whether Agora has acted when it happens, and the options of its own. */
export const KINDS = {
  latency: { effect: 'before', options: ['ms'] },
  status: { effect: 'before', options: STATUS },
  'status-after': { effect: 'after', options: STATUS },
  'reset-before': { effect: 'before', options: [] },
  'reset-after': { effect: 'after', options: [] },
  'hang-before': { effect: 'before', options: [] },
  'hang-after': { effect: 'after', options: [] },
  'slow-body': { effect: 'after', options: ['ms'] },
  truncated: { effect: 'after', options: ['status'] },
  'truncated-before': { effect: 'before', options: ['status'] },
  html: { effect: 'before', options: ['status'] },
  'html-after': { effect: 'after', options: ['status'] },
  failover: { effect: 'before', options: ['seconds'] },
} as const satisfies Readonly<Record<string, Kind>>;

export const ENDPOINTS: readonly FaultEndpoint[] = ['acquire', 'start', 'query', 'update', 'updateLayout', 'stop', 'ncs', 'any'];
const SESSION_ENDPOINTS: readonly FaultEndpoint[] = ['query', 'update', 'updateLayout', 'stop'];
const COMMON = ['endpoint', 'kind', 'rate', 'count', 'seed'];

interface Range {
  readonly least: number;
  readonly most: number;
  readonly whole: boolean;
}

const MAX_VALUE = Number.MAX_SAFE_INTEGER;

const NUMBERS: Readonly<Record<string, Range>> = {
  rate: { least: 0.000_001, most: 1, whole: false },
  count: { least: 1, most: MAX_VALUE, whole: true },
  seed: { least: 0, most: 4_294_967_295, whole: true },
  status: { least: 200, most: 599, whole: true },
  code: { least: 0, most: MAX_VALUE, whole: true },
  ms: { least: 0, most: 600_000, whole: true },
  seconds: { least: 0.001, most: 86_400, whole: false },
};

/**
 * Reads a fault as a flag writes it, `start:reset-after:count=1`: endpoint, kind, and options by commas. A reason may hold colons, no
 * comma. Throws an Error that names the text, what is wrong with it, and what there is.
 */
export function parseFault(text: string): Fault {
  const [, endpoint = '', kind = '', options = ''] = /^([^:]*):([^:]*)(?::(.*))?$/s.exec(text) ?? [];
  if (endpoint === '' || kind === '')
    throw new Error(`fault '${text}' must be endpoint:kind[:option=value,…], such as start:reset-after:count=1`);
  const fields: Record<string, unknown> = { endpoint, kind };
  for (const option of options === '' ? [] : options.split(',')) {
    const [, name = '', value = ''] = /^(\w+)=(.*)$/s.exec(option) ?? [];
    if (name === '') throw new Error(`fault '${text}': '${option}' must be option=value`);
    if (name === 'body') throw new Error(`fault '${text}': a body can only be given to POST /_emulator/faults`);
    if (name in fields) throw new Error(`fault '${text}': ${name} is given twice`);
    fields[name] = name in NUMBERS ? (value.trim() === '' ? Number.NaN : Number(value)) : value;
  }
  return checkFault(fields, `fault '${text}'`);
}

/** Checks a fault from JSON, or reads it where it is a text. Throws an Error that says what is wrong and what there is. */
export function readFault(value: unknown): Fault {
  if (typeof value === 'string') return parseFault(value);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('a fault must be an object or a text');
  return checkFault(value as Record<string, unknown>, 'fault');
}

function checkFault(fields: Readonly<Record<string, unknown>>, name: string): Fault {
  const { endpoint = 'any', kind, reason, body } = fields;
  const fail = (problem: string): never => {
    throw new Error(`${name}: ${problem}`);
  };
  if (!ENDPOINTS.includes(endpoint as FaultEndpoint)) fail(`there is no endpoint '${endpoint}'; there are ${ENDPOINTS.join(', ')}`);
  if (typeof kind !== 'string' || !Object.hasOwn(KINDS, kind))
    fail(`there is no kind '${kind}'; there are ${Object.keys(KINDS).join(', ')}`);
  const known = [...COMMON, ...KINDS[kind as FaultKind].options];
  const foreign = Object.keys(fields).find((field) => !known.includes(field));
  if (foreign !== undefined) fail(`${kind} has no option '${foreign}'; there are ${known.slice(2).join(', ')}`);
  for (const [option, range] of Object.entries(NUMBERS)) {
    const number = fields[option];
    if (number !== undefined && !isWithin(number, range)) {
      fail(`${option} must be ${range.whole ? 'an integer' : 'a number'} from ${range.least} to ${range.most}`);
    }
  }
  if (reason !== undefined && typeof reason !== 'string') fail('reason must be a text');
  if (body !== undefined && (typeof body !== 'object' || body === null)) fail('body must be an object');
  if (String(kind).startsWith('status') && fields.status === undefined) fail(`${kind} needs status, such as status=500`);
  if (kind === 'failover' && ![...SESSION_ENDPOINTS, 'any'].includes(endpoint as FaultEndpoint)) {
    fail(`failover is for ${SESSION_ENDPOINTS.join(', ')}: ${endpoint} names no recording`);
  }
  return fields as unknown as Fault;
}

function isWithin(value: unknown, { least, most, whole }: Range): boolean {
  return typeof value === 'number' && value >= least && value <= most && (!whole || Number.isInteger(value));
}

export interface Faults {
  add(fault: Fault): void;
  clear(): void;
  list(): readonly FaultView[];
  /** The faults of a request: all latencies, and the first other one. Counts them. */
  pick(endpoint: Route['endpoint'], canFailOver: () => boolean): { readonly latencyMs: number; readonly fault: Fault | undefined };
}

export function createFaults(initial: readonly Fault[]): Faults {
  let active: { readonly fault: Fault; readonly random: () => number; left: number; hits: number }[] = [];
  const faults: Faults = {
    add(fault) {
      active.push({ fault, random: createRandom(fault.seed ?? 1), left: fault.count ?? Number.POSITIVE_INFINITY, hits: 0 });
    },
    clear() {
      active = [];
    },
    list: () =>
      active.map(({ fault, left, hits }) => {
        const { endpoint = 'any', rate = 1, seed = 1 } = fault;
        return { ...fault, endpoint, rate, seed, hits, ...(Number.isFinite(left) ? { left } : {}) };
      }),
    pick(endpoint, canFailOver) {
      let latencyMs = 0;
      let found: Fault | undefined;
      for (const each of active) {
        const { endpoint: meant = 'any', kind, rate = 1, ms = 1000 } = each.fault;
        if (found !== undefined && kind !== 'latency') continue;
        if (each.left === 0 || (meant !== 'any' && meant !== endpoint)) continue;
        if (kind === 'failover' && !(SESSION_ENDPOINTS.includes(endpoint) && canFailOver())) continue;
        if (rate < 1 && each.random() >= rate) continue;
        each.left -= 1;
        each.hits += 1;
        if (kind === 'latency') latencyMs += ms;
        else found = each.fault;
      }
      return { latencyMs, fault: found };
    },
  };
  for (const fault of initial) faults.add(fault);
  return faults;
}

// mulberry32: the same numbers from 0 to 1 for the same seed, on every machine.
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
