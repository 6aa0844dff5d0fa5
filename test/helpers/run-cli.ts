import { appendFileSync } from 'node:fs';
import { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { CommandContext } from '../../src/cli/context.ts';
import { runProgram } from '../../src/cli/program.ts';
import type { Streams } from '../../src/cli/terminal/streams.ts';
import type { RunReport } from '../../src/runtime/index.ts';
import { type CliOptions, type CliResult, cleanEnvironment, TRANSCRIPT } from './cli.ts';

const PACKAGE_ROOT = fileURLToPath(new URL('../..', import.meta.url));

export interface RunCliOptions extends Omit<CliOptions, 'bin'> {
  /** Whether stdout and stderr are terminals. @default false */
  readonly isTTY?: boolean;
  readonly columns?: number;
}

let last: Promise<unknown> = Promise.resolve();

/**
 * Runs the command line in the process of the test, with the result of `kosmo()`. Runs wait for each other: the working folder and the
 * environment, which HTTP and MCP servers read, belong to the process. A test of signals, pipes or a terminal needs `kosmo()`.
 */
export function runCli(args: readonly string[], options: RunCliOptions = {}): Promise<CliResult> {
  const result = last.then(() => runAlone(args, options));
  last = result.catch(() => undefined);
  return result;
}

async function runAlone(argv: readonly string[], { env = {}, stdin = '', cwd, isTTY = false, columns }: RunCliOptions): Promise<CliResult> {
  const output = { stdout: '', stderr: '' };
  const terminal = { ...(isTTY ? { isTTY } : {}), ...(columns === undefined ? {} : { columns }) };
  const streams: Streams = {
    env: cleanEnvironment(env),
    stdin: Readable.from(stdin.length === 0 ? [] : [Buffer.from(stdin)]),
    isStdinPiped: true,
    stdout: Object.assign(
      collect((text) => (output.stdout += text)),
      terminal,
    ),
    stderr: Object.assign(
      collect((text) => (output.stderr += text)),
      terminal,
    ),
    signal: new AbortController().signal,
    exitCode: 0,
    isQuiet: false,
  };
  const restore = enter(streams.env, cwd);
  try {
    await runProgram(new CommandContext({ argv, packageRoot: PACKAGE_ROOT, streams }));
  } finally {
    restore();
  }
  if (TRANSCRIPT !== undefined) appendFileSync(TRANSCRIPT, output.stdout + output.stderr);
  return { ...output, code: streams.exitCode };
}

function collect(add: (text: string) => void): Writable {
  const decoder = new TextDecoder();
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      add(decoder.decode(chunk, { stream: true }));
      done();
    },
  });
}

// Rooms below the command line read both from the process.
function enter(env: NodeJS.ProcessEnv, cwd: string | undefined): () => void {
  const before = { env: process.env, folder: process.cwd() };
  process.env = { ...env };
  if (cwd !== undefined) process.chdir(cwd);
  return () => {
    process.env = before.env;
    process.chdir(before.folder);
  };
}

/** `integrations:lua … --json` in this process, with the document that it prints. Fails if stdout is not one line of JSON. */
export async function runLuaCli(
  args: readonly string[],
  options: RunCliOptions = {},
): Promise<RunReport & { readonly code: number | null }> {
  const { stdout, stderr, code } = await runCli(['integrations:lua', ...args, '--json'], options);
  if (!/^[^\n]+\n$/.test(stdout)) throw new Error(`not one line on stdout:\n${stdout}\nstderr:\n${stderr}`);
  return { ...(JSON.parse(stdout) as RunReport), code };
}
