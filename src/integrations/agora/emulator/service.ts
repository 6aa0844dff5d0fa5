import { randomBytes } from 'node:crypto';
import { type Answer, AnswerError, failure, ok, rejectParameter } from './answer.ts';
import { arrayField, checkNumber, type Fields, isFields, isUid, objectField, requireString } from './checks.ts';
import type { EmulatorClock } from './clock.ts';
import { checkLayout } from './layout.ts';
import { hasSenders, phaseOf, type Recording, type Resource } from './recordings.ts';
import { queryResponse, stopResponse } from './server-response.ts';
import { checkStartRequest, checkStorage, checkUidLists, type Mode } from './start-request.ts';

const HOUR_MS = 3_600_000;
/** A resource id that no start has used is valid for five minutes. */
const RESOURCE_LIFETIME_MS = 5 * 60_000;
const MODES: readonly string[] = ['individual', 'mix', 'web'];
/** Code 1013: letters, digits, space and these. */
const CNAME = /^[A-Za-z0-9 !#$%&()+\-:;<=.>?@[\]^_{}|~,]+$/;
const CNAME_BYTES = { channel: 64, web: 1024 } as const;

/** The parameters of a request's path, percent-decoded. */
export type PathParameters = Readonly<Record<string, string>>;

/** What an endpoint gets: the app, the rest of the path, and the body of a POST. */
export interface ServiceRequest {
  readonly appId: string;
  readonly path: PathParameters;
  readonly body: Fields;
}

export type Endpoint = (request: ServiceRequest) => Answer;

export interface Service {
  readonly acquire: Endpoint;
  readonly start: Endpoint;
  readonly query: Endpoint;
  readonly update: Endpoint;
  readonly updateLayout: Endpoint;
  readonly stop: Endpoint;
}

/** The state behind the endpoints: resources and recordings of all apps, moved on by the clock alone. */
export function createService(clock: EmulatorClock): Service {
  const resources = new Map<string, Resource>();

  const findResource = ({ appId, path }: ServiceRequest): Resource => {
    const resource = resources.get(path.resourceid ?? '');
    if (resource === undefined) throw new AnswerError(failure(400, 1001, 'resource id cannot be parsed'));
    if (resource.appId !== appId) throw new AnswerError(failure(400, 1003, 'appid does not match the resource id'));
    return resource;
  };

  const findRecording = (request: ServiceRequest): Recording => {
    const { recording } = findResource(request);
    const { sid, mode } = request.path;
    if (recording === undefined || recording.sid !== sid) throw new AnswerError(failure(400, 1003, 'sid does not match the resource id'));
    if (recording.mode !== readMode(mode)) rejectParameter(`the recording's mode is ${recording.mode}, not ${mode}`);
    return recording;
  };

  const findRunning = (request: ServiceRequest): Recording => {
    const recording = findRecording(request);
    if (phaseOf(recording, clock.now()) !== 'running') throw new AnswerError(failure(404, 404, 'failed to find worker'));
    return recording;
  };

  const isRunning = ({ recording }: Resource): boolean => recording !== undefined && phaseOf(recording, clock.now()) === 'running';

  return {
    acquire({ appId, body }) {
      const clientRequest = objectField(body, 'clientRequest', '', true);
      const uid = readUid(body);
      checkNumber(clientRequest, 'scene', 'Acquire: ', { oneOf: [0, 1, 2] });
      checkNumber(clientRequest, 'resourceExpiredHour', 'Acquire: ', { least: 1, most: 720, integer: false });
      const cname = readCname(body, clientRequest.scene === 1 ? CNAME_BYTES.web : CNAME_BYTES.channel);
      const { resourceExpiredHour = 72 } = clientRequest as { resourceExpiredHour?: number };
      const id = randomBytes(192).toString('base64url');
      resources.set(id, { id, appId, cname, uid, acquiredAt: clock.now(), lifetimeMs: resourceExpiredHour * HOUR_MS });
      return ok({ cname, uid, resourceId: id });
    },

    start(request) {
      const resource = findResource(request);
      const mode = readMode(request.path.mode);
      requireParty(resource, request.body);
      const clientRequest = objectField(request.body, 'clientRequest', '', true);
      if (isRunning(resource)) return { status: 201, body: { code: 7, reason: 'already started', ...sessionOf(resource) } };
      const expired = clock.now() > resource.acquiredAt + RESOURCE_LIFETIME_MS;
      if (expired || resource.recording !== undefined) return failure(400, 433, 'resource id expired');
      checkStartRequest(mode, clientRequest);
      const other = [...resources.values()].find((candidate) => isSameParty(candidate, resource) && isRunning(candidate));
      if (other !== undefined) return failure(400, 53, 'task conflict');
      resource.recording = {
        sid: randomBytes(16).toString('hex'),
        resource,
        mode,
        startedAt: clock.now(),
        request: clientRequest,
        ...readWebState(clientRequest),
        layout: {},
        subscription: {},
      };
      return ok(sessionOf(resource));
    },

    query(request) {
      const recording = findRunning(request);
      return ok({ ...sessionOf(recording.resource), serverResponse: queryResponse(recording, clock.now()) });
    },

    update(request) {
      const recording = findRunning(request);
      requireParty(recording.resource, request.body);
      const changes = objectField(request.body, 'clientRequest', '', true);
      if (changes.storageConfig !== undefined) checkStorage(objectField(changes, 'storageConfig', ''));
      if (recording.mode === 'web') updateWeb(recording, changes);
      else updateSubscription(recording, changes);
      return ok(sessionOf(recording.resource));
    },

    updateLayout(request) {
      const recording = findRunning(request);
      requireParty(recording.resource, request.body);
      if (recording.mode !== 'mix') return rejectParameter('updateLayout is for mode mix');
      const layout = objectField(request.body, 'clientRequest', '', true);
      const problem = checkLayout(layout);
      if (problem !== undefined) return failure(400, 1028, `updateLayout: ${problem}`);
      recording.layout = layout;
      return ok(sessionOf(recording.resource));
    },

    stop(request) {
      const recording = findRecording(request);
      requireParty(recording.resource, request.body);
      const options = objectField(request.body, 'clientRequest', '', true);
      if (options.async_stop !== undefined && typeof options.async_stop !== 'boolean') rejectParameter('async_stop must be a boolean');
      const phase = phaseOf(recording, clock.now());
      if (phase === 'exiting') return failure(400, 49, 'invalid operation');
      if (phase === 'gone') return failure(404, 404, 'failed to find worker');
      recording.stoppedAt = clock.now();
      if (recording.mode !== 'web' && !hasSenders(recording.resource.cname)) return failure(206, 435, 'no recorded data');
      return ok({ ...sessionOf(recording.resource), serverResponse: stopResponse(recording, options.async_stop === true) });
    },
  };
}

function sessionOf({ cname, uid, id, recording }: Resource): object {
  return { cname, uid, resourceId: id, ...(recording === undefined ? {} : { sid: recording.sid }) };
}

function isSameParty(a: Resource, b: Resource): boolean {
  return a.appId === b.appId && a.cname === b.cname && a.uid === b.uid;
}

// cname and uid are said again in every write, and must be those of the acquire.
function requireParty({ cname, uid }: Resource, body: Fields): void {
  if (body.cname === cname && body.uid === uid) return;
  readUid(body);
  requireString(body, 'cname', '');
  throw new AnswerError(failure(400, 432, 'cname or uid does not match the resource id'));
}

function readMode(mode: string | undefined): Mode {
  return mode !== undefined && MODES.includes(mode) ? (mode as Mode) : rejectParameter(`invalid mode ${mode}`);
}

function readUid(body: Fields): string {
  return isUid(body.uid) ? body.uid : rejectParameter('uid must be an integer from 1 to 4294967295, in quotes');
}

function readCname(body: Fields, mostBytes: number): string {
  const cname = requireString(body, 'cname', '');
  if (CNAME.test(cname) && Buffer.byteLength(cname) <= mostBytes) return cname;
  throw new AnswerError(failure(400, 401, 'invalid_channel_name'));
}

function readWebState(clientRequest: Fields): Pick<Recording, 'onhold' | 'outputs'> {
  const services = (clientRequest.extensionServiceConfig as { extensionServices?: Fields[] } | undefined)?.extensionServices ?? [];
  const parameters = services.map(({ serviceParam }) => (serviceParam ?? {}) as Fields);
  return { onhold: parameters.some(({ onhold }) => onhold === true), outputs: parameters.flatMap(readOutputs) };
}

function updateWeb(recording: Recording, changes: Fields): void {
  const { onhold } = objectField(changes, 'webRecordingConfig', '');
  if (onhold !== undefined && typeof onhold !== 'boolean') rejectParameter('webRecordingConfig.onhold must be a boolean');
  if (typeof onhold === 'boolean') recording.onhold = onhold;
  if (changes.rtmpPublishConfig !== undefined) recording.outputs = readOutputs(objectField(changes, 'rtmpPublishConfig', ''));
}

function updateSubscription(recording: Recording, changes: Fields): void {
  const subscription = objectField(changes, 'streamSubscribe', '');
  for (const list of ['audioUidList', 'videoUidList'])
    checkUidLists(objectField(subscription, list, 'streamSubscribe.'), `streamSubscribe.${list}.`);
  recording.subscription = subscription;
}

function readOutputs(parameters: Fields): string[] {
  return arrayField(parameters, 'outputs', '').map((output) =>
    isFields(output) ? requireString(output, 'rtmpUrl', 'outputs.') : rejectParameter('outputs must hold objects'),
  );
}
