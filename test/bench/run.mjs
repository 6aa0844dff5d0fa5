// `npm run bench`: ratios of medians of alternating runs. A name as argument (start, servers, queries, json, compute, memory) runs that part alone.
import { fileURLToPath } from 'node:url';
import { compareJson } from './json.mjs';
import { compareCompute } from './lua-compute.mjs';
import { outputOf } from './measure.mjs';
import { compareQueries } from './queries.mjs';
import { compareServers } from './servers.mjs';
import { compareStart } from './start.mjs';

const parts = { start: compareStart, servers: compareServers, queries: compareQueries, json: compareJson, compute: compareCompute };
const wanted = process.argv[2];

console.log(`Node ${process.version}, ${process.platform} ${process.arch}\n`);
console.log('| figure | against | median | against | ratio | mark |\n|---|---|---|---|---|---|');
for (const [name, compare] of Object.entries(parts)) {
  if (wanted !== undefined && wanted !== name) continue;
  for (const { figure, against, mine, theirs, mark } of await compare()) {
    const limit = mark === undefined ? '' : `≤ ${mark}`;
    console.log(`| ${figure} | ${against} | ${mine.toFixed(1)} ms | ${theirs.toFixed(1)} ms | ${(mine / theirs).toFixed(2)} | ${limit} |`);
  }
}
if (wanted === undefined || wanted === 'memory') {
  const memory = fileURLToPath(new URL('memory.mjs', import.meta.url));
  const { figure, each } = JSON.parse(await outputOf(['--expose-gc', memory, 'measure']));
  console.log(`\n${figure}: ${Math.round(each / 1024)} KiB each`);
}
