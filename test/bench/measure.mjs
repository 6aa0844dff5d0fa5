// What the parts of the bench share. The Node that is measured is the one that runs the bench.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export const kosmo = fileURLToPath(new URL('../../bin/kosmo.js', import.meta.url));

/** Medians of `times` runs of each side, which take turns, so that what else the machine does falls on both. A side may return its own figure. */
export async function alternate(times, mine, theirs) {
  const measured = [[], []];
  for (let round = -1; round < times; round++) {
    for (const [side, run] of [mine, theirs].entries()) {
      const started = performance.now();
      const own = await run();
      const time = typeof own === 'number' ? own : performance.now() - started;
      if (round >= 0) measured[side].push(time);
    }
  }
  return { mine: median(measured[0]), theirs: median(measured[1]) };
}

export function median(values) {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

const steppingEmulator = fileURLToPath(new URL('stepping-emulator.mjs', import.meta.url));

/** An emulator in a process of its own, and what to set to use it. The clock of one that steps moves by the request. */
export async function startEmulator({ steps = false } = {}) {
  const args = steps ? [steppingEmulator] : [kosmo, 'agora:emulator', '--rate', '1000000'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  const [line] = await once(createInterface(child.stdout), 'line');
  const url = line.split(' ').at(-1);
  const account = { AGORA_CUSTOMER_ID: 'emulator-customer', AGORA_CUSTOMER_SECRET: 'emulator-secret', AGORA_APP_ID: 'emulator-app' };
  return { env: { AGORA_URL: url, ...account }, stop: () => child.kill() };
}

/** The document of a Lua run in a process of its own. */
export async function runLua(args, env = {}) {
  const report = JSON.parse(await outputOf([kosmo, 'integrations:lua', '--force', '--json', ...args], env));
  if (!report.success) throw new Error(report.error);
  return report;
}

/** What a Node process prints on stdout, or on stderr. Not by spawnSync: the emulator's output must go on being read. */
export async function outputOf(args, env = {}, from = 'stdout') {
  const stdio = ['ignore', 'pipe', from === 'stderr' ? 'pipe' : 'inherit'];
  const child = spawn(process.execPath, args, { env: { ...process.env, ...env }, stdio });
  let text = '';
  child[from].on('data', (chunk) => {
    text += chunk;
  });
  if (from === 'stderr') child.stdout.resume();
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${args[0]} ended with ${code}: ${text.slice(0, 1000)}`);
  return text;
}
