import { keepsFiles, listedFiles, listsOneName, recordsFiles, webFiles } from './files.ts';
import { isBackedUp } from './magic-names.ts';
import { endOf, hasFiles, phaseOf, type Recording, statusOf, subscriptionOf } from './recording.ts';
import { IN_PROGRESS } from './timing.ts';
import { pushesPage, recordsPage } from './web-services.ts';

/**
 * The `serverResponse` of a query, by mode and files (contract: query-response). Below "in progress" an individual or mix
 * recording tells its status alone, as sample query-starting does. A recording whose stop did not wait for the upload tells what a
 * stop does, with `uploadingStatus` "unknown" (the contract's word for not yet) and status 6 until it is done.
 */
export function queryResponse(recording: Recording, now: number): object {
  const status = statusOf(recording, now);
  if (phaseOf(recording, now) !== 'running') return { status, ...endedQuery(recording, uploadingStatus(recording, now)) };
  if (recording.mode === 'web') return { status, extensionServiceState: runningServices(recording, status) };
  if (status < IN_PROGRESS) return { status, ...updatesOf(recording) };
  const begun = hasFiles(recording, now);
  const slices = begun ? { sliceStartTime: recording.startedAt } : {};
  return { status, ...(recordsFiles(recording) ? fileList(recording, begun, false, now) : {}), ...slices, ...updatesOf(recording) };
}

/**
 * The `serverResponse` of a stop. A synchronous one has closed and uploaded the last slice, so every file is listed; one that did not
 * wait, or not long enough, lists what a query would (sample stop-individual-unknown: no files, "unknown").
 */
export function stopResponse(recording: Recording, now: number): object {
  if (recording.uploadedAt === undefined) return endedResponse(recording, finalStatus(recording));
  if (recording.mode === 'web') return endedResponse(recording, 'unknown');
  const files = recordsFiles(recording) ? fileList(recording, hasFiles(recording, now), false, now) : {};
  return { ...files, uploadingStatus: 'unknown' };
}

function uploadingStatus(recording: Recording, now: number): string {
  const { uploadedAt } = recording;
  return uploadedAt !== undefined && now < uploadedAt ? 'unknown' : finalStatus(recording);
}

function finalStatus({ request, failure }: Recording): string {
  if (failure !== undefined) return 'unknown';
  return isBackedUp(request) ? 'backuped' : 'uploaded';
}

interface EndedResponse {
  readonly uploadingStatus?: string;
  readonly extensionServiceState?: readonly object[];
}

// A stop does not tell of the push (contract: stop-response), a query does.
function endedQuery(recording: Recording, status: string): object {
  const ended = endedResponse(recording, status);
  if (!pushesPage(recording.request)) return ended;
  const outputs = recording.outputs.map((rtmpUrl) => ({ rtmpUrl, status: 'disconnected' }));
  const push = { serviceName: 'rtmp_publish_service', payload: { outputs, state: 'exit' } };
  return { extensionServiceState: [...(ended.extensionServiceState ?? []), push] };
}

function endedResponse(recording: Recording, status: string): EndedResponse {
  const end = endOf(recording);
  if (recording.mode !== 'web') {
    return { ...(recordsFiles(recording) ? fileList(recording, true, true, end) : {}), uploadingStatus: status };
  }
  const recorder = {
    serviceName: 'web_recorder_service',
    payload: { fileList: webFiles(recording, end), onhold: recording.onhold, state: 'exit' },
  };
  const upload = { serviceName: 'upload_service', payload: { uploadingStatus: status } };
  return { extensionServiceState: [upload, ...(recordsPage(recording.request) ? [recorder] : [])] };
}

function fileList(recording: Recording, begun: boolean, all: boolean, now: number): object {
  const files = begun && keepsFiles(recording) ? listedFiles(recording, now, all) : [];
  if (listsOneName(recording)) return { fileListMode: 'string', fileList: files[0]?.fileName ?? '' };
  return { fileListMode: 'json', fileList: files };
}

// Agora's query shows neither. Here a script can see that its update arrived; only after one, so that the shape is else Agora's.
function updatesOf(recording: Recording): object {
  const { layout, subscriptions } = recording;
  return {
    ...(Object.keys(layout).length === 0 ? {} : { layout }),
    ...(subscriptions.length === 0 ? {} : { streamSubscribe: subscriptionOf(recording) }),
  };
}

// Web files are listed at the end only (pitfalls, 26).
function runningServices({ request, onhold, outputs }: Recording, status: number): readonly object[] {
  const runs = status >= IN_PROGRESS;
  const state = runs ? 'inProgress' : 'init';
  const recorder = { serviceName: 'web_recorder_service', payload: { fileList: [], onhold, state } };
  const push = {
    serviceName: 'rtmp_publish_service',
    payload: { outputs: outputs.map((rtmpUrl) => ({ rtmpUrl, status: pushStatus(runs, onhold) })), state },
  };
  return [...(recordsPage(request) ? [recorder] : []), ...(pushesPage(request) ? [push] : [])];
}

/** State of a CDN push while its page is shown (contract: webPayload). */
export function pushStatus(runs: boolean, onhold: boolean): 'connecting' | 'publishing' | 'onhold' {
  if (!runs) return 'connecting';
  return onhold ? 'onhold' : 'publishing';
}
