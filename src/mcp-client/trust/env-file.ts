import { KosmoError, rememberSecret } from '../../errors/index.ts';
import { fileReason } from '../../platform/file-errors.ts';
import { readRegularText } from '../../platform/read-regular-file.ts';

const MAX_FILE_BYTES = 1024 ** 2;

/**
 * Reads the variables of an `envFile`: lines `NAME=value` with or without `export`, quotes and comments. All values count as secrets. Throws
 * `INVALID_CONFIGURATION` if the file is missing or unreadable.
 */
export async function readEnvFile(server: string, file: string): Promise<Readonly<Record<string, string>>> {
  const text = readText(server, file);
  const { parse } = await import('dotenv');
  const variables = parse(text.replace(/^\ufeff/, ''));
  for (const value of Object.values(variables)) rememberSecret(value);
  return variables;
}

function readText(server: string, file: string): string {
  let reason = 'it does not exist';
  try {
    const text = readRegularText(file, MAX_FILE_BYTES);
    if (text !== undefined) return text;
  } catch (thrown) {
    reason = fileReason(thrown);
  }
  throw new KosmoError(
    'INVALID_CONFIGURATION',
    `The envFile '${file}' of MCP server '${server}' cannot be read: ${reason}. Nothing was started.`,
    {
      hint: 'make the file, or remove envFile from the entry',
    },
  );
}
