export { ERROR_CODES, type ErrorCode, type ErrorCodeRow, type Outcome } from './codes.ts';
export { type ErrorDetail, isKosmoError, KosmoError, type KosmoErrorOptions, toKosmoError, withDetails } from './kosmo-error.ts';
export { redactJson, redactText, rememberSecret } from './redact.ts';
