import { randomBytes } from 'node:crypto';
import { readAcquireRequest } from './acquire-request.ts';
import { adoptRecording } from './adopted-recording.ts';
import { requireSameIdentity } from './channel-identity.ts';
import { checkBoolean, type Fields, objectField } from './checks.ts';
import type { EmulatorClock } from './clock.ts';
import { bucketFiles } from './files.ts';
import { failureOf, hasSenders } from './magic-names.ts';
import { isMode, type Mode } from './mode.ts';
import type { Notifications } from './notifications.ts';
import { endRecording, phaseOf, type Recording, type RecordingView, type Resource, uploadMs, viewRecording } from './recording.ts';
import { createRecordings, type Recordings } from './recordings.ts';
import { type EmulatorResponse, failure, ok, RequestRefused, rejectParameter } from './response.ts';
import { queryResponse, stopResponse } from './server-response.ts';
import { digestOf } from './start-parameter.ts';
import { checkStartRequest, checkUidLists } from './start-request.ts';
import { type EmulatorState, saveState } from './state.ts';
import { checkStorage } from './storage.ts';
import { MAX_UPLOAD_MS, RESOURCE_ID_MS } from './timing.ts';
import { LAYOUT_FIELDS, validateLayout } from './validate-layout.ts';
import { readWebState, updateWeb } from './web-services.ts';

/** Sections of an update that the other modes have (EN and zh OpenAPI). */
const FOREIGN_CHANGES = { channel: ['webRecordingConfig', 'rtmpPublishConfig'], web: ['streamSubscribe'] } as const;
const STREAM_LISTS = ['audioUidList', 'videoUidList'];

/** The parameters of a request's path, percent-decoded. */
export type PathParameters = Readonly<Record<string, string>>;

/** The request of an endpoint: the app, the rest of the path, and the body of a POST. */
export interface ServiceRequest {
  readonly appId: string;
  readonly path: PathParameters;
  readonly body: Fields;
}

export type Endpoint = 'acquire' | 'start' | 'query' | 'update' | 'updateLayout' | 'stop';

export interface Service extends Readonly<Record<Endpoint, (request: ServiceRequest) => EmulatorResponse>> {
  recordings(): readonly RecordingView[];
  /** Moves a recording to another server, where it is not found for `ms`. */
  failOver(sid: string, ms: number): void;
  /** Whether a recording runs, and is not on its way to another server. */
  canFailOver(sid: string): boolean;
  /** The state with which the emulator can be started again. */
  state(): EmulatorState;
  /** Names of what lies in the bucket; undefined where no recording has the sid. */
  files(sid: string): readonly string[] | undefined;
}

const NO_WORKER = failure(404, 404, 'failed to find worker');
const STOPPING = failure(400, 49, 'invalid operation');

/** The shared state of the endpoints. */
interface Context {
  readonly clock: EmulatorClock;
  readonly notifications: Notifications;
  readonly recordings: Recordings;
}

type Handler = (context: Context, request: ServiceRequest) => EmulatorResponse;

/** Creates the endpoints and their state: resources and recordings of all apps, which only the clock changes between requests. */
export function createService(clock: EmulatorClock, notifications: Notifications, saved: readonly Resource[] = []): Service {
  const recordings = createRecordings(clock, saved);
  for (const recording of recordings.all()) notifications.resumed(recording);
  const context = { clock, notifications, recordings };
  const serve = (handler: Handler) => (request: ServiceRequest) => handler(context, request);
  return {
    acquire: serve(acquire),
    start: serve(start),
    query: serve(query),
    update: serve(update),
    updateLayout: serve(updateLayout),
    stop: serve(stop),
    recordings: () => recordings.all().map((recording) => viewRecording(recording, clock.now())),
    state: () => saveState(clock.now(), recordings.resources()),
    canFailOver(sid) {
      const recording = recordings.find(sid);
      return recordings.isRunning(recording) && clock.now() >= (recording?.lostUntil ?? 0);
    },
    failOver(sid, ms) {
      const recording = recordings.find(sid);
      if (recording === undefined) return;
      recording.failovers += 1;
      recording.lostUntil = clock.now() + ms;
      notifications.failedOver(recording);
    },
    files(sid) {
      const recording = recordings.find(sid);
      return recording === undefined ? undefined : bucketFiles(recording, clock.now());
    },
  };
}

