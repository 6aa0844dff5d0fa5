export { toJsonValue } from './from-javascript.ts';
export { HALF_PAIR, hasHalfPair, isDeeperThan, type JsonValue, parseJsonExactly, parseWithHalves } from './parse-exactly.ts';
