import type { Command } from 'commander';
import { openSecretStore, type SecretStore } from '../../../credentials/index.ts';
import type { CommandContext } from '../../context.ts';
import { addJsonOptions } from '../../options/json.ts';
import { type JsonOptions, printDone } from '../../options/mcp-scope.ts';
import { readStdin, usage } from '../../options/parse-values.ts';
import { isInteractive } from '../../terminal/capabilities.ts';
import { openTerminalPrompt } from '../../terminal/prompt.ts';

const EXAMPLES = `
Examples:
  kosmo secrets:rotate
  printf %s "$NEW_KEY" | kosmo secrets:rotate --stdin

A key in a file or in the keychain is made at random. If the key comes from KOSMO_CREDENTIAL_KEY, give the new one with --stdin or at the
prompt, then set KOSMO_CREDENTIAL_KEY to it everywhere.`;

const HOW_TO_GIVE = 'printf %s "$NEW_KEY" | kosmo secrets:rotate --stdin, then set KOSMO_CREDENTIAL_KEY to the new key';

/** `kosmo secrets:rotate`: another key for the stored secrets. */
export function addRotateCommand(program: Command, context: CommandContext): void {
  addJsonOptions(program.command('secrets:rotate').description('change the key that encrypts the stored secrets'))
    .option('--stdin', 'read the new KOSMO_CREDENTIAL_KEY from stdin')
    .addHelpText('after', EXAMPLES)
    .action((options: JsonOptions & { readonly stdin?: true }) => rotate(context, options));
}

async function rotate(context: CommandContext, { stdin, ...format }: JsonOptions & { readonly stdin?: true }): Promise<void> {
  const store = openSecretStore({ env: context.env });
  const isFromEnvironment = (await store.keySource()) === 'environment';
  if (stdin === true && !isFromEnvironment)
    throw usage(
      `--stdin gives a new KOSMO_CREDENTIAL_KEY, but the key of the secrets is ${await store.describeKey()}`,
      'kosmo secrets:rotate',
    );
  const isStored = (await store.keys()).length > 0;
  const phrase = isFromEnvironment && isStored ? await readPhrase(context, store, stdin === true) : undefined;
  const secrets = await store.rotate(phrase);
  const key = await store.describeKey();
  const next = isFromEnvironment ? '. Set KOSMO_CREDENTIAL_KEY to the new key wherever kosmo runs: the old one opens them no longer' : '';
  const done = isStored
    ? `${secrets} ${secrets === 1 ? 'secret is' : 'secrets are'} encrypted with a new key ${key}${next}`
    : 'no secrets are stored, so there is no key to change';
  printDone({ file: store.file, secrets, key }, done, format);
}

async function readPhrase(context: CommandContext, store: SecretStore, fromStdin: boolean): Promise<string> {
  const phrase = fromStdin ? (await readStdin()).toString('utf8').replace(/\r?\n$/, '') : await askPhrase(context);
  if (phrase.trim() === '') throw usage('the new key is empty; nothing was changed', HOW_TO_GIVE);
  if (phrase === context.env.KOSMO_CREDENTIAL_KEY) throw usage(`the new key is the old one; ${store.file} was not changed`, HOW_TO_GIVE);
  return phrase;
}

async function askPhrase(context: CommandContext): Promise<string> {
  const prompt = isInteractive() ? openTerminalPrompt() : undefined;
  if (prompt === undefined)
    throw usage('the key of the secrets comes from KOSMO_CREDENTIAL_KEY: give the new one with --stdin', HOW_TO_GIVE);
  const signal = context.signal;
  const phrase = (await prompt('New KOSMO_CREDENTIAL_KEY: ', signal, true)) ?? '';
  if (phrase.trim() === '') return '';
  // A mistake in it would lock the secrets.
  if ((await prompt('The same again: ', signal, true)) !== phrase) throw usage('the two keys differ; nothing was changed', HOW_TO_GIVE);
  return phrase;
}
