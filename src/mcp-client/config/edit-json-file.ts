import { changeFile } from '../../config/index.ts';
import { KosmoError } from '../../errors/index.ts';
import type { ServerFile } from './files.ts';
import { JsoncError, parseJsonc } from './jsonc.ts';
import { findServers, valueAtPath } from './roots.ts';
import { isRecord } from './server-entry.ts';

type Members = Readonly<Record<string, unknown>>;

/** One change below the object of servers: `['github', 'enabled']`; undefined removes. */
export interface ServerEdit {
  readonly path: readonly string[];
  readonly value: unknown;
}

/**
 * Changes the servers of a file, which is made when it is not there. Comments and what is not ours stay.
 * Throws `INVALID_CONFIGURATION` for a file that cannot be understood, which is left as it is, and what `change` throws.
 */
export function editServers({ source, path }: ServerFile, change: (servers: Members) => readonly ServerEdit[]): Promise<void> {
  return editServersAt(path, { isPrivate: source === 'global', rootOf: (root) => findServers(root) ?? ['mcpServers'] }, change);
}

/** The same for a file of any program: `rootOf` says where its servers are. */
export async function editServersAt(
  path: string,
  { isPrivate, rootOf }: { readonly isPrivate: boolean; readonly rootOf: (root: Members) => readonly string[] },
  change: (servers: Members) => readonly ServerEdit[],
): Promise<void> {
  await changeFile(
    path,
    async (before) => {
      const text = before === undefined || before.trim() === '' ? '{}\n' : before.replace(/^\ufeff/, '');
      const root = await parseRoot(path, text);
      const keys = rootOf(root);
      const servers = valueAtPath(root, keys) ?? {};
      if (!isRecord(servers)) throw cannotEdit(path, `its ${keys.join('.')} are no object`);
      const edits = change(servers);
      if (edits.length === 0) return undefined;
      const after = await apply(
        text,
        edits.map((edit) => ({ ...edit, path: [...keys, ...edit.path] })),
      );
      const empty = keys.length === 0 ? root : withMember(root, keys, servers);
      const expected = edits.reduce((members, edit) => withMember(members, [...keys, ...edit.path], edit.value), empty);
      // Where a name stands twice, the one that was changed may not be the one that counts.
      if (!isSame(await parseRoot(path, after), expected)) throw cannotEdit(path, 'a name stands in it twice');
      return after;
    },
    { isPrivate },
  );
}

async function parseRoot(file: string, text: string): Promise<Members> {
  try {
    const root = await parseJsonc(text);
    if (!isRecord(root)) throw new JsoncError('it holds no object', 1);
    return root;
  } catch (thrown) {
    if (thrown instanceof JsoncError) throw cannotEdit(`${file}:${thrown.line}`, thrown.message);
    throw thrown;
  }
}

async function apply(text: string, edits: readonly ServerEdit[]): Promise<string> {
  const { applyEdits, modify } = await import('jsonc-parser');
  const [, indent = '  '] = /\n([ \t]+)\S/.exec(text) ?? [];
  const formattingOptions = {
    insertSpaces: !indent.startsWith('\t'),
    tabSize: indent.startsWith('\t') ? 1 : indent.length,
    eol: text.includes('\r\n') ? '\r\n' : '\n',
  };
  return edits.reduce((edited, { path, value }) => applyEdits(edited, modify(edited, [...path], value, { formattingOptions })), text);
}

function withMember(members: Members, [name = '', ...rest]: readonly string[], value: unknown): Members {
  const { [name]: before, ...others } = members;
  const after = rest.length === 0 ? value : withMember(isRecord(before) ? before : {}, rest, value);
  return after === undefined ? others : { ...others, [name]: after };
}

/** Whether two values are equal; members may be in another order. */
export function isSame(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, index) => isSame(item, b[index]));
  if (!isRecord(a) || !isRecord(b)) return a === b;
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => Object.hasOwn(b, name) && isSame(a[name], b[name]));
}

export function cannotEdit(file: string, reason: string): KosmoError {
  return new KosmoError('INVALID_CONFIGURATION', `${file} cannot be changed: ${reason}. It was left as it is.`, {
    hint: 'fix the file, then run kosmo mcp:doctor',
  });
}
