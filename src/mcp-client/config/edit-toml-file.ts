import { changeFile } from '../../config/index.ts';
import { cannotEdit, isSame } from './edit-json-file.ts';
import { JsoncError } from './jsonc.ts';
import { isRecord } from './server-entry.ts';
import { parseToml } from './toml.ts';

type Members = Readonly<Record<string, unknown>>;

/**
 * Writes one server into a TOML file, as Codex has it, and makes the file if it does not exist. No library keeps comments, so the table is
 * replaced or appended as text. Throws `INVALID_CONFIGURATION` if the file would mean something else afterwards, and leaves it unchanged.
 */
export async function writeTomlServer(file: string, name: string, entry: Members): Promise<void> {
  const { stringify } = await import('smol-toml');
  await changeFile(
    file,
    async (text = '') => {
      const before = await parseRoot(file, text);
      const servers = isRecord(before.mcp_servers) ? before.mcp_servers : {};
      if (isSame(servers[name], entry)) return undefined;
      const table = stringify({ mcp_servers: { [name]: entry } }).trimEnd();
      const after = await placeTable(text, name, table.split('\n'));
      const expected = { ...before, mcp_servers: { ...servers, [name]: entry } };
      if (!isSame(await parseRoot(file, after), expected)) throw cannotEdit(file, `the table of ${name} is not written in the usual way`);
      return after;
    },
    { isPrivate: false },
  );
}

async function parseRoot(file: string, text: string): Promise<Members> {
  try {
    return (await parseToml(text)) as Members;
  } catch (thrown) {
    if (thrown instanceof JsoncError) throw cannotEdit(`${file}:${thrown.line}`, `it is not valid TOML: ${thrown.message}`);
    throw thrown;
  }
}

// In the place of the tables of this server, or at the end.
async function placeTable(text: string, name: string, table: readonly string[]): Promise<string> {
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const lines = text.split(/\r?\n/);
  const owners = await ownersOf(lines, name);
  const start = owners.indexOf(true);
  if (start === -1) {
    const kept = text.trimEnd();
    return [...(kept === '' ? [] : [kept, '']), ...table, ''].join(eol);
  }
  // Comments below the table belong to what follows.
  const last = owners.lastIndexOf(true);
  const own = lines.slice(0, last + 1).findLastIndex((line, index) => owners[index] === true && !/^\s*(?:#.*)?$/.test(line));
  const others = lines.filter((_line, index) => index < start || index > own || owners[index] !== true);
  return [...others.slice(0, start), ...table, ...others.slice(start)].join(eol);
}

// For each line, whether it is in a table of the server.
async function ownersOf(lines: readonly string[], name: string): Promise<readonly boolean[]> {
  let isOwn = false;
  const owners: boolean[] = [];
  for (const line of lines) {
    if (/^\s*\[/.test(line)) isOwn = await isHeaderOf(line, name);
    owners.push(isOwn);
  }
  return owners;
}

async function isHeaderOf(line: string, name: string): Promise<boolean> {
  try {
    const header = (await parseToml(line)) as { readonly mcp_servers?: unknown };
    return isRecord(header.mcp_servers) && Object.hasOwn(header.mcp_servers, name);
  } catch {
    // A line of a list or a text, not a header.
    return false;
  }
}