const acquire: Handler = ({ clock, recordings }, { appId, body }) => {
  const { cname, uid, ...rest } = readAcquireRequest(body);
  const id = randomBytes(192).toString('base64url');
  recordings.addResource({ id, appId, cname, uid, acquiredAt: clock.now(), ...rest });
  return ok({ cname, uid, resourceId: id });
};

const start: Handler = (context, request) => {
  const { clock, notifications, recordings } = context;
  const resource = findResource(context, request);
  if (resource.appId !== request.appId) refuse(432, 'appid does not match the resource id');
  const mode = readMode(request.path.mode);
  requireSameIdentity(resource, request.body);
  const clientRequest = objectField(request.body, 'clientRequest', '', true);
  if (recordings.isRunning(resource.recording))
    return { status: 201, body: { code: 7, reason: 'already started', ...sessionOf(resource) } };
  const expired = clock.now() >= resource.acquiredAt + RESOURCE_ID_MS;
  if (expired || resource.recording !== undefined) refuse(433, 'resource id expired');
  checkStartRequest(mode, clientRequest);
  // An invalid one cannot be the same as a valid start (EN and zh OpenAPI: that start returns an error).
  if (resource.announced !== undefined && resource.announced !== digestOf(clientRequest))
    rejectParameter('clientRequest is not the startParameter of the acquire');
  if (recordings.isTaken(resource)) refuse(53, 'task conflict');
  const recording = createRecording(resource, mode, clientRequest, clock.now());
  resource.recording = recording;
  recordings.add(recording);
  notifications.started(recording);
  return ok(sessionOf(resource));
};

function createRecording(resource: Resource, mode: Mode, request: Fields, startedAt: number): Recording {
  return {
    sid: randomBytes(16).toString('hex'),
    resource,
    mode,
    startedAt,
    request,
    failure: failureOf(request),
    ...readWebState(request),
    layout: {},
    subscriptions: [],
    failovers: 0,
    lostUntil: 0,
    sequence: 0,
  };
}

const query: Handler = (context, request) => {
  const recording = findRunning(context, request, 'query');
  return ok({ ...sessionOf(recording.resource), serverResponse: queryResponse(recording, context.clock.now()) });
};

const update: Handler = (context, request) => {
  const recording = findRunning(context, request, 'update');
  const changes = objectField(request.body, 'clientRequest', '', true);
  if (changes.storageConfig !== undefined) checkStorage(objectField(changes, 'storageConfig', ''));
  const foreign = FOREIGN_CHANGES[recording.mode === 'web' ? 'web' : 'channel'].find((name) => changes[name] !== undefined);
  if (foreign !== undefined) rejectParameter(`${foreign} is not for mode ${recording.mode}`);
  if (recording.mode !== 'web') updateSubscription(recording, changes, context.clock.now());
  else if (updateWeb(recording, changes)) context.notifications.updated(recording);
  return ok(sessionOf(recording.resource));
};

const updateLayout: Handler = (context, request) => {
  const recording = findRunning(context, request, 'updateLayout');
  if (recording.mode !== 'mix') return rejectParameter('updateLayout is for mode mix');
  const layout = objectField(request.body, 'clientRequest', '', true);
  const problem = validateLayout(layout);
  if (problem !== undefined) return failure(400, 1028, `updateLayout: ${problem}`);
  recording.layout = Object.fromEntries(LAYOUT_FIELDS.filter((name) => layout[name] !== undefined).map((name) => [name, layout[name]]));
  return ok(sessionOf(recording.resource));
};

