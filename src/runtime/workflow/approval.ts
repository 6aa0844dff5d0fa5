import { createHash } from 'node:crypto';
import { KosmoError } from '../../errors/index.ts';
import { covers, type EndedApproval, type ScriptApproval, type ScriptHashes, type StoredApproval } from '../../policy/index.ts';
import { LIBRARIES } from '../lint/libraries.ts';
import { readScriptDeclaration } from './catalog.ts';
import type { DeclaredCall, DeclaredIntegration } from './declaration.ts';
import type { ModuleReader, ModuleText } from './modules.ts';
import { readScript } from './read-script.ts';

/** An approval of a script by its exact text. It holds only for a run that declares these calls. */
export interface WorkflowApproval extends ScriptApproval {
  readonly calls: readonly DeclaredCall[];
}

/** A script with the modules that it names, as an approval covers it. */
export interface ApprovalSubject extends ScriptHashes {
  readonly description: string;
  readonly calls: readonly DeclaredCall[];
}

/**
 * Reads what an approval of a script would cover. The modules are read once, so a run with the same reader loads the texts that were hashed.
 * Throws `APPROVAL_REQUIRED` if the script does not declare its calls, and `MODULE_ERROR`.
 */
export function readApprovalSubject(
  code: Uint8Array,
  modules: ModuleReader,
  integrations: readonly DeclaredIntegration[],
): ApprovalSubject {
  const { declaration, problem } = readScriptDeclaration(code, integrations);
  if (problem !== undefined) throw notApprovable(problem);
  if (declaration?.calls === undefined) throw notApprovable('it does not declare its calls');
  return { ...hashScript(code, modules), description: declaration.description, calls: declaration.calls };
}

function notApprovable(why: string): KosmoError {
  return new KosmoError('APPROVAL_REQUIRED', `The script cannot be approved: ${why}.`, {
    hint: 'an approval covers the calls that a script declares: workflow {calls = {"integration.function"}}, see kosmo docs workflows',
  });
}

/** Hashes a script and the modules that it names, and that these name. */
export function hashScript(code: Uint8Array, modules: ModuleReader): ScriptHashes {
  const script = sha256(code);
  const found: Record<string, string> = {};
  const left = [...namedModules(code)];
  for (let name = left.pop(); name !== undefined; name = left.pop()) {
    if (Object.hasOwn(found, name)) continue;
    const { text } = modules.find(name);
    found[name] = sha256(text);
    left.push(...namedModules(text));
  }
  const sorted = Object.fromEntries(Object.entries(found).sort(([a], [b]) => (a < b ? -1 : 1)));
  return { hash: sha256(JSON.stringify([script, sorted])), script, modules: sorted };
}

function namedModules(code: Uint8Array): readonly string[] {
  const script = readScript(code);
  return 'line' in script ? [] : script.requires.flatMap(({ name }) => (LIBRARIES.includes(name) ? [] : [name]));
}

function sha256(data: Uint8Array | string): string {
  return `sha256:${createHash('sha256').update(data).digest('hex')}`;
}

/** A script about to run, for its approval. */
export interface ApprovedRun {
  readonly code: Uint8Array;
  readonly modules: ModuleReader;
  /** How messages call the script. */
  readonly chunk: string;
}

/** The approval of a script that `--approved` pins, for every account. Throws `APPROVAL_REQUIRED` if the texts are others. */
export function pinnedApproval(pinned: string, run: ApprovedRun, integrations: readonly DeclaredIntegration[]): WorkflowApproval {
  const subject = readApprovalSubject(run.code, run.modules, integrations);
  if (subject.hash !== pinned) {
    const files = [run.chunk, ...Object.keys(subject.modules).map((name) => run.modules.find(name).chunk)];
    throw new KosmoError(
      'APPROVAL_REQUIRED',
      `The script is not the one that --approved pins: ${files.join(', ')} together are ${subject.hash}. Nothing was sent.`,
      { hint: `review the change, then pin --approved ${subject.hash}` },
    );
  }
  return approvalOf(subject, undefined, run.modules);
}

/** The approval in the user's files of a script as it is now. An approval of other texts has ended, and says which file changed. */
export function storedApproval(stored: StoredApproval, run: ApprovedRun, integrations: readonly DeclaredIntegration[]): WorkflowApproval {
  const { code, modules, chunk } = run;
  const others = stored.accounts.filter((account) => account !== 'default' || stored.accounts.length > 1);
  const command = [`kosmo workflows:approve ${chunk}`, ...others.map((account) => `--account ${account}`)].join(' ');
  const endedBy = (reason: string): WorkflowApproval => ({
    calls: [],
    covers: () => false,
    ended: () => ({ reason, hint: `review the change, then approve it again: ${command}` }),
  });
  const changed = changedFiles(stored, run);
  if (changed.length > 0) return endedBy(`${changed.join(', ')} changed since you approved it`);
  const subject = readApprovalSubject(code, modules, integrations);
  // The list was edited: it does not name the texts that its hash is of.
  if (subject.hash !== stored.hash) return endedBy('the list of approvals has another hash for these texts');
  return approvalOf(subject, { accounts: stored.accounts, chunk }, modules);
}

/** The files of an approved script that are others now, as messages call them. An approval holds while there are none. */
export function changedFiles(stored: StoredApproval, { code, modules, chunk }: ApprovedRun): readonly string[] {
  if (sha256(code) !== stored.script) return [chunk];
  return Object.entries(stored.modules).flatMap(([name, hash]) => {
    let module: ModuleText;
    try {
      module = modules.find(name);
    } catch {
      return [`module ${name}`];
    }
    return sha256(module.text) === hash ? [] : [module.chunk];
  });
}

// Modules whose names the script computes are not in the approval.
function approvalOf(
  { calls, modules: hashes }: ApprovalSubject,
  stored: { readonly accounts: readonly string[]; readonly chunk: string } | undefined,
  modules: ModuleReader,
): WorkflowApproval {
  const unknownModule = (): ModuleText | undefined => [...modules.texts].find(([name]) => !Object.hasOwn(hashes, name))?.[1];
  return {
    calls,
    covers: (request) =>
      unknownModule() === undefined &&
      (request.account === null || stored === undefined || stored.accounts.includes(request.account)) &&
      calls.some((call) => covers(call.function, request)),
    ended({ account }): EndedApproval | undefined {
      const unknown = unknownModule();
      if (unknown !== undefined)
        return {
          reason: `it loaded ${unknown.chunk}, whose name it computes, so the approval does not cover it`,
          hint: 'write the name of the module into require "…", and approve the script again',
        };
      if (stored === undefined || account === null || stored.accounts.includes(account)) return undefined;
      return {
        reason: `the workflow is approved for account ${stored.accounts.join(', ')}, not for ${account}`,
        hint: `kosmo workflows:approve ${stored.chunk} --account ${account}`,
      };
    },
  };
}
