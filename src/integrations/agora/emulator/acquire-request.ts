import { rejectParameter } from './answer.ts';
import { arrayField, checkNumber, checkText, type Fields, objectField } from './checks.ts';
import { readCname, readUid } from './party.ts';
import type { Resource } from './recordings.ts';
import { HOUR_MS, RESOURCE_HOURS } from './timing.ts';

const REGIONS = ['CN', 'AP', 'EU', 'NA'];
const SCENES = [0, 1, 2];
const WEB_SCENE = 1;

/** Refuses what Agora refuses in the body of an acquire (contract: acquire-request), and reads the rest. */
export function readAcquireRequest(body: Fields): Pick<Resource, 'cname' | 'uid' | 'lifetimeMs'> {
  const request = objectField(body, 'clientRequest', '', true);
  const scope = 'Acquire: ';
  const uid = readUid(body);
  checkNumber(request, 'scene', '', { oneOf: SCENES, scope });
  checkNumber(request, 'resourceExpiredHour', '', { least: 1, most: 720, integer: false, scope });
  checkText(request, 'region', '', REGIONS);
  objectField(request, 'startParameter', '');
  const others = arrayField(request, 'excludeResourceIds', '');
  if (others.some((id) => typeof id !== 'string')) rejectParameter('excludeResourceIds must hold strings');
  const cname = readCname(body, request.scene === WEB_SCENE ? 'web' : 'channel');
  const { resourceExpiredHour: hours = RESOURCE_HOURS } = request as { resourceExpiredHour?: number };
  return { cname, uid, lifetimeMs: hours * HOUR_MS };
}
