// `npm run bench`: ratios of medians of alternating runs, so that what else the machine does falls on both sides.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { compareJson } from './json.mjs';

const undiciLoop = fileURLToPath(new URL('undici-loop.mjs', import.meta.url));
const kosmo = fileURLToPath(new URL('../../bin/kosmo.js', import.meta.url));
const QUERIES = 1000;

const rows = [await compareStart(), await compareQueries(), ...(await compareJson())];
console.log(`Node ${process.version}, ${process.platform} ${process.arch}\n`);
console.log('| figure | against | median | against | ratio |\n|---|---|---|---|---|');
for (const { figure, against, mine, theirs } of rows) {
  console.log(`| ${figure} | ${against} | ${mine.toFixed(1)} ms | ${theirs.toFixed(1)} ms | ${(mine / theirs).toFixed(2)} |`);
}

async function compareStart() {
  const [mine, theirs] = await alternate(
    20,
    () => spawnSync(process.execPath, [kosmo, 'integrations:lua', '--eval', 'return 1', '--json']),
    () => spawnSync(process.execPath, ['-e', '0']),
  );
  return { figure: "`integrations:lua --eval 'return 1' --json`, whole process", against: '`node -e 0`', mine, theirs };
}

async function compareQueries() {
  const emulator = await startEmulator();
  try {
    const session = await startRecording(emulator.env);
    const [mine, theirs] = await alternate(
      5,
      () => queriesFromLua(emulator.env, session),
      () => queriesFromUndici(emulator.env, session),
    );
    return { figure: `${QUERIES} sequential \`query_recording\` from Lua`, against: 'the same by a bare undici loop', mine, theirs };
  } finally {
    emulator.process.kill();
  }
}

// Each side reports its own time where it knows it better than the clock around it.
async function alternate(times, mine, theirs) {
  const measured = [[], []];
  for (let round = -1; round < times; round++) {
    for (const [side, run] of [mine, theirs].entries()) {
      const started = performance.now();
      const own = await run();
      const time = typeof own === 'number' ? own : performance.now() - started;
      if (round >= 0) measured[side].push(time);
    }
  }
  return measured.map(median);
}

function median(values) {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

async function startEmulator() {
  const child = spawn(process.execPath, [kosmo, 'agora:emulator', '--rate', '1000000'], { stdio: ['ignore', 'pipe', 'ignore'] });
  const [line] = await once(createInterface(child.stdout), 'line');
  const url = line.split(' ').at(-1);
  const account = { AGORA_CUSTOMER_ID: 'emulator-customer', AGORA_CUSTOMER_SECRET: 'emulator-secret', AGORA_APP_ID: 'emulator-app' };
  return { process: child, env: { AGORA_URL: url, ...account } };
}

async function startRecording(env) {
  const code = `
    local agora = app.integrations.agora
    local r = agora.acquire_recording_resource{cname = "bench", uid = "1"}.resourceId
    local s = agora.start_recording{resource_id = r, mode = "mix", cname = "bench", uid = "1", recording_config = {channelType = 0},
      storage_config = {vendor = 1, region = 0, bucket = "b", accessKey = "fake-access-key", secretKey = "fake-secret-key"}}.sid
    return {resource_id = r, sid = s, mode = "mix"}`;
  return (await runLua(code, env)).result[0];
}

// Sequential calls inside one script; the script's own wall time, without the start of the process.
async function queriesFromLua(env, session) {
  const code = `for i = 1, ${QUERIES} do app.integrations.agora.query_recording(input) end`;
  return (await runLua(code, env, ['--input', JSON.stringify(session)])).execution_time_ms;
}

async function runLua(code, env, more = []) {
  const report = JSON.parse(await outputOf([kosmo, 'integrations:lua', '--force', '--json', '--eval', code, ...more], env));
  if (!report.success) throw new Error(report.error);
  return report;
}

// A process of its own as well, so that both sides start cold; it prints the milliseconds of its loop.
async function queriesFromUndici(env, session) {
  return Number(await outputOf([undiciLoop, String(QUERIES), JSON.stringify(session)], env));
}

// Not spawnSync: the emulator's output must go on being read.
async function outputOf(args, env) {
  const child = spawn(process.execPath, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.on('data', (chunk) => {
    text += chunk;
  });
  await once(child, 'close');
  return text;
}
