import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import type { RunReport } from '../../src/runtime/index.ts';
import { cleanEnvironment, KOSMO } from '../helpers/cli.ts';
import { problemsWith } from '../helpers/schemas.ts';

/**
 * Every `*.lua` here tries to hang, kill or bloat the process that runs it. Its head says what may come of it:
 * `-- expect: CODE|CODE` (`ok` is a run without error), `-- deferred` where functions given to `defer` have their 5 s as well,
 * `-- timeout: seconds` where only wall time can end it,
 * `-- no line` where the limit is met after the last line, on the returned value or the error that nobody caught.
 * How much more than the limits a script took is measured as CPU time and as peak of resident memory, against a child that runs
 * nothing: both are the same on a busy machine.
 */
const FOLDER = fileURLToPath(new URL('.', import.meta.url));
const CPU_SECONDS = 0.2;
/** What a script may compute that ends in another way; the limit that it is given counts waiting for a core, too. */
const AMPLE_CPU_SECONDS = 20;
const UNMET_CPU_SECONDS = 50;
const MEMORY_MIB = 64;
/** What the process may hold above its size at rest and the limit: garbage not yet collected, the engine's own copies. */
const MEMORY_SLACK_MIB = 200;
/** What the process may compute above its start and the limit. */
const CPU_SLACK_MS = 1000;
const GRACE_MS = 5000;
/** What hangs is killed after this; it proves nothing else, since the machine may do much besides. */
const KILLED_AFTER_MS = 60_000;

const AT = / \(at .*:(\d+)\)$/.source;
/** Each names its limit and the line; what only waits has none. */
const LIMIT_MESSAGES: Readonly<Record<string, RegExp>> = {
  CPU_LIMIT: new RegExp(
    `^CPU limit exceeded: the script (?:used more than [\\d.]+ s of CPU time|ran for [\\d.]+ s of wall time without waiting, with [\\d.]+ s of CPU time)${AT}`,
  ),
  MEMORY_LIMIT: new RegExp(`^memory limit exceeded: the script needs more than ${MEMORY_MIB} MiB${AT}`),
  TIMEOUT: /^timeout: (?:the script did not end within \d+ s|deferred functions have 30 s each)/,
};
const WITHOUT_LINE = /^(?:memory limit exceeded: the script needs more than [\d.]+ MiB|CPU limit exceeded: .* [\d.]+ s of CPU time)$/;

interface Ended {
  readonly report: RunReport;
  /** Of the main thread, where the system tells. */
  readonly cpuMs: number;
  readonly rssMiB: number;
}

const usageFolder = mkdtempSync(path.join(tmpdir(), 'kosmo-hostile-'));
const scripts = readdirSync(FOLDER).filter((name) => name.endsWith('.lua'));
const measured: { readonly name: string; readonly overMs: number; readonly overMiB: number }[] = [];

async function runScript(name: string, args: readonly string[]): Promise<Ended> {
  const usageFile = path.join(usageFolder, name.replaceAll(/\W/g, '-'));
  const child = spawn(
    process.execPath,
    ['--import', new URL('measure.mjs', import.meta.url).href, KOSMO, 'integrations:lua', ...args, '--json'],
    {
      env: cleanEnvironment({ KOSMO_TEST_USAGE: usageFile }),
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: KILLED_AFTER_MS,
      killSignal: 'SIGKILL',
      cwd: FOLDER,
    },
  );
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    if (stderr.length < 4000) stderr += text;
  });
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  if (!/^[^\n]+\n$/.test(stdout)) throw new Error(`no envelope: code ${code}, ${signal}: ${stdout.slice(0, 500)}\n${stderr}`);
  const usage = JSON.parse(readFileSync(usageFile, 'utf8')) as { rssMiB: number; cpuMs: number };
  return { report: JSON.parse(stdout) as RunReport, ...usage };
}

describe('a hostile script ends politely', async () => {
  const baseline = await runScript('baseline', ['-e', 'return 1']);

  test.concurrent.for(scripts)('%s', { timeout: 90_000 }, async (name) => {
    const source = readFileSync(path.join(FOLDER, name), 'utf8');
    const expected = (/^-- expect: (.*)$/m.exec(source)?.[1] ?? '').split('|');
    // What ends in another way must not meet the CPU limit first on a machine that is slow or busy.
    const isForCpu = expected.includes('CPU_LIMIT');
    const cpuSeconds = isForCpu ? CPU_SECONDS : UNMET_CPU_SECONDS;
    const timeout = /^-- timeout: (.*)$/m.exec(source)?.[1];
    const limitMs = (isForCpu ? CPU_SECONDS : AMPLE_CPU_SECONDS) * 1000 + (/^-- deferred/m.test(source) ? GRACE_MS : 0);
    const { report, cpuMs, rssMiB } = await runScript(name, [
      name,
      ...['--cpu-limit', String(cpuSeconds), '--memory-limit', `${MEMORY_MIB}MiB`],
      ...(timeout === undefined ? [] : ['--timeout', timeout]),
    ]);
    const overMs = cpuMs - baseline.cpuMs - limitMs;
    const overMiB = rssMiB - baseline.rssMiB - MEMORY_MIB;
    measured.push({ name, overMs, overMiB });

    expect(problemsWith(report, 'lua-run')).toBeNull();
    const code = report.error_detail?.code ?? 'ok';
    const message = report.error_detail?.message ?? '';
    expect(expected, `${code}: ${message.slice(0, 300)}`).toContain(code);
    expect(message).not.toMatch(/node_modules|dist\/chunks|at \w+ \(|\[object|RangeError|TypeError/);
    const limitMessage = /^-- no line/m.test(source) && WITHOUT_LINE.test(message) ? undefined : LIMIT_MESSAGES[code];
    if (limitMessage !== undefined) {
      expect(message).toMatch(limitMessage);
      const line = limitMessage.exec(message)?.[1];
      if (line !== undefined) {
        expect(Number(line)).toBeGreaterThan(0);
        expect(Number(line)).toBeLessThanOrEqual(source.split('\n').length);
      }
    }
    expect(overMiB, 'peak of resident memory beyond limit and start in MiB').toBeLessThan(MEMORY_SLACK_MIB);
    expect(overMs, 'CPU time beyond limit and start in ms').toBeLessThan(CPU_SLACK_MS);
  });
});

afterAll(() => {
  rmSync(usageFolder, { recursive: true });
  const list = (key: 'overMs' | 'overMiB'): string =>
    measured
      .toSorted((a, b) => b[key] - a[key])
      .slice(0, 5)
      .map((one) => `${one.name} ${Math.round(one[key])}`)
      .join(', ');
  process.stdout.write(
    `adversarial scripts: ${scripts.length}\n  most CPU time beyond limit and start (ms): ${list('overMs')}\n  most memory beyond limit and start (MiB): ${list('overMiB')}\n`,
  );
});
