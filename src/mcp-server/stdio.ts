import { Transform } from 'node:stream';
import { ProtocolErrorCode } from '@modelcontextprotocol/server';
import { StdioServerTransport, serveStdio } from '@modelcontextprotocol/server/stdio';
import type { Gateway } from './gateway.ts';
import { createMcpServer } from './server.ts';

/** Bytes of a message. The SDK would end the connection over a longer one, and with it what others do. */
const MAX_MESSAGE_BYTES = 10 * 1024 * 1024;

const NEWLINE = 0x0a;

/** Serves a gateway to the program at the other end of stdin and stdout, until that goes or the signal is aborted. */
export async function serveOverStdio(gateway: Gateway, note: (line: string) => void, signal: AbortSignal): Promise<void> {
  const onerror = ({ message }: Error): void => note(`mcp: ${message}`);
  // The id of the request is unknown, so the error has `id: null`.
  const refuse = (code: number, message: string): void => {
    note(`mcp: ${message}`);
    transport.send({ jsonrpc: '2.0', id: null, error: { code, message } } as never).catch(onerror);
  };
  const transport = new StdioServerTransport(process.stdin.pipe(splitMessages(refuse)), process.stdout, {
    maxBufferSize: Number.POSITIVE_INFINITY,
  });
  const connection = serveStdio(() => createMcpServer(gateway), { transport, onerror });
  await new Promise<void>((resolve) => {
    const { onclose } = transport;
    // At the end of stdin, and when nothing can be written any more.
    transport.onclose = () => {
      onclose?.();
      resolve();
    };
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  // Scripts run their deferred functions, even if the client is gone.
  await gateway.close();
  await connection.close();
  process.stdin.unpipe().pause();
}

/** Splits stdin into JSON-RPC messages, one on each line. An invalid line is refused and does not affect later lines. */
function splitMessages(refuse: (code: number, message: string) => void): Transform {
  let parts: Buffer[] = [];
  let length = 0;
  const add = (part: Buffer): void => {
    length += part.length;
    if (length <= MAX_MESSAGE_BYTES) parts.push(part);
    else parts = [];
  };
  const take = (): Buffer | undefined => {
    const line = Buffer.concat(parts);
    const isTooLong = length > MAX_MESSAGE_BYTES;
    parts = [];
    length = 0;
    if (isTooLong) refuse(ProtocolErrorCode.InvalidRequest, `A message may have ${MAX_MESSAGE_BYTES} bytes at most. Nothing was done.`);
    else if (isJson(line)) return line;
    else if (line.toString().trim() !== '') refuse(ProtocolErrorCode.ParseError, 'The line is no JSON.');
    return undefined;
  };
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      let rest = chunk;
      for (let end = rest.indexOf(NEWLINE); end !== -1; end = rest.indexOf(NEWLINE)) {
        add(rest.subarray(0, end + 1));
        const line = take();
        if (line !== undefined) this.push(line);
        rest = rest.subarray(end + 1);
      }
      add(rest);
      done();
    },
  });
}

function isJson(line: Buffer): boolean {
  try {
    JSON.parse(line.toString());
    return true;
  } catch {
    return false;
  }
}
