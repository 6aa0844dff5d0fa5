import { JsoncError } from './jsonc.ts';

/** Parses TOML, as Codex writes it. Throws `JsoncError` with the line. */
export async function parseToml(text: string): Promise<unknown> {
  const { parse, TomlError } = await import('smol-toml');
  try {
    return parse(text, { integersAsBigInt: 'asNeeded' });
  } catch (thrown) {
    if (!(thrown instanceof TomlError)) throw thrown;
    // The rest of the message is an extract of the file, which may hold secrets.
    const [reason = ''] = thrown.message.replace(/^Invalid TOML document: /, '').split('\n');
    throw new JsoncError(reason, thrown.line);
  }
}
