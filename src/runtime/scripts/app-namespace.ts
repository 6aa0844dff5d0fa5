import type { Account } from '../../credentials/index.ts';
import { KosmoError } from '../../errors/index.ts';
import type { HostEntry, HostNamespace } from '../../lua/index.ts';
import { suggest } from '../../schema/index.ts';
import { logEntryForUnknownFunction } from '../calls/call-log-entry.ts';
import type { CallObserver } from '../calls/observer.ts';
import type { MakeCall } from '../calls/stage.ts';
import type { AvailableIntegration } from '../integrations.ts';

/**
 * The global `app`: `app.integrations.<id>.<function>`, `app.integrations.<id>.<account>.<function>`, and `app.mcp`. Without `integrations`
 * there is only the last.
 */
export function appNamespace(
  integrations: readonly AvailableIntegration[] | undefined,
  mcp: HostNamespace,
  makeCall: MakeCall,
  observer: CallObserver,
): HostNamespace {
  const missing =
    (base: string, candidates: readonly string[]) =>
    (path: string): KosmoError => {
      const error = unknownFunction(base, path, candidates);
      observer.ended?.(logEntryForUnknownFunction(path, error));
      return error;
    };

  const functions = (provider: AvailableIntegration, account: Account, path: string): Record<string, HostEntry> =>
    Object.fromEntries(
      provider.tools.map((tool) => [
        tool.name,
        {
          kind: 'function',
          alias: tool.slug,
          call: (args, { signal }) => makeCall({ provider, tool, account, path: `${path}.${tool.name}` }, args, signal),
        },
      ]),
    );

  const integration = (available: AvailableIntegration): HostNamespace => {
    // Of an integration that is not used nothing is read.
    const path = `app.integrations.${available.id}`;
    const names = (): readonly string[] => available.tools.map(({ name }) => name);
    const ofAccount = (account: Account): HostNamespace => ({
      kind: 'namespace',
      entries: () => functions(available, account, `${path}.${account.name}`),
      missing: (wanted) => missing(`${path}.${account.name}`, names())(wanted),
    });
    return {
      kind: 'namespace',
      // A function wins over an account of the same name.
      entries: () => ({
        ...Object.fromEntries(available.accounts.map((account) => [account.name, ofAccount(account)])),
        ...functions(available, available.accounts[0] as Account, path),
      }),
      missing: (wanted) => {
        const account = unknownAccount(available, path, wanted);
        if (account === undefined) return missing(path, [...names(), ...available.accounts.map(({ name }) => name)])(wanted);
        observer.ended?.(logEntryForUnknownFunction(wanted, account));
        return account;
      },
    };
  };

  // A script can ask whether integrations are available: `if app.integrations then`. The error of a call has a hint (`lua/engine/hints.ts`).
  if (integrations === undefined) return { kind: 'namespace', entries: () => ({ mcp }) };
  const all: HostNamespace = {
    kind: 'namespace',
    entries: () => Object.fromEntries(integrations.map((available) => [available.id, integration(available)])),
    missing: missing(
      'app.integrations',
      integrations.map(({ id }) => id),
    ),
  };
  return { kind: 'namespace', entries: () => ({ integrations: all, mcp }), missing: missing('app', ['integrations', 'mcp']) };
}

// A function that exists, behind a name that is no account.
function unknownAccount({ id, tools, accounts }: AvailableIntegration, base: string, path: string): KosmoError | undefined {
  const [account = '', name, ...more] = path.slice(base.length + 1).split('.');
  if (more.length > 0 || tools.every((tool) => tool.name !== name)) return undefined;
  const known = accounts.map((candidate) => candidate.name);
  const close = suggest(account, known);
  const question = close.length === 0 ? '' : ` Did you mean: ${close.join(', ')}?`;
  return new KosmoError(
    'UNKNOWN_FUNCTION',
    `Unknown function: ${path}. There is no account '${account}'; accounts of ${id}: ${known.join(', ')}.${question}`,
    {
      hint: `kosmo integrations:configure ${id} --account ${account} sets it up`,
      details: { function_name: path, suggestions: close },
    },
  );
}

// `base` exists; the name after it does not, and only that is compared.
function unknownFunction(base: string, path: string, candidates: readonly string[]): KosmoError {
  const [wrong = ''] = path.slice(base.length + 1).split('.');
  const close = suggest(wrong, candidates);
  const question = close.length === 0 ? '' : ` Did you mean: ${close.join(', ')}?`;
  return new KosmoError('UNKNOWN_FUNCTION', `Unknown function: ${path}.${question}`, {
    hint: 'docs.list() lists what there is',
    details: { function_name: path, suggestions: close },
  });
}
