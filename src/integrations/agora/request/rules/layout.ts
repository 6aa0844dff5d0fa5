import type { JsonValue } from '../../../../json/index.ts';
import { SOURCES } from '../schema.ts';
import type { Report, Request, Rule } from '../validate.ts';
import { isLocalHost, readUrl } from './addresses.ts';

const CUSTOM = 3;
const VERTICAL = 2;
/** Shares have six decimals, and thirds need more: two of them may end this much outside the picture. */
const TOLERANCE = 2e-6;

/** Regions, the largest picture and images of a mix recording; `path` leads to the object that holds them. */
export const layoutRules = (...path: readonly string[]): readonly Rule[] => [
  (request, report) => checkRegions(request, report, path),
  (request, report) => checkLargest(request, report, path),
  (request, report) => checkImages(request, report, path),
];

function checkRegions({ at, pathOf: nameOf }: Request, report: Report, path: readonly string[]): void {
  const layout = at(...path, 'mixedVideoLayout');
  const regions = at(...path, 'layoutConfig');
  const list: readonly JsonValue[] = Array.isArray(regions?.value) ? regions.value : [];
  if (layout?.value === CUSTOM && list.length === 0) {
    report.problem(layout.path, `${CUSTOM} needs ${nameOf(...path, 'layoutConfig')}, or the picture stays black.`);
  } else if (regions !== undefined && list.length > 0 && layout?.value !== CUSTOM) {
    const given = layout === undefined ? 'which is 0 where it is left out' : `not ${layout.value}`;
    report.warning(
      regions.path,
      `needs ${nameOf(...path, 'mixedVideoLayout')} ${CUSTOM}, ${given}; else Agora ignores it (EN layout page).`,
    );
    return;
  }
  for (const [index, region] of list.entries()) checkEdges(region, `${regions?.path}[${index + 1}]`, report);
}

function checkEdges(region: JsonValue, path: string, report: Report): void {
  if (typeof region !== 'object' || region === null) return;
  const fields = region as Readonly<Record<string, JsonValue>>;
  for (const [start, size] of [
    ['x_axis', 'width'],
    ['y_axis', 'height'],
  ] as const) {
    const end = Number(fields[start]) + Number(fields[size]);
    if (end > 1 + TOLERANCE)
      report.problem(`${path}.${size}`, `with ${start} ends at ${Number(end.toFixed(6))}, outside the picture, which ends at 1.`);
  }
}

function checkLargest({ at, pathOf: nameOf }: Request, report: Report, path: readonly string[]): void {
  const layout = at(...path, 'mixedVideoLayout');
  const largest = at(...path, 'maxResolutionUid');
  const isSet = largest !== undefined && largest.value !== '';
  if (isSet && layout?.value !== VERTICAL)
    report.warning(largest.path, `is read with ${nameOf(...path, 'mixedVideoLayout')} ${VERTICAL} only (${SOURCES.both}).`);
  if (!isSet && layout?.value === VERTICAL)
    report.warning(nameOf(...path, 'maxResolutionUid'), `is missing: layout ${VERTICAL} shows that user large (${SOURCES.both}).`);
}

function checkImages({ at }: Request, report: Report, path: readonly string[]): void {
  const single = ['backgroundImage', 'defaultUserBackgroundImage'].map((name) => at(...path, name));
  const background = at(...path, 'backgroundConfig');
  const listed = (Array.isArray(background?.value) ? background.value : []).map((item: JsonValue, index: number) => ({
    value: (item as Readonly<Record<string, JsonValue>> | null)?.image_url,
    path: `${background?.path}[${index + 1}].image_url`,
  }));
  for (const image of [...single, ...listed]) {
    if (typeof image?.value !== 'string' || image.value === '') continue;
    const url = readUrl(image.value, ['http:', 'https:']);
    if (url === undefined) report.warning(image.path, `is not an http or https URL, which Agora loads it from (${SOURCES.both}).`);
    else if (isLocalHost(url.hostname)) report.warning(image.path, 'is an address that Agora most likely cannot reach.');
  }
}
