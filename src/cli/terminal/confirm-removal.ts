import type { AccountChange } from '../../credentials/index.ts';
import { KosmoError } from '../../errors/index.ts';
import { isInteractive } from './capabilities.ts';
import { openTerminalPrompt } from './prompt.ts';
import { streams } from './streams.ts';

/** Asks before an account and its secrets are deleted. Throws `APPROVAL_REQUIRED` without a yes, or without a terminal to ask on. */
export async function confirmRemoval(id: string, { from, scope }: AccountChange, open: readonly string[], mayAsk: boolean): Promise<void> {
  const lost = open.length === 0 ? '' : ` Still open with it, and not to be stopped by kosmo afterwards: ${open.join(', ')}.`;
  const hint = `kosmo integrations:accounts ${id} remove ${from}${scope === 'project' ? ' --project' : ''} --force`;
  const prompt = mayAsk && isInteractive() ? openTerminalPrompt() : undefined;
  if (prompt === undefined) {
    const message = `Removing the account '${from}' of ${id} deletes its fields and secrets for good.${lost} Nothing was changed.`;
    throw new KosmoError('APPROVAL_REQUIRED', message, { hint });
  }
  const answer = await prompt(`Delete the account '${from}' of ${id} with its secrets?${lost} [y/N] `, streams().signal);
  if (/^y(es)?$/i.test(answer?.trim() ?? '')) return;
  throw new KosmoError('APPROVAL_REQUIRED', `You declined to remove the account '${from}' of ${id}. Nothing was changed.`, { hint });
}