const stop: Handler = (context, request) => {
  const recording = findRunning(context, request, 'stop');
  const options = objectField(request.body, 'clientRequest', '', true);
  checkBoolean(options, 'async_stop', '');
  const now = context.clock.now();
  const isLate = options.async_stop !== true && uploadMs(recording) > MAX_UPLOAD_MS;
  endRecording(recording, now, options.async_stop !== true && !isLate);
  context.notifications.stopped(recording);
  if (recording.mode !== 'web' && !hasSenders(recording.resource.cname)) return failure(206, 435, 'no recorded data');
  const late = isLate ? { code: 50, reason: 'upload timeout' } : {};
  return ok({ ...sessionOf(recording.resource), ...late, serverResponse: stopResponse(recording, now) });
};

function findResource({ clock, recordings }: Context, request: ServiceRequest): Resource {
  const { resourceid } = request.path;
  return recordings.findResource(resourceid) ?? adopt(recordings, request, clock.now()) ?? refuse(1001, 'resource id cannot be parsed');
}

function adopt(recordings: Recordings, request: ServiceRequest, now: number): Resource | undefined {
  const resource = adoptRecording(request, now);
  // A query does not say the channel: a recording that runs is kept with the first request that does.
  const isKept = request.body.cname !== undefined || resource?.recording?.stoppedAt !== undefined;
  if (resource?.recording !== undefined && isKept) {
    recordings.addResource(resource);
    recordings.add(resource.recording);
  }
  return resource;
}

/** Finds the recording of a request that only a running recording can serve. Throws what Agora answers otherwise. */
function findRunning(context: Context, request: ServiceRequest, endpoint: Endpoint): Recording {
  const { clock } = context;
  const { appId, recording } = findResource(context, request);
  const { sid, mode } = request.path;
  if (appId !== request.appId) refuse(1003, 'appid does not match the resource id');
  if (recording === undefined || recording.sid !== sid) return refuse(1003, 'sid does not match the resource id');
  if (recording.mode !== readMode(mode)) rejectParameter(`the recording's mode is ${recording.mode}, not ${mode}`);
  if (endpoint !== 'query') requireSameIdentity(recording.resource, request.body);
  const phase = phaseOf(recording, clock.now());
  if (clock.now() < recording.lostUntil) throw new RequestRefused(NO_WORKER);
  if (phase === 'running') return recording;
  // The status-code page knows 404 alone for a query of what is over; code 501 ("exiting") is on an older page, without an HTTP status.
  if (phase === 'exiting' && endpoint === 'stop') throw new RequestRefused(STOPPING);
  if (phase === 'exiting' && endpoint === 'query' && recording.uploadedAt !== undefined) return recording;
  throw new RequestRefused(NO_WORKER);
}

function refuse(code: number, reason: string): never {
  throw new RequestRefused(failure(400, code, reason));
}

function sessionOf({ cname, uid, id, recording }: Resource): object {
  return { cname, uid, resourceId: id, ...(recording === undefined ? {} : { sid: recording.sid }) };
}

function readMode(mode: string | undefined): Mode {
  return isMode(mode) ? mode : rejectParameter(`invalid mode ${mode}`);
}

function updateSubscription(recording: Recording, changes: Fields, now: number): void {
  const subscription = objectField(changes, 'streamSubscribe', '');
  for (const list of STREAM_LISTS) checkUidLists(objectField(subscription, list, 'streamSubscribe.'), `streamSubscribe.${list}.`);
  if (changes.streamSubscribe === undefined) return;
  const streams = Object.fromEntries(
    STREAM_LISTS.filter((list) => subscription[list] !== undefined).map((list) => [list, subscription[list]]),
  );
  recording.subscriptions = [...recording.subscriptions, { at: now, streams }];
}
