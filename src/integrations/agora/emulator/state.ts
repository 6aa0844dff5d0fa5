import { randomBytes } from 'node:crypto';
import { type Fields, isFields } from './checks.ts';
import { type Failure, failureOf } from './magic-names.ts';
import { MODES, type Mode } from './mode.ts';
import type { Recording, Resource, Subscription } from './recording.ts';
import { RequestRefused } from './response.ts';
import { checkStartRequest } from './start-request.ts';
import { FAILING_MS, HOUR_MS, RESOURCE_HOURS } from './timing.ts';
import { readWebState } from './web-services.ts';

/** The state with which an emulator can be started again: clock, resources and their recordings, without credentials. */
export interface EmulatorState {
  readonly version: 1;
  /** Emulated milliseconds since 1970; every other time counts from the same moment. */
  readonly now: number;
  readonly resources: readonly SavedResource[];
}

export interface SavedResource extends Omit<Resource, 'recording'> {
  readonly recording?: Omit<Recording, 'resource'>;
}

const VERSION = 1;
const HIDDEN = 'hidden';
const SECRETS = ['accessKey', 'secretKey', 'stsToken', 'secret', 'token'];

/** A state as it is written to a file. Storage keys, tokens and passwords are replaced; addresses stay, since queries show them. */
export function saveState(now: number, resources: Iterable<Resource>): EmulatorState {
  const saved = [...resources].map(({ recording, ...resource }) => {
    if (recording === undefined) return resource;
    const { resource: _itself, request, ...rest } = recording;
    return { ...resource, recording: { ...rest, request: hideSecrets(request) as Fields } };
  });
  return { version: VERSION, now, resources: saved };
}

function hideSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(hideSecrets);
  if (!isFields(value)) return value;
  const hide = (name: string, inner: unknown): unknown => (SECRETS.includes(name) && inner !== '' ? HIDDEN : hideSecrets(inner));
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, hide(name, inner)]));
}

/**
 * Reads a state. One that is written by hand may be short: a resource needs `cname` and `uid`, a recording `mode` and `request`; the rest
 * is as after an acquire and a start at `now`. Throws an Error that names the field and says what it must be.
 */
export function readState(value: unknown, present: number): { readonly now: number; readonly resources: readonly Resource[] } {
  const state = new Reader(value, 'the state');
  if (state.optional('version', 'number', VERSION) !== VERSION) state.fail('version', `must be ${VERSION}`);
  const now = state.optional('now', 'number', present);
  const resources = state.list('resources').map((each) => readResource(each, now));
  const ids = new Set<string>();
  for (const [index, { id, recording }] of resources.entries()) {
    for (const each of [id, ...(recording === undefined ? [] : [recording.sid])]) {
      if (ids.has(each)) state.fail(`resources[${index}]`, 'has an id or a sid that another one has');
      ids.add(each);
    }
  }
  return { now, resources };
}

function readResource(reader: Reader, now: number): Resource {
  const resource: Resource = {
    id: reader.optional('id', 'string', randomBytes(192).toString('base64url')),
    appId: reader.optional('appId', 'string', 'emulator-app'),
    cname: reader.required('cname', 'string'),
    uid: reader.required('uid', 'string'),
    acquiredAt: reader.optional('acquiredAt', 'number', now),
    lifetimeMs: reader.optional('lifetimeMs', 'number', RESOURCE_HOURS * HOUR_MS),
    ...reader.maybe('announced', 'string'),
  };
  const inner = reader.object('recording');
  if (inner !== undefined) resource.recording = readRecording(inner, resource);
  return resource;
}

