import type { Gateway } from './gateway.ts';
import type { HttpGateway, HttpOptions } from './streamable-http.ts';

export { createGateway } from './gateway.ts';
export { MAX_PENDING_APPROVALS } from './pending-calls.ts';

/** Serves over stdio; loads the SDK. See `stdio.ts`. */
export async function serveOverStdio(gateway: Gateway, note: (line: string) => void, signal: AbortSignal): Promise<void> {
  await (await import('./stdio.ts')).serveOverStdio(gateway, note, signal);
}

/** Serves over Streamable HTTP; loads the SDK. See `http.ts`. */
export async function serveOverHttp(gateway: Gateway, options: HttpOptions, note: (line: string) => void): Promise<HttpGateway> {
  return (await import('./streamable-http.ts')).serveOverHttp(gateway, options, note);
}
