export { HALF_PAIR, hasHalfPair, isDeeperThan, type JsonValue, parseJsonExactly, parseWithHalves } from './parse-exactly.ts';
export { toJsonValue } from './to-json-value.ts';
