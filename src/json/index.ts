export { ExactInteger, isUnsafeDigits, restoreDigits } from './exact-integer.ts';
export { isObject, type JsonObject, kindOf, valueAt } from './is-object.ts';
export { exceedsDepth, HALF_PAIR, hasHalfPair, type JsonValue, parseIfJson, parseJsonExactly } from './parse-exactly.ts';
export { toJsonValue } from './to-json-value.ts';
