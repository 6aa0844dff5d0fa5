export { type JsonValue, parseJsonExactly } from './parse-exactly.ts';
