// Memory of scripts that wait: many in one process at the same time, each in a state of its own.
import { createHost } from '../../dist/index.js';

const SCRIPTS = 1000;

export async function measureWaitingScripts() {
  let arrived = 0;
  let open;
  const opened = new Promise((resolve) => {
    open = resolve;
  });
  let everybody;
  const allThere = new Promise((resolve) => {
    everybody = resolve;
  });
  const host = await createHost({
    functions: {
      wait: () => {
        if (++arrived === SCRIPTS) everybody();
        return opened;
      },
    },
  });
  // What the first script loads belongs to none.
  const first = host.run('return 1');
  await first;
  const before = await memory();
  const runs = Array.from({ length: SCRIPTS }, (_, i) => host.run(`local n = ${i} wait() return n`));
  await allThere;
  const bytes = (await memory()) - before;
  open(null);
  const reports = await Promise.all(runs);
  if (!reports.every(({ result }, i) => result[0] === i)) throw new Error('a script lost its values');
  await host.close();
  return { figure: `${SCRIPTS} scripts waiting at once`, each: bytes / SCRIPTS };
}

async function memory() {
  globalThis.gc();
  await new Promise((resolve) => setImmediate(resolve));
  globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

if (process.argv[2] === 'measure') console.log(JSON.stringify(await measureWaitingScripts()));
