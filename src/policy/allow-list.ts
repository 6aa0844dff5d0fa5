import { KosmoError } from '../errors/index.ts';
import { integrationProvider, mcpServerProvider, normalizeFunctionName } from '../integration/index.ts';
import { suggest } from '../schema/index.ts';
import type { CallSubject } from './decide.ts';
import type { PolicyIntegration } from './validate-rules.ts';

const ACCOUNT = /^[a-z][a-z0-9_]*$/;

/** A function that `--allow` names. */
export interface AllowedFunction extends Pick<CallSubject, 'provider' | 'name'> {
  /** Null for every account. */
  readonly account: string | null;
}

/**
 * Parses the name of a function: `agora.start_recording`, `agora.production.start_recording` for one account, `mcp.github.create_issue`, with
 * or without a leading `app.` or `app.integrations.`. Throws `USAGE` for an unknown name.
 */
export function parseFunction(
  text: string,
  integrations: readonly PolicyIntegration[],
  errorPrefix = '--allow takes the name of one function',
  usageHint = `write it as ${exampleNames(integrations)}; --allow may be repeated, and --force allows every call of a run`,
): AllowedFunction {
  const given = text
    .trim()
    .replace(/^app\./, '')
    .replace(/^integrations\./, '')
    .split('.');
  const words = normalizeFunctionName(given, integrations);
  const [first = '', second = '', third] = words;
  if (first === 'mcp' && words.length > 2 && words.every((word) => word !== ''))
    return { provider: mcpServerProvider(second), name: words.slice(2).join('.'), account: null };
  const integration = integrations.find(({ id }) => id === first);
  const name = third ?? second;
  const account = third === undefined ? null : second;
  if (integration?.tools.some((tool) => tool.name === name) && words.length <= 3 && (account === null || ACCOUNT.test(account)))
    return { provider: integrationProvider(first), name, account };
  throw new KosmoError('USAGE', `${errorPrefix}, not '${text}'`, {
    hint: suggestFunctionName(first, account !== null && ACCOUNT.test(account) ? account : null, name, integrations) ?? usageHint,
  });
}

function exampleNames([integration]: readonly PolicyIntegration[]): string {
  const [tool] = integration?.tools ?? [];
  const own = tool === undefined ? [] : [`${integration?.id}.${tool.name}`];
  return [...own, 'mcp.github.create_issue'].join(', or ');
}

/** Whether a call is one of this function, or is made by it: `via` is the composed function that makes the call. */
export function covers({ provider, name, account }: AllowedFunction, subject: CallSubject & { readonly via?: string }): boolean {
  return (
    provider.path === subject.provider.path &&
    (name === subject.name || name === subject.alias || name === subject.via) &&
    (account === null || account === subject.account)
  );
}

/** Returns the argument of `--allow` for a call. */
export function allowName({ provider: { path }, name, account }: Omit<CallSubject, 'operation'>): string {
  return account === null || account === 'default' ? `${path}.${name}` : `${path}.${account}.${name}`;
}

function suggestFunctionName(
  first: string,
  account: string | null,
  name: string,
  integrations: readonly PolicyIntegration[],
): string | undefined {
  const [id] = suggest(
    first,
    integrations.map((integration) => integration.id),
    1,
  );
  const names = integrations.find((integration) => integration.id === id)?.tools.map((tool) => tool.name) ?? [];
  const [close] = suggest(name, names, 1);
  if (id === undefined || close === undefined) return undefined;
  return `did you mean ${[id, account, close].filter((word) => word !== null).join('.')}?`;
}
