// Memory: the peak of a one-liner's process, and what a script that waits takes of a process with many.
import { fileURLToPath } from 'node:url';
import { createHost } from '../../dist/index.js';
import { alternate, kosmo, outputOf } from './measure.mjs';

const self = fileURLToPath(import.meta.url);
const SCRIPTS = 1000;

const peakReporter = fileURLToPath(new URL('peak.cjs', import.meta.url));

export async function compareMemory() {
  const peak = async (args) => Number((await outputOf(['--require', peakReporter, ...args], {}, 'stderr')).trim());
  const times = await alternate(
    9,
    () => peak([kosmo, 'integrations:lua', '--json', '-e', 'return 1']),
    () => peak(['-e', '0']),
  );
  const each = Number(await outputOf(['--expose-gc', self, 'measure']));
  return [
    { figure: "peak memory of `integrations:lua -e 'return 1' --json`", against: '`node -e 0`', mark: 1.5, unit: 'KiB', ...times },
    { figure: `memory of a script that waits, of ${SCRIPTS} at once`, unit: 'KiB', mine: each / 1024 },
  ];
}

async function measureWaitingScripts() {
  let arrived = 0;
  const opened = deferred();
  const allThere = deferred();
  const wait = () => {
    if (++arrived === SCRIPTS) allThere.resolve();
    return opened.promise;
  };
  const host = await createHost({ functions: { wait } });
  // What the first script loads belongs to none.
  await host.run('return 1');
  const before = await memory();
  const runs = Array.from({ length: SCRIPTS }, (_, i) => host.run(`local n = ${i} wait() return n`));
  await allThere.promise;
  const bytes = (await memory()) - before;
  opened.resolve(null);
  const reports = await Promise.all(runs);
  if (!reports.every(({ result }, i) => result[0] === i)) throw new Error('a script lost its values');
  await host.close();
  return bytes / SCRIPTS;
}

function deferred() {
  let resolve;
  const promise = new Promise((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

async function memory() {
  globalThis.gc();
  await new Promise((resolve) => setImmediate(resolve));
  globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

if (process.argv[2] === 'measure') console.log(await measureWaitingScripts());
