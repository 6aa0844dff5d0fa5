import { existsSync } from 'node:fs';
import type { ErrorCode } from '../errors/index.ts';
import { isStdio } from './config/server-entry.ts';
import type { ServerEntry } from './config/servers.ts';
import { findDrifts } from './review-tools.ts';
import { findProgram, folderProblem, type ResolvedProgram } from './trust/find-program.ts';
import { driftText } from './trust/pins.ts';
import { type Reference, referencesOf, refusalOf } from './trust/references.ts';
import { isTrusted } from './trust/trust.ts';

/** A reason why a server cannot be used, and how to fix it. */
export interface ServerFinding {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string;
}

export interface DiagnosisSources {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The keys of all stored secrets. */
  readonly secrets: readonly string[];
}

/** A longer timeout was probably meant in milliseconds. */
const MAX_USUAL_TIMEOUT_S = 3600;

/** Lists the known reasons why a server cannot be used. Starts nothing and reads no secret. */
export async function diagnose(entry: ServerEntry, sources: DiagnosisSources): Promise<ServerFinding[]> {
  const { server } = entry;
  const { name } = server;
  const obstacles: ServerFinding[] = [];
  if (!server.enabled) obstacles.push({ code: 'NOT_CONFIGURED', message: 'it is disabled', hint: `kosmo mcp:enable ${name}` });
  if (isStdio(server)) obstacles.push(...programFindings(name, findProgram({ ...entry, server }, sources.env)));
  if (!(await isTrusted(entry, sources.env)))
    obstacles.push({ code: 'NOT_TRUSTED', message: 'it is not trusted', hint: `kosmo mcp:trust ${name}` });
  for (const drift of await findDrifts(entry, sources.env)) {
    if (!drift.isRefused) continue;
    const message = `its tool '${drift.tool}' is not trusted: ${driftText(drift)}`;
    obstacles.push({ code: 'NOT_TRUSTED', message, hint: `kosmo mcp:trust ${name}` });
  }
  if (server.timeout > MAX_USUAL_TIMEOUT_S) {
    const message = `its timeout is ${server.timeout} seconds, which is more than an hour`;
    obstacles.push({ code: 'INVALID_CONFIGURATION', message, hint: 'timeout is in seconds; other programs write milliseconds' });
  }
  return [...obstacles, ...referencesOf(server).flatMap((reference) => obstacleOf(entry, reference, sources) ?? [])];
}

function programFindings(name: string, { cwd, envFile, problem }: ResolvedProgram): ServerFinding[] {
  const problems = [problem ?? folderProblem(name, cwd) ?? []].flat();
  const findings = problems.map(({ finding, error }): ServerFinding => ({ code: error.code, message: finding, hint: error.hint ?? '' }));
  if (envFile === undefined || existsSync(envFile)) return findings;
  const missing = { message: `its envFile '${envFile}' does not exist`, hint: 'make the file, or remove envFile from the entry' };
  return [...findings, { code: 'INVALID_CONFIGURATION', ...missing }];
}

function obstacleOf(entry: ServerEntry, reference: Reference, { env, secrets }: DiagnosisSources): ServerFinding | undefined {
  const { name } = entry.server;
  const refusal = refusalOf(entry, reference, env);
  if (refusal !== undefined) return { code: refusal.code, message: refusal.message, hint: refusal.hint ?? '' };
  if (reference.kind === 'unknown')
    return {
      code: 'INVALID_CONFIGURATION',
      message: `it has the unknown placeholder ${reference.text}`,
      hint: `write \${VAR}, or \${KOSMO_SECRET:mcp.${name}.<key>}`,
    };
  if (reference.kind === 'secret' && !secrets.includes(reference.key)) {
    const key = reference.key.slice(`mcp.${name}.`.length);
    return {
      code: 'NOT_CONFIGURED',
      message: `its secret ${reference.key} is not set`,
      hint: `kosmo mcp:secret:set ${name} ${key} --stdin`,
    };
  }
  if (reference.kind === 'variable' && reference.fallback === undefined && (env[reference.name] ?? '') === '')
    return {
      code: 'NOT_CONFIGURED',
      message: `its variable ${reference.name} is not set`,
      hint: `set ${reference.name} in the environment`,
    };
  return undefined;
}
