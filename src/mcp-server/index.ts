import type { Gateway } from './gateway.ts';
import type { HttpGateway, HttpOptions } from './streamable-http.ts';

export { MAX_WAITING_CALLS } from './client-questions.ts';
export { Gateway } from './gateway.ts';

/** Serves over stdio; loads the SDK. See `stdio.ts`. */
export async function serveOverStdio(gateway: Gateway, note: (line: string) => void, signal: AbortSignal): Promise<void> {
  await (await import('./stdio.ts')).serveOverStdio(gateway, note, signal);
}

/** Serves over Streamable HTTP; loads the SDK. See `streamable-http.ts`. */
export async function serveOverHttp(gateway: Gateway, options: HttpOptions, note: (line: string) => void): Promise<HttpGateway> {
  return (await import('./streamable-http.ts')).serveOverHttp(gateway, options, note);
}
