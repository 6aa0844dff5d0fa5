/**
 * The same with U+FFFD for every half of a surrogate pair. JSON writes a half as an escape, which strict clients refuse, and with it the
 * whole message.
 */
export function replaceLoneSurrogates<Value>(value: Value): Value {
  if (typeof value === 'string') return value.toWellFormed() as Value;
  if (Array.isArray(value)) return value.map(replaceLoneSurrogates) as Value;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name.toWellFormed(), replaceLoneSurrogates(item)])) as Value;
}
