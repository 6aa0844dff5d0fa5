import { readCname, readUid } from './channel-identity.ts';
import { checkNumber, checkText, type Fields, objectField, textItems } from './checks.ts';
import type { Resource } from './recording.ts';
import { digestOf } from './start-parameter.ts';
import { HOUR_MS, RESOURCE_HOURS } from './timing.ts';

const REGIONS = ['CN', 'AP', 'EU', 'NA'];
const SCENES = [0, 1, 2];
/** 0 near the caller, then China, South-East Asia, Europe, North America (zh OpenAPI). */
const AFFINITIES = [0, 1, 2, 3, 4];
const WEB_SCENE = 1;

/** Refuses what Agora refuses in the body of an acquire (contract: acquire-request), and reads the rest. */
export function readAcquireRequest(body: Fields): Pick<Resource, 'cname' | 'uid' | 'lifetimeMs' | 'announced'> {
  const request = objectField(body, 'clientRequest', '', true);
  const scope = 'Acquire: ';
  const uid = readUid(body);
  checkNumber(request, 'scene', '', { oneOf: SCENES, scope });
  checkNumber(request, 'resourceExpiredHour', '', { least: 1, most: 720, integer: false, scope });
  checkText(request, 'region', '', REGIONS);
  checkNumber(request, 'regionAffinity', '', { oneOf: AFFINITIES });
  // Only the start checks its content: an invalid one does not fail the acquire (EN and zh OpenAPI).
  const announced = request.startParameter === undefined ? {} : { announced: digestOf(objectField(request, 'startParameter', '')) };
  textItems(request, 'excludeResourceIds', '');
  const cname = readCname(body, request.scene === WEB_SCENE ? 'web' : 'channel');
  const { resourceExpiredHour: hours = RESOURCE_HOURS } = request as { resourceExpiredHour?: number };
  return { cname, uid, lifetimeMs: hours * HOUR_MS, ...announced };
}
