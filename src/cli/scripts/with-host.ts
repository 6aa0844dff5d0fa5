import type { Host } from '../../runtime/index.ts';
import type { CommandContext } from '../context.ts';

/** Runs a command that needs a host for a moment only. */
export async function withHost(context: CommandContext, use: (host: Host) => void): Promise<void> {
  const host = await context.host();
  try {
    use(host);
  } finally {
    await host.close();
  }
}
