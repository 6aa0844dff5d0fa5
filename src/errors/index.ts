export { ERROR_CODES, type ErrorCode, EXIT_CODES, exitCodeOf, type Outcome } from './codes.ts';
export { type ErrorDetail, isKosmoError, KosmoError, restoreError, toKosmoError, withDetails } from './kosmo-error.ts';
export { containsSecret, redactKnownSecrets, redactParsedText, redactSecretFields, redactText, rememberSecret } from './redact.ts';
export { isSecretName, mayBeSecretName, rememberSecretName } from './secret-names.ts';
export { maskUrls } from './secret-urls.ts';
