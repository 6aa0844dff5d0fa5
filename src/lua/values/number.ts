/** A number as scripts print it: shortest digits that read back as the same number, no `.0`. The same text as `tostring` gives. */
export function formatNumber(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return 'inf';
  if (value === Number.NEGATIVE_INFINITY) return '-inf';
  if (Number.isNaN(value)) return 'nan';
  return Object.is(value, -0) ? '-0' : String(value);
}

/** The largest of Lua's integers here, which a double holds exactly with all smaller ones. */
export const MAX_INTEGER = 2 ** 53;
