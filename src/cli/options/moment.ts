import { usage } from './parse-values.ts';

const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** The milliseconds of `30d`, `12h`, `15m` or `2w`. Throws `USAGE`. */
export function parseAge(flag: string, text: string): number {
  const [, count = '', unit = ''] = /^(\d{1,5})\s*([mhdw])$/.exec(text.trim()) ?? [];
  const milliseconds = UNITS[unit];
  if (milliseconds === undefined) throw usage(`${flag} takes a time such as 30d, 12h or 15m, not '${text}'`);
  return Number(count) * milliseconds;
}

/** A moment in the past, in milliseconds since 1970: `today`, `yesterday`, `3d` (ago), a date or a time. Throws `USAGE`. */
export function parseMoment(flag: string, text: string, now = new Date()): number {
  const midnight = new Date(now.getFullYear(), now.getMonth(), now.getDate());
  if (text === 'today') return midnight.getTime();
  if (text === 'yesterday') return new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1).getTime();
  if (/^\d{1,5}\s*[mhdw]$/.test(text.trim())) return now.getTime() - parseAge(flag, text);
  // A date alone is midnight here, not in Greenwich.
  const moment = /^\d{4}-\d{2}-\d{2}$/.test(text)
    ? new Date(`${text}T00:00`)
    : new Date(/^\d{4}-\d{2}-\d{2}[T ]/.test(text) ? text : Number.NaN);
  if (Number.isNaN(moment.getTime())) throw usage(`${flag} takes today, yesterday, 3d, 12h or a date such as 2026-11-30, not '${text}'`);
  return moment.getTime();
}
