import type { JsonValue } from '../../../json/index.ts';
import type { AgoraEndpoint } from '../api/endpoints.ts';
import { areaOf } from './rules/storage-regions.ts';
import { SOURCES } from './schema.ts';

type JsonObject = Readonly<Record<string, JsonValue>>;

/** The `clientRequest` of the calls of one recording; `start` is undefined as long as it was not sent. */
interface Requests {
  readonly acquire: JsonObject;
  readonly start: JsonObject | undefined;
  /** Of the call that is checked. */
  readonly request: JsonObject;
}

const DEFAULT_HOURS = 72;

/** Sentences on calls of one recording that do not fit each other, and that Agora does not document as refused. */
export function misfits(action: AgoraEndpoint, mode: JsonValue | undefined, requests: Requests): readonly string[] {
  if (action === 'start') return [...sceneMisfits(mode, requests), ...regionMisfits(requests), ...hourMisfits(requests)];
  if (action === 'update') return pushMisfits(requests);
  return [];
}

function sceneMisfits(mode: JsonValue | undefined, { acquire, request }: Requests): string[] {
  const scene = acquire.scene ?? 0;
  const isPostponed = isPostponedRequest(request);
  if (mode === 'web' && scene !== 1)
    return [`mode web needs scene 1 in the acquire, which had ${scene} (Agora's page on web page recording, EN).`];
  if (mode !== 'web' && scene === 1)
    return [`mode ${mode} does not go with scene 1 of the acquire, which is for web pages (${SOURCES.both}).`];
  if (scene === 2 && !isPostponed)
    return [`scene 2 of the acquire is for postponed transcoding or mixing, and appsCollection does not ask for it (${SOURCES.zh}).`];
  if (scene !== 2 && isPostponed)
    return [`appsCollection asks for postponed transcoding or mixing, which needs scene 2 in the acquire, not ${scene} (${SOURCES.zh}).`];
  return [];
}

function isPostponedRequest({ appsCollection }: JsonObject): boolean {
  return ((appsCollection ?? {}) as JsonObject).combinationPolicy === 'postpone_transcoding';
}

function regionMisfits({ acquire: { region }, request }: Requests): string[] {
  if (typeof region !== 'string') return [];
  if (isPostponedRequest(request))
    return [
      'region of the acquire must be left out with postponed transcoding or mixing, or the service does not work (zh release note of 2023-11-30).',
    ];
  const storage = (request.storageConfig ?? {}) as JsonObject;
  const area = areaOf(Number(storage.vendor), Number(storage.region));
  if (area === undefined || area === region) return [];
  return [`region ${region} of the acquire must match the region of the storage, which lies in ${area} (${SOURCES.en}).`];
}

function services(request: JsonObject | undefined): readonly JsonObject[] {
  const { extensionServices } = (request?.extensionServiceConfig ?? {}) as JsonObject;
  return (Array.isArray(extensionServices) ? extensionServices : []).map((service: JsonValue) => (service ?? {}) as JsonObject);
}

function hourMisfits({ acquire, request }: Requests): string[] {
  const hours = Number(acquire.resourceExpiredHour ?? DEFAULT_HOURS);
  const longest = Math.max(
    0,
    ...services(request).map(({ serviceParam }) => Number(((serviceParam ?? {}) as JsonObject).maxRecordingHour ?? 0)),
  );
  if (!(longest > hours)) return [];
  return [
    `maxRecordingHour ${longest} is more than resource_expired_hour of the acquire, ${hours}: after that nothing can stop the recording (${SOURCES.zh}).`,
  ];
}

function pushMisfits({ start, request }: Requests): string[] {
  if (request.rtmpPublishConfig === undefined || start === undefined) return [];
  if (services(start).some(({ serviceName }) => serviceName === 'rtmp_publish_service')) return [];
  return [`rtmp_publish_config is ignored: the recording was started without rtmp_publish_service (${SOURCES.both}).`];
}
