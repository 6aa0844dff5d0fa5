// `npm run bench`: ratios of medians of alternating runs, as a Markdown table; the figures go to test/bench/results/, where CI finds them.
//   npm run bench -- start queries      some parts: start, memory, catalog, servers, queries, json, compute, gateway
//   npm run bench -- --node <path>      another Node
//   npm run bench -- --against <folder> another checkout, built: both take turns, round by round, each with its own scripts
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { compareCatalog } from './catalog.mjs';
import { compareGateway } from './gateway.mjs';
import { compareJson } from './json.mjs';
import { compareCompute } from './lua-compute.mjs';
import { median } from './measure.mjs';
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
const ROUNDS = 5;
const { values, positionals } = parseArgs({
  options: { node: { type: 'string' }, against: { type: 'string' } },
  allowPositionals: true,
});
const unknown = positionals.filter((name) => !Object.hasOwn(parts, name));
if (unknown.length > 0) throw new Error(`no such part: ${unknown.join(', ')}; there are ${Object.keys(parts).join(', ')}`);

if (values.against !== undefined) compareCheckouts(path.resolve(values.against));
else if (values.node === undefined) await measure();
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

/** Each part runs in turn here and in the other checkout. The spread goes from the lowest ratio of a round to the highest. */
function compareCheckouts(folder) {
  const here = fileURLToPath(new URL('../../', import.meta.url));
  const node = values.node ?? process.execPath;
  console.log(`| figure | here | ${folder} | ratio | spread |\n|---|---|---|---|---|`);
  for (const part of positionals.length > 0 ? positionals : Object.keys(parts)) {
    const rounds = Array.from({ length: ROUNDS }, () => [here, folder].map((checkout) => measureIn(checkout, part, node)));
    for (const { figure, against, unit } of rounds[0][0]) {
      const mine = rounds.map((round) => figureIn(round[0], figure, against));
      const theirs = rounds.map((round) => figureIn(round[1], figure, against));
      const ratios = mine.map((value, round) => value / theirs[round]);
      const shown = (all) => `${median([...all]).toFixed(1)} ${unit}`;
      const spread = `${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}`;
      console.log(`| ${figure} | ${shown(mine)} | ${shown(theirs)} | ${median([...ratios]).toFixed(2)} | ${spread} |`);
    }
  }
}

function measureIn(checkout, part, node) {
  const { status, stderr } = spawnSync(node, ['test/bench/run.mjs', part], { cwd: checkout, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${checkout}: ${stderr}`);
  const version = spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim();
  return JSON.parse(readFileSync(path.join(checkout, `test/bench/results/${version}.json`), 'utf8')).rows;
}

/** NaN for a figure that the other checkout does not know. */
function figureIn(rows, figure, against) {
  return rows.find((row) => row.figure === figure && row.against === against)?.mine ?? Number.NaN;
}
