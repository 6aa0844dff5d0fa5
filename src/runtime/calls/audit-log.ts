import { mkdirSync, renameSync, rmdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { KosmoError, redactSecretFields } from '../../errors/index.ts';
import type { JsonValue } from '../../json/index.ts';
import { appendLine } from '../../platform/append-file.ts';
import { fileReason } from '../../platform/file-errors.ts';
import { createPrivateDirectory } from '../../platform/private-directory.ts';
import { uuid } from '../../platform/uuid.ts';
import type { Authorization } from '../../policy/index.ts';
import type { CallLogEntry } from './call-log-entry.ts';

/** Facts of a call that are known when it begins. */
export interface AuditedCall extends Pick<CallLogEntry, 'account' | 'operation'> {
  /** `agora.start_recording`, even if the script used another name. */
  readonly function: string;
  /** The composed function that makes it. */
  readonly via?: string;
  /** The script that makes it: a path, `eval`, `stdin`, `repl`. */
  readonly script?: string;
}

/** The lines of one call. */
export interface AuditTrail {
  /** The policy let it through, and it is sent now. Of a write this is a line of its own. Throws `SETTINGS_UNAVAILABLE` when that cannot be written. */
  readonly allowed: (authorization: Authorization) => void;
  /** It is over. Returns why that could not be written. */
  readonly ended: (entry: CallLogEntry) => string | undefined;
}

export interface AuditLogOptions {
  readonly folder: string;
  /** The command: `integrations:lua`. */
  readonly command: string;
  readonly emulator: boolean;
  /** @default 10 MiB */
  readonly bytesOfFile?: number;
}

/** The file that is written, and four older ones: calls.1.jsonl is the youngest of them. */
const MAX_FILES = 5;
const MAX_ARGUMENT_BYTES = 64 * 1024;
/** A process that was killed while it moved files leaves its lock behind. */
const STALE_LOCK_MS = 10_000;

/** The log of who called what: one JSON line to a write before it is sent, and one to every call when it is over. For its owner alone. */
export function createAuditLog({ folder, command, emulator, bytesOfFile = 10 * 1024 ** 2 }: AuditLogOptions): {
  readonly begin: (call: AuditedCall) => AuditTrail;
} {
  const file = path.join(folder, 'calls.jsonl');
  const append = (line: object): void => {
    createPrivateDirectory(folder);
    if (appendLine(file, JSON.stringify(line)) > bytesOfFile) rotate(file, bytesOfFile);
  };
  return {
    begin(call) {
      const line = (event: 'sending' | 'ended', facts: object): object => ({
        time: new Date().toISOString(),
        event,
        id,
        command,
        ...call,
        ...facts,
        cwd: workingFolder(),
        pid: process.pid,
        ...(emulator ? { emulator } : {}),
      });
      const id = uuid();
      let authorization: Authorization | undefined;
      let isSent = false;
      return {
        allowed(given) {
          authorization = given;
          if (call.operation !== 'write') return;
          try {
            append(line('sending', { allowed_by: given.by, arguments: shownArguments(given.request.args) }));
            isSent = true;
          } catch (thrown) {
            throw unavailable(file, thrown);
          }
        },
        ended({ status, outcome, code, durationMs: duration_ms, attempts, request_id }) {
          // Arguments are logged only if they passed the checks: others may contain secrets.
          const asked =
            authorization === undefined || isSent
              ? {}
              : { allowed_by: authorization.by, arguments: shownArguments(authorization.request.args) };
          try {
            append(line('ended', { ...asked, status, outcome, code, duration_ms, attempts, request_id }));
            return undefined;
          } catch (thrown) {
            return `the end of the call is not in the audit log ${file}: ${fileReason(thrown)}`;
          }
        },
      };
    },
  };
}

function shownArguments(args: Readonly<Record<string, JsonValue>>): unknown {
  const shown = redactSecretFields(args);
  const bytes = Buffer.byteLength(JSON.stringify(shown));
  return bytes <= MAX_ARGUMENT_BYTES ? shown : { omitted_bytes: bytes };
}

// Moves the files on by one, the oldest away. A file that grows too large because this fails is better than a call that does.
function rotate(file: string, bytesOfFile: number): void {
  const lock = `${file}.lock`;
  try {
    mkdirSync(lock);
  } catch {
    if (Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Number.POSITIVE_INFINITY) > STALE_LOCK_MS) release(lock);
    return;
  }
  try {
    // Another process may have done it meanwhile.
    if (statSync(file).size <= bytesOfFile) return;
    for (let age = MAX_FILES - 1; age > 0; age--) {
      const younger = age === 1 ? file : older(file, age - 1);
      if (statSync(younger, { throwIfNoEntry: false }) !== undefined) renameSync(younger, older(file, age));
    }
  } catch {
    // The next call tries again.
  } finally {
    release(lock);
  }
}

function older(file: string, age: number): string {
  return file.replace(/\.jsonl$/, `.${age}.jsonl`);
}

function release(lock: string): void {
  try {
    rmdirSync(lock);
  } catch {
    // Another process removed it.
  }
}

function workingFolder(): string | null {
  try {
    return process.cwd();
  } catch {
    return null;
  }
}

function unavailable(file: string, thrown: unknown): KosmoError {
  return new KosmoError('SETTINGS_UNAVAILABLE', `The audit log ${file} cannot be written: ${fileReason(thrown)}. Nothing was sent.`, {
    hint: 'writes wait for it: give this user access to the file, or set audit_log: false where kosmo config:list --origin says it is on',
    details: { file },
    cause: thrown,
  });
}
