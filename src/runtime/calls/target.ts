import type { Account } from '../../credentials/index.ts';
import type { ToolDescription } from '../../integration/index.ts';
import type { CallSubject } from '../../policy/index.ts';
import type { CallableProvider } from './provider.ts';

/** A function as the caller reached it: the tool, through an account of its provider. */
export interface Target {
  readonly provider: CallableProvider;
  readonly tool: ToolDescription;
  /** Null for a provider without accounts. */
  readonly account: Account | null;
  /** `app.integrations.agora.production.query_recording` in a script, `agora.query_recording` on the command line. */
  readonly path: string;
  /** The composed tool that makes the call. */
  readonly via?: string;
}

/** The facts of a call that rules, `--allow` and caps are about. */
export function policySubject({ provider, tool, account, via }: Target): CallSubject & { readonly via?: string } {
  const { name, slug, alias = slug, operation } = tool;
  return { provider, name, alias, operation, account: account?.name ?? null, ...(via === undefined ? {} : { via }) };
}
