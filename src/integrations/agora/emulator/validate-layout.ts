import { type Fields, fits32Bits, isFields } from './checks.ts';

/** Fields of an updateLayout (contract: updateLayout-request). */
export const LAYOUT_FIELDS = [
  'maxResolutionUid',
  'mixedVideoLayout',
  'backgroundColor',
  'backgroundImage',
  'defaultUserBackgroundImage',
  'layoutConfig',
  'backgroundConfig',
] as const;

const MAX_REGIONS = 17;
const EDGES = ['x_axis', 'y_axis', 'width', 'height'];
/** Agora takes six decimals, so thirds of a canvas overshoot it by as much. */
const ROUNDING = 2e-6;

/** Returns the first fault of the layout fields of a transcodingConfig or an updateLayout. */
export function validateLayout(fields: Fields): string | undefined {
  const { mixedVideoLayout: layout, layoutConfig: regions, backgroundColor: colour, backgroundConfig: backgrounds } = fields;
  if (layout !== undefined && ![0, 1, 2, 3].includes(layout as number)) return 'mixedVideoLayout is not 0 to 3';
  if (colour !== undefined && !(typeof colour === 'string' && /^#[0-9A-Fa-f]{6}$/.test(colour))) return 'backgroundColor is not #RRGGBB';
  const largest = fields.maxResolutionUid;
  if (largest !== undefined && !(fits32Bits(largest) && Number(largest) > 0))
    return 'maxResolutionUid must be a uid above 0 of 32 bits, in quotes';
  for (const name of ['backgroundImage', 'defaultUserBackgroundImage']) {
    if (fields[name] !== undefined && typeof fields[name] !== 'string') return `${name} must be a string`;
  }
  if (regions !== undefined && !Array.isArray(regions)) return 'layoutConfig must be an array';
  if (layout === 3 && (regions === undefined || regions.length === 0)) return 'layoutConfig is missing for mixedVideoLayout 3';
  if ((regions?.length ?? 0) > MAX_REGIONS) return `layoutConfig has more than ${MAX_REGIONS} regions`;
  const wrong = (regions ?? []).findIndex((region: unknown) => !isRegion(region));
  if (wrong !== -1) return `layoutConfig[${wrong}] is not a region within the canvas`;
  if (backgrounds !== undefined && !Array.isArray(backgrounds)) return 'backgroundConfig must be an array';
  const bad = (backgrounds ?? []).findIndex((background: unknown) => !isBackground(background));
  return bad === -1 ? undefined : `backgroundConfig[${bad}] needs uid and image_url`;
}

function isRegion(region: unknown): boolean {
  if (!isFields(region) || !isRenderMode(region.render_mode)) return false;
  // Without a uid it is the next user's; the official Go client sends an empty one.
  if (region.uid !== undefined && region.uid !== '' && !fits32Bits(region.uid)) return false;
  const { x_axis: x, y_axis: y, width, height } = region;
  if (Number(x) + Number(width) > 1 + ROUNDING || Number(y) + Number(height) > 1 + ROUNDING) return false;
  return EDGES.every((edge) => isShare(region[edge])) && (region.alpha === undefined || isShare(region.alpha));
}

function isBackground(background: unknown): boolean {
  if (!isFields(background) || !isRenderMode(background.render_mode)) return false;
  return fits32Bits(background.uid) && typeof background.image_url === 'string';
}

function isRenderMode(value: unknown): boolean {
  return value === undefined || value === 0 || value === 1;
}

function isShare(value: unknown): boolean {
  return typeof value === 'number' && value >= 0 && value <= 1;
}
