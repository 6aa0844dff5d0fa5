export { toJsonValue } from './from-javascript.ts';
export { isDeeperThan, type JsonValue, parseJsonExactly } from './parse-exactly.ts';
