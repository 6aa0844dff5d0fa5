export { isDeeperThan, type JsonValue, parseJsonExactly } from './parse-exactly.ts';
