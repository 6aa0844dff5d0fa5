// `npm run bench`: ratios of medians of alternating runs, as a Markdown table; the figures go to test/bench/results/, where CI finds them.
//   npm run bench -- start queries      some parts: start, memory, catalog, servers, queries, json, compute, gateway
//   npm run bench -- --node <path>      another Node
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { compareCatalog } from './catalog.mjs';
import { compareGateway } from './gateway.mjs';
import { compareJson } from './json.mjs';
import { compareCompute } from './lua-compute.mjs';
import { compareMemory } from './memory.mjs';
import { compareQueries } from './queries.mjs';
import { compareServers } from './servers.mjs';
import { compareStart } from './start.mjs';

const parts = {
  start: compareStart,
  memory: compareMemory,
  catalog: compareCatalog,
  servers: compareServers,
  queries: compareQueries,
  json: compareJson,
  compute: compareCompute,
  gateway: compareGateway,
};
const { values, positionals } = parseArgs({ options: { node: { type: 'string' } }, allowPositionals: true });
const unknown = positionals.filter((name) => !Object.hasOwn(parts, name));
if (unknown.length > 0) throw new Error(`no such part: ${unknown.join(', ')}; there are ${Object.keys(parts).join(', ')}`);

if (values.node === undefined) await measure();
else process.exitCode = spawnSync(values.node, [fileURLToPath(import.meta.url), ...positionals], { stdio: 'inherit' }).status ?? 1;

async function measure() {
  const system = { node: process.version, platform: process.platform, arch: process.arch, cpu: cpus()[0]?.model, cores: cpus().length };
  console.log(`Node ${process.version}, ${process.platform} ${process.arch}, ${system.cores} × ${system.cpu}\n`);
  console.log('| figure | against | median | against | ratio | mark |\n|---|---|---|---|---|---|');
  const rows = [];
  for (const [part, compare] of Object.entries(parts)) {
    if (positionals.length > 0 && !positionals.includes(part)) continue;
    for (const row of await compare()) {
      const { figure, against = '', mine, theirs, mark, unit = 'ms' } = row;
      const ratio = theirs === undefined ? undefined : mine / theirs;
      rows.push({ part, unit, ...row, ratio });
      const shown = (value) => (value === undefined ? '' : `${value.toFixed(1)} ${unit}`);
      const limit = mark === undefined ? '' : `≤ ${mark}${ratio > mark ? ' (missed)' : ''}`;
      console.log(`| ${figure} | ${against} | ${shown(mine)} | ${shown(theirs)} | ${ratio?.toFixed(2) ?? ''} | ${limit} |`);
    }
  }
  const folder = fileURLToPath(new URL('results/', import.meta.url));
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    `${folder}${process.version}.json`,
    `${JSON.stringify({ ...system, date: new Date().toISOString(), rows }, undefined, 2)}\n`,
  );
}
