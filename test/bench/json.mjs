// JSON in Lua against V8's own, on a list of 20,000 files as the API gives it.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { kosmo, median } from './measure.mjs';

const FILES = 20_000;
const WARM_ROUNDS = 25;
const FRESH_ROUNDS = 9;

/** Rows for decode and encode, warm (alternating in one process) and fresh (one of each in a process of its own, processes alternating). */
export async function compareJson() {
  const text = fileList();
  const warm = await measureWarm(text);
  const fresh = measureFresh(text);
  const size = `${(text.length / 1e6).toFixed(1)} MB`;
  return [
    { figure: `\`json.decode\` of ${size}, warm`, against: '`JSON.parse`', mark: 8, ...ofMedians(warm.decode, warm.parse) },
    { figure: `\`json.encode\` of ${size}, warm`, against: '`JSON.stringify`', mark: 10, ...ofMedians(warm.encode, warm.stringify) },
    { figure: `\`json.decode\` of ${size}, first in its process`, against: '`JSON.parse`', ...ofMedians(fresh.decode, fresh.parse) },
    {
      figure: `\`json.encode\` of ${size}, first in its process`,
      against: '`JSON.stringify`',
      ...ofMedians(fresh.encode, fresh.stringify),
    },
  ];
}

function fileList() {
  const files = Array.from({ length: FILES }, (_, index) => ({
    fileName: `38f8e3cfdc474cd56fc1ceba_standup_${String(index).padStart(6, '0')}.m3u8`,
    trackType: 'audio_and_video',
    uid: '0',
    mixedAllUser: true,
    isPlayable: true,
    sliceStartTime: 1562724971626 + index * 15_000,
  }));
  return JSON.stringify(files);
}

// One script; between its own rounds it has JavaScript do the same.
async function measureWarm(text) {
  const { createHost } = await import('../../dist/index.js');
  const times = { decode: [], encode: [], parse: [], stringify: [] };
  const host = await createHost({
    functions: {
      record: ([name, seconds]) => {
        times[name].push(seconds * 1000);
      },
      run_javascript: () => {
        const { parse, stringify } = timeJavaScript(text);
        times.parse.push(parse);
        times.stringify.push(stringify);
      },
    },
  });
  const code = `
    for round = 1, ${WARM_ROUNDS} do
      local started = os.clock()
      local value = json.decode(input.text)
      local decoded = os.clock()
      local text = json.encode(value)
      local encoded = os.clock()
      if #text ~= #input.text then error("not the same text") end
      record("decode", decoded - started)
      record("encode", encoded - decoded)
      value, text = nil, nil
      run_javascript()
    end`;
  const report = await host.run(code, { input: { text }, limits: { memoryBytes: 2 ** 30, cpuMs: 300_000 } });
  await host.close();
  if (!report.success) throw new Error(report.error);
  // The first rounds compile.
  return Object.fromEntries(Object.entries(times).map(([name, all]) => [name, all.slice(5)]));
}

function timeJavaScript(text) {
  const started = performance.now();
  const value = JSON.parse(text);
  const parsed = performance.now();
  JSON.stringify(value);
  return { parse: parsed - started, stringify: performance.now() - parsed };
}

function measureFresh(text) {
  const folder = mkdtempSync(path.join(tmpdir(), 'kosmo-bench-'));
  const input = path.join(folder, 'input.json');
  writeFileSync(input, JSON.stringify({ text }));
  const lua = `
    local started = os.clock()
    local value = json.decode(input.text)
    local decoded = os.clock()
    json.encode(value)
    return (decoded - started) * 1000, (os.clock() - decoded) * 1000`;
  const javascript = `
    const { text } = JSON.parse(require('node:fs').readFileSync(${JSON.stringify(input)}, 'utf8'));
    console.log(JSON.stringify((${timeJavaScript})(text)))`;
  const times = { decode: [], encode: [], parse: [], stringify: [] };
  try {
    for (let round = 0; round < FRESH_ROUNDS; round++) {
      const [decode, encode] = JSON.parse(node(kosmo, 'integrations:lua', '--input', `@${input}`, '--json', '--eval', lua)).result;
      const { parse, stringify } = JSON.parse(node('--eval', javascript));
      times.decode.push(decode);
      times.encode.push(encode);
      times.parse.push(parse);
      times.stringify.push(stringify);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  return times;
}

function node(...args) {
  return execFileSync(process.execPath, args, { encoding: 'utf8' });
}

function ofMedians(mine, theirs) {
  return { mine: median(mine), theirs: median(theirs) };
}
