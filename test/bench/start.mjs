// Whole processes: a one-liner, a documentation page and a workflow against Node doing nothing, and against the same calls by hand.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { alternate, kosmo, outputOf, startEmulator } from './measure.mjs';

const byHand = fileURLToPath(new URL('fetch-workflow.mjs', import.meta.url));
const workflows = fileURLToPath(new URL('../../workflows', import.meta.url));
const workflow = `local function sleep() end ${readFileSync(path.join(workflows, 'record_channel.lua'), 'utf8')}`;
const input = JSON.stringify({
  cname: 'bench',
  uid: '527841',
  seconds: 0,
  storage: { vendor: 1, region: 0, bucket: 'b', accessKey: 'k', secretKey: 's' },
});

const lua = (...args) => [kosmo, 'integrations:lua', '--json', ...args];
const record = lua('--force', '--module-path', workflows, '--input', input, '--eval', workflow);
const nothing = ['-e', '0'];

/** Marks: on Node 20, and on newer lines, which start faster themselves. */
const rows = [
  {
    figure: "`integrations:lua -e 'return 1' --json`, whole process",
    against: '`node -e 0`',
    marks: [1.5, 1.7],
    mine: lua('-e', 'return 1'),
    theirs: nothing,
  },
  {
    figure: '`docs.read("agora.start_recording")`, whole process',
    against: '`node -e 0`',
    marks: [1.6, 1.9],
    mine: lua('-e', 'return docs.read("agora.start_recording")'),
    theirs: nothing,
  },
  { figure: '`record_channel.lua` without waiting, whole process', against: '`node -e 0`', marks: [2, 2.6], mine: record, theirs: nothing },
  {
    figure: '`record_channel.lua` without waiting, whole process',
    against: 'the same calls with `fetch`',
    marks: [0.9, 0.9],
    mine: record,
    theirs: [byHand],
  },
];

const ROUNDS = 21;

export async function compareStart() {
  const emulator = await startEmulator({ steps: true });
  const run = (args) => async () => void (await outputOf(args, emulator.env));
  const isOld = process.version.startsWith('v20.');
  const results = [];
  try {
    for (const { figure, against, marks, mine, theirs } of rows) {
      results.push({ figure, against, mark: isOld ? marks[0] : marks[1], ...(await alternate(ROUNDS, run(mine), run(theirs))) });
    }
  } finally {
    emulator.stop();
  }
  return results;
}
