import { serveStdio } from '@modelcontextprotocol/server/stdio';
import type { Gateway } from './gateway.ts';
import { createMcpServer } from './server.ts';

/** Serves a gateway to the program at the other end of stdin and stdout, until that goes or the signal is aborted. */
export async function serveOverStdio(gateway: Gateway, note: (line: string) => void, signal: AbortSignal): Promise<void> {
  const ended = new Promise<void>((resolve) => {
    process.stdin.once('close', resolve);
    process.stdin.once('end', resolve);
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  const connection = serveStdio(() => createMcpServer(gateway), { onerror: ({ message }) => note(`mcp: ${message}`) });
  await ended;
  // Scripts do what they deferred, such as to stop a recording, also when nobody is left to hear of it.
  await gateway.close();
  await connection.close();
}
