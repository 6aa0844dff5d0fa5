import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { RunReport } from '../../src/runtime/index.ts';

export const KOSMO = fileURLToPath(new URL('../../bin/kosmo.js', import.meta.url));

export interface CliResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number | null;
}

export interface CliOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** What is piped in; without it stdin is empty. */
  readonly stdin?: string | Uint8Array;
  readonly cwd?: string;
  readonly bin?: string;
}

/** Everything that the command line printed during the tests, for the search after secrets. */
export const TRANSCRIPT = process.env.KOSMO_TEST_TRANSCRIPT;

/** Runs the built command line as a user does, with nothing of this machine's own credentials. */
export async function kosmo(args: readonly string[], { env = {}, stdin = '', cwd, bin = KOSMO }: CliOptions = {}): Promise<CliResult> {
  const child = spawn(process.execPath, [bin, ...args], { env: cleanEnvironment(env), ...(cwd === undefined ? {} : { cwd }) });
  child.stdin.on('error', () => undefined);
  child.stdin.end(stdin);
  const result = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    result.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    result.stderr += text;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  if (TRANSCRIPT !== undefined) appendFileSync(TRANSCRIPT, result.stdout + result.stderr);
  return { ...result, code };
}

/** `integrations:lua … --json`, with the document it prints. Fails when stdout is anything but one line of JSON. */
export async function lua(args: readonly string[], options: CliOptions = {}): Promise<RunReport & { readonly code: number | null }> {
  const { stdout, stderr, code } = await kosmo(['integrations:lua', ...args, '--json'], options);
  if (!/^[^\n]+\n$/.test(stdout)) throw new Error(`not one line on stdout:\n${stdout}\nstderr:\n${stderr}`);
  return { ...(JSON.parse(stdout) as RunReport), code };
}

/** Not the home of whoever runs the tests. */
const HOME = process.env.KOSMO_TEST_HOME ?? path.join(tmpdir(), 'kosmo-test-home');

export function cleanEnvironment(env: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(?:AGORA_|KOSMO_|FENGARICONF|NODE_OPTIONS|VITEST)/.test(name));
  return { ...Object.fromEntries(inherited), KOSMO_HOME: HOME, XDG_CACHE_HOME: path.join(HOME, 'cache'), ...env };
}

export interface EmulatorProcess {
  readonly url: string;
  /** What a user would export to use it. */
  readonly env: Readonly<Record<string, string>>;
  readonly process: ChildProcess;
  readonly stop: () => Promise<number | null>;
}

function firstLines(stream: Readable, count: number): Promise<string[]> {
  return new Promise((resolve) => {
    const lines: string[] = [];
    createInterface(stream).on('line', (line) => {
      if (lines.push(line) === count) resolve(lines);
    });
  });
}

/** `kosmo agora:emulator` in a process of its own, once it has said how to use it: the variables, then a configure line. */
export async function startEmulatorProcess(args: readonly string[] = []): Promise<EmulatorProcess> {
  const child = spawn(process.execPath, [KOSMO, 'agora:emulator', '--rate', '100000', ...args], {
    env: cleanEnvironment({}),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  const url = line.split(' ').at(-1) ?? '';
  const [note] = (await firstLines(child.stderr, 2)) as [string, string];
  const env = Object.fromEntries(note.split(' ').map((assignment) => assignment.split('=', 2) as [string, string]));
  return {
    url,
    env,
    process: child,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
      child.kill('SIGTERM');
      const [code] = (await once(child, 'exit')) as [number | null];
      return code;
    },
  };
}