function readRecording(reader: Reader, resource: Resource): Recording {
  const mode = reader.required('mode', 'string') as Mode;
  if (!MODES.includes(mode)) reader.fail('mode', `must be ${MODES.join(', ')}`);
  const request = reader.object('request')?.fields ?? reader.fail('request', 'is missing: the clientRequest of the start');
  try {
    checkStartRequest(mode, request);
  } catch (thrown) {
    if (!(thrown instanceof RequestRefused)) throw thrown;
    return reader.fail('request', `would be refused: ${(thrown.answer.body as { readonly reason?: string }).reason}`);
  }
  const failure = reader.maybe('failure', 'string').failure as Failure | undefined;
  if (failure !== undefined && !Object.hasOwn(FAILING_MS, failure))
    reader.fail('failure', `must be ${Object.keys(FAILING_MS).join(' or ')}`);
  const web = readWebState(request);
  const outputs = reader.list('outputs', web.outputs).map(({ fields }) => fields as unknown);
  if (outputs.some((each) => typeof each !== 'string')) reader.fail('outputs', 'must hold addresses');
  return {
    sid: reader.optional('sid', 'string', randomBytes(16).toString('hex')),
    resource,
    mode,
    request,
    startedAt: reader.optional('startedAt', 'number', resource.acquiredAt),
    failure: failure ?? failureOf(request),
    onhold: reader.optional('onhold', 'boolean', web.onhold),
    outputs: outputs as readonly string[],
    layout: reader.object('layout')?.fields ?? {},
    subscriptions: reader.list('subscriptions').map(readSubscription),
    ...reader.maybe('stoppedAt', 'number'),
    ...reader.maybe('uploadedAt', 'number'),
    failovers: reader.optional('failovers', 'number', 0),
    lostUntil: reader.optional('lostUntil', 'number', 0),
    sequence: reader.optional('sequence', 'number', 0),
  };
}

function readSubscription(reader: Reader): Subscription {
  return { at: reader.required('at', 'number'), streams: reader.object('streams')?.fields ?? {} };
}

interface Kinds {
  readonly string: string;
  readonly number: number;
  readonly boolean: boolean;
}

/** Reads the fields of an object, and fails with the path of the one that is wrong. */
class Reader {
  readonly fields: Fields;
  readonly #path: string;

  /** An item of a list may be other than an object: the first field that is read of it says so. */
  constructor(value: unknown, path: string, isItem = false) {
    if (!isItem && !isFields(value)) throw new Error(`${path} must be an object`);
    this.fields = value as Fields;
    this.#path = path;
  }

  fail(name: string, problem: string): never {
    throw new Error(`${this.#path}: ${name} ${problem}`);
  }

  required<Kind extends keyof Kinds>(name: string, kind: Kind): Kinds[Kind] {
    if (!isFields(this.fields)) throw new Error(`${this.#path} must be an object`);
    const value = this.fields[name];
    const fits = typeof value === kind && value !== '' && (kind !== 'number' || (Number.isFinite(value) && (value as number) >= 0));
    return fits ? (value as Kinds[Kind]) : this.fail(name, value === undefined ? 'is missing' : `must be a ${kind}${hintOf(kind)}`);
  }

  optional<Kind extends keyof Kinds>(name: string, kind: Kind, instead: Kinds[Kind]): Kinds[Kind] {
    return isFields(this.fields) && this.fields[name] === undefined ? instead : this.required(name, kind);
  }

  /** An object with the field, or without it where it is absent. */
  maybe<Name extends string, Kind extends keyof Kinds>(name: Name, kind: Kind): { readonly [name in Name]?: Kinds[Kind] } {
    return this.fields[name] === undefined ? {} : ({ [name]: this.required(name, kind) } as { readonly [name in Name]?: Kinds[Kind] });
  }

  object(name: string): Reader | undefined {
    const value = this.fields[name];
    return value === undefined ? undefined : new Reader(value, `${this.#path}.${name}`);
  }

  list(name: string, instead: readonly unknown[] = []): readonly Reader[] {
    const value = this.fields[name] ?? instead;
    if (!Array.isArray(value)) return this.fail(name, 'must be a list');
    return value.map((item, index) => new Reader(item, `${this.#path === 'the state' ? '' : `${this.#path}.`}${name}[${index}]`, true));
  }
}

function hintOf(kind: keyof Kinds): string {
  return { string: ' that is not empty', number: ' of 0 or more', boolean: '' }[kind];
}
