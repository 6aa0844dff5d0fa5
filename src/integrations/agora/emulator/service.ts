import { randomBytes } from 'node:crypto';
import { readAcquireRequest } from './acquire-request.ts';
import { type Answer, AnswerError, failure, ok, rejectParameter } from './answer.ts';
import { checkBoolean, type Fields, objectField } from './checks.ts';
import type { EmulatorClock } from './clock.ts';
import { checkLayout } from './layout.ts';
import { requireParty } from './party.ts';
import { hasSenders, type Phase, phaseOf, type Recording, type RecordingView, type Resource, viewRecording } from './recordings.ts';
import { queryResponse, stopResponse } from './server-response.ts';
import { checkStartRequest, checkUidLists, type Mode } from './start-request.ts';
import { checkStorage } from './storage.ts';
import { RESOURCE_ID_MS } from './timing.ts';
import { readWebState, updateWeb } from './web-services.ts';

const MODES: readonly string[] = ['individual', 'mix', 'web'];

/** The parameters of a request's path, percent-decoded. */
export type PathParameters = Readonly<Record<string, string>>;

/** What an endpoint gets: the app, the rest of the path, and the body of a POST. */
export interface ServiceRequest {
  readonly appId: string;
  readonly path: PathParameters;
  readonly body: Fields;
}

export type Endpoint = 'acquire' | 'start' | 'query' | 'update' | 'updateLayout' | 'stop';

export interface Service extends Readonly<Record<Endpoint, (request: ServiceRequest) => Answer>> {
  recordings(): readonly RecordingView[];
}

const NO_WORKER = failure(404, 404, 'failed to find worker');
const STOPPING = failure(400, 49, 'invalid operation');

/**
 * What a recording answers that is over. The status-code page knows 404 alone for query and update; code 501 ("exiting") is on
 * an older page and without an HTTP status, so no client can be told what to expect.
 */
const ENDED: Readonly<Record<Exclude<Phase, 'running'>, { readonly stop: Answer; readonly others: Answer }>> = {
  exiting: { stop: STOPPING, others: NO_WORKER },
  gone: { stop: NO_WORKER, others: NO_WORKER },
};

/** The state behind the endpoints: resources and recordings of all apps, moved on by the clock alone. */
export function createService(clock: EmulatorClock): Service {
  const resources = new Map<string, Resource>();
  const recordings: Recording[] = [];
  const latestOfParty = new Map<string, Recording>();

  const isRunning = (recording: Recording | undefined): boolean => recording !== undefined && phaseOf(recording, clock.now()) === 'running';

  const findResource = ({ path }: ServiceRequest): Resource =>
    resources.get(path.resourceid ?? '') ?? refuse(1001, 'resource id cannot be parsed');

  const findRunning = (request: ServiceRequest, endpoint: Endpoint): Recording => {
    const { appId, recording } = findResource(request);
    const { sid, mode } = request.path;
    if (appId !== request.appId) refuse(1003, 'appid does not match the resource id');
    if (recording === undefined || recording.sid !== sid) return refuse(1003, 'sid does not match the resource id');
    if (recording.mode !== readMode(mode)) rejectParameter(`the recording's mode is ${recording.mode}, not ${mode}`);
    if (endpoint !== 'query') requireParty(recording.resource, request.body);
    const phase = phaseOf(recording, clock.now());
    if (phase !== 'running') throw new AnswerError(ENDED[phase][endpoint === 'stop' ? 'stop' : 'others']);
    return recording;
  };

  return {
    acquire({ appId, body }) {
      const { cname, uid, lifetimeMs } = readAcquireRequest(body);
      const id = randomBytes(192).toString('base64url');
      resources.set(id, { id, appId, cname, uid, acquiredAt: clock.now(), lifetimeMs });
      return ok({ cname, uid, resourceId: id });
    },

    start(request) {
      const resource = findResource(request);
      if (resource.appId !== request.appId) refuse(432, 'appid does not match the resource id');
      const mode = readMode(request.path.mode);
      requireParty(resource, request.body);
      const clientRequest = objectField(request.body, 'clientRequest', '', true);
      if (isRunning(resource.recording)) return { status: 201, body: { code: 7, reason: 'already started', ...sessionOf(resource) } };
      const expired = clock.now() >= resource.acquiredAt + RESOURCE_ID_MS;
      if (expired || resource.recording !== undefined) refuse(433, 'resource id expired');
      checkStartRequest(mode, clientRequest);
      const party = JSON.stringify([resource.appId, resource.cname, resource.uid]);
      if (isRunning(latestOfParty.get(party))) refuse(53, 'task conflict');
      const recording: Recording = {
        sid: randomBytes(16).toString('hex'),
        resource,
        mode,
        startedAt: clock.now(),
        request: clientRequest,
        ...readWebState(clientRequest),
        layout: {},
        subscription: {},
      };
      resource.recording = recording;
      recordings.push(recording);
      latestOfParty.set(party, recording);
      return ok(sessionOf(resource));
    },

    query(request) {
      const recording = findRunning(request, 'query');
      return ok({ ...sessionOf(recording.resource), serverResponse: queryResponse(recording, clock.now()) });
    },

    update(request) {
      const recording = findRunning(request, 'update');
      const changes = objectField(request.body, 'clientRequest', '', true);
      if (changes.storageConfig !== undefined) checkStorage(objectField(changes, 'storageConfig', ''));
      if (recording.mode === 'web') updateWeb(recording, changes);
      else updateSubscription(recording, changes);
      return ok(sessionOf(recording.resource));
    },

    updateLayout(request) {
      const recording = findRunning(request, 'updateLayout');
      if (recording.mode !== 'mix') return rejectParameter('updateLayout is for mode mix');
      const layout = objectField(request.body, 'clientRequest', '', true);
      const problem = checkLayout(layout);
      if (problem !== undefined) return failure(400, 1028, `updateLayout: ${problem}`);
      recording.layout = layout;
      return ok(sessionOf(recording.resource));
    },

    stop(request) {
      const recording = findRunning(request, 'stop');
      const options = objectField(request.body, 'clientRequest', '', true);
      checkBoolean(options, 'async_stop', '');
      const now = clock.now();
      recording.stoppedAt = now;
      if (recording.mode !== 'web' && !hasSenders(recording.resource.cname)) return failure(206, 435, 'no recorded data');
      return ok({ ...sessionOf(recording.resource), serverResponse: stopResponse(recording, options.async_stop === true, now) });
    },

    recordings: () => recordings.map((recording) => viewRecording(recording, clock.now())),
  };
}

function refuse(code: number, reason: string): never {
  throw new AnswerError(failure(400, code, reason));
}

function sessionOf({ cname, uid, id, recording }: Resource): object {
  return { cname, uid, resourceId: id, ...(recording === undefined ? {} : { sid: recording.sid }) };
}

function readMode(mode: string | undefined): Mode {
  return mode !== undefined && MODES.includes(mode) ? (mode as Mode) : rejectParameter(`invalid mode ${mode}`);
}

function updateSubscription(recording: Recording, changes: Fields): void {
  const subscription = objectField(changes, 'streamSubscribe', '');
  for (const list of ['audioUidList', 'videoUidList'])
    checkUidLists(objectField(subscription, list, 'streamSubscribe.'), `streamSubscribe.${list}.`);
  if (changes.streamSubscribe !== undefined) recording.subscription = subscription;
}
