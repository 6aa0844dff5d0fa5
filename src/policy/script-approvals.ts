import { join } from 'node:path';
import { changeFile, homeFolder, readFileIfThere } from '../config/index.ts';
import { KosmoError } from '../errors/index.ts';
import { isObject, type JsonValue } from '../json/index.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The texts of a script and its modules by their hashes, each `sha256:` with 64 hexadecimal digits. */
export interface ScriptHashes {
  /** Of all texts together. */
  readonly hash: string;
  readonly script: string;
  /** By name: `lib.report`. */
  readonly modules: Readonly<Record<string, string>>;
}

/** An approval in the user's own files. */
export interface StoredApproval extends ScriptHashes {
  readonly accounts: readonly string[];
  /** ISO 8601, UTC. */
  readonly approved_at: string;
}

/** The approvals by real paths of the scripts. Throws `INVALID_CONFIGURATION` or `SETTINGS_UNAVAILABLE` for a damaged file. */
export function readApprovals(env: Environment): ReadonlyMap<string, StoredApproval> {
  const file = approvalFile(env);
  return new Map(Object.entries(parseApprovals(file, readFileIfThere(file))));
}

/** Stores the approval of a script for some accounts. Accounts that were approved for the same texts stay approved. */
export async function recordApproval(
  path: string,
  { hash, script, modules }: ScriptHashes,
  accounts: readonly string[],
  env: Environment,
): Promise<StoredApproval> {
  let stored: StoredApproval | undefined;
  await changeApprovals(env, (scripts) => {
    const { [path]: earlier } = scripts;
    const others = earlier?.hash === hash ? earlier.accounts : [];
    stored = { hash, script, modules, accounts: [...new Set([...others, ...accounts])].sort(), approved_at: new Date().toISOString() };
    return { ...scripts, [path]: stored };
  });
  return stored as StoredApproval;
}

/** Forgets the approval of a script. Returns whether there was one. */
export async function revokeApproval(script: string, env: Environment): Promise<boolean> {
  let found = false;
  await changeApprovals(env, ({ [script]: approval, ...others }) => {
    found = approval !== undefined;
    return others;
  });
  return found;
}

async function changeApprovals(
  env: Environment,
  change: (scripts: Readonly<Record<string, StoredApproval>>) => Readonly<Record<string, StoredApproval>>,
): Promise<void> {
  const file = approvalFile(env);
  await changeFile(file, (text) => `${JSON.stringify({ version: 1, scripts: change(parseApprovals(file, text)) }, null, 2)}\n`);
}

// A damaged file does not count as empty: the next write would delete every approval.
function parseApprovals(file: string, text: string | undefined): Readonly<Record<string, StoredApproval>> {
  if (text === undefined) return {};
  let root: JsonValue;
  try {
    root = JSON.parse(text) as JsonValue;
  } catch (thrown) {
    return refuse(file, (thrown as Error).message);
  }
  if (!isObject(root) || !isObject(root.scripts) || !Object.values(root.scripts).every(isApproval)) return refuse(file, 'wrong form');
  return Object.fromEntries(Object.entries(root.scripts)) as unknown as Readonly<Record<string, StoredApproval>>;
}

function isApproval(value: JsonValue): boolean {
  if (!isObject(value)) return false;
  const { hash, script, modules, accounts, approved_at: time } = value;
  return (
    [hash, script, time].every((text) => typeof text === 'string') &&
    isObject(modules) &&
    Object.values(modules).every((text) => typeof text === 'string') &&
    Array.isArray(accounts) &&
    accounts.every((account) => typeof account === 'string')
  );
}

function refuse(file: string, reason: string): never {
  throw new KosmoError('INVALID_CONFIGURATION', `The list of approved workflows, ${file}, cannot be understood: ${reason}.`, {
    hint: `fix the file, or move it away (mv ${file} ${file}.damaged) and approve your workflows again: kosmo workflows:approve <workflow>`,
  });
}

function approvalFile(env: Environment): string {
  return join(homeFolder(env), 'approvals.json');
}
