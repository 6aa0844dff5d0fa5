import { type Fields, isFields } from './checks.ts';

const MOST_REGIONS = 17;
const EDGES = ['x_axis', 'y_axis', 'width', 'height'];

/** What is wrong with the layout fields of a transcodingConfig or an updateLayout, or undefined. */
export function checkLayout(fields: Fields): string | undefined {
  const { mixedVideoLayout: layout, layoutConfig: regions, backgroundColor: colour } = fields;
  if (layout !== undefined && ![0, 1, 2, 3].includes(layout as number)) return 'mixedVideoLayout is not 0 to 3';
  if (colour !== undefined && !(typeof colour === 'string' && /^#[0-9A-Fa-f]{6}$/.test(colour))) return 'backgroundColor is not #RRGGBB';
  if (regions !== undefined && !Array.isArray(regions)) return 'layoutConfig must be an array';
  if (layout === 3 && (regions === undefined || regions.length === 0)) return 'layoutConfig is missing for mixedVideoLayout 3';
  if ((regions?.length ?? 0) > MOST_REGIONS) return `layoutConfig has more than ${MOST_REGIONS} regions`;
  const wrong = (regions ?? []).findIndex((region: unknown) => !isRegion(region));
  return wrong === -1 ? undefined : `layoutConfig[${wrong}] is not within the canvas`;
}

function isRegion(region: unknown): boolean {
  if (!isFields(region)) return false;
  if (EDGES.some((edge) => !isShare(region[edge]))) return false;
  return region.alpha === undefined || isShare(region.alpha);
}

function isShare(value: unknown): boolean {
  return typeof value === 'number' && value >= 0 && value <= 1;
}
