import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { Fault } from './faults.ts';
import { type EmulatorResponse, failure, gatewayFailure } from './response.ts';

const PAGE = '<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>';
const NOT_ASKED: EmulatorResponse = { status: 200, body: { ok: true } };

/**
 * Does to a connection what a fault says. `answer` is what Agora would have said, where it has acted.
 * Returns the HTTP status that was sent, 0 where none was.
 */
export async function applyFault(fault: Fault, request: IncomingMessage, response: ServerResponse, answer = NOT_ASKED): Promise<number> {
  const { kind, status, code, reason = 'a fault', body, ms = 1000 } = fault;
  const text = JSON.stringify(answer.body);
  switch (kind) {
    case 'reset-before':
    case 'reset-after':
      request.socket.resetAndDestroy();
      return 0;
    case 'hang-before':
    case 'hang-after':
      return 0;
    case 'html':
    case 'html-after':
      response.writeHead(status ?? 502, { 'content-type': 'text/html' }).end(PAGE);
      return status ?? 502;
    case 'truncated':
    case 'truncated-before':
      response.writeHead(status ?? answer.status, { 'content-type': 'application/json' }).end(text.slice(0, -3));
      return status ?? answer.status;
    case 'slow-body':
      response.writeHead(answer.status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
      response.write(text.slice(0, 2));
      await delay(ms, undefined, { ref: false });
      response.end(text.slice(2));
      return answer.status;
    default: {
      const failed = code === undefined ? gatewayFailure(status ?? 500, reason) : failure(status ?? 500, code, reason);
      response.writeHead(failed.status, { 'content-type': 'application/json' }).end(JSON.stringify(body ?? failed.body));
      return failed.status;
    }
  }
}
