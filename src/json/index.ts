export { ExactInteger, isUnsafeDigits, restoreDigits } from './exact-integer.ts';
export { isObject, type JsonObject, valueAt } from './is-object.ts';
export { exceedsDepth, HALF_PAIR, hasHalfPair, type JsonValue, parseJsonExactly, parseWithHalves } from './parse-exactly.ts';
export { toJsonValue } from './to-json-value.ts';
