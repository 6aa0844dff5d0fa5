// Calls from Lua against the same requests by undici alone. Both sides are processes of their own, so both start cold; each tells the
// time of its calls without the start of the process.
import { fileURLToPath } from 'node:url';
import { alternate, outputOf, runLua, startEmulator } from './measure.mjs';

const undiciLoop = fileURLToPath(new URL('undici-loop.mjs', import.meta.url));
const SEQUENTIAL = 1000;
const PARALLEL = 200;
const LIMIT = 20;

const START = `
  local agora = app.integrations.agora
  local r = agora.acquire_recording_resource{cname = "bench", uid = "1"}.resourceId
  local s = agora.start_recording{resource_id = r, mode = "mix", cname = "bench", uid = "1", recording_config = {channelType = 0},
    storage_config = {vendor = 1, region = 0, bucket = "b", accessKey = "fake-access-key", secretKey = "fake-secret-key"}}.sid
  return {resource_id = r, sid = s, mode = "mix"}`;

export async function compareQueries() {
  const emulator = await startEmulator();
  try {
    const session = JSON.stringify((await runLua(START, emulator.env)).result[0]);
    const fromLua = async (code) => (await runLua(code, emulator.env, ['--input', session])).execution_time_ms;
    const fromUndici = async (count, atOnce) => Number(await outputOf([undiciLoop, String(count), String(atOnce), session], emulator.env));
    const sequential = `for i = 1, ${SEQUENTIAL} do app.integrations.agora.query_recording(input) end`;
    const parallel = `
      local queries = {}
      for i = 1, ${PARALLEL} do queries[i] = input end
      parallel.map(queries, function(query) return app.integrations.agora.query_recording(query) end, {limit = ${LIMIT}})`;
    return [
      {
        figure: `${SEQUENTIAL} \`query_recording\` from Lua, one after the other`,
        against: 'bare undici',
        mark: 1.4,
        ...(await alternate(
          5,
          () => fromLua(sequential),
          () => fromUndici(SEQUENTIAL, 1),
        )),
      },
      {
        figure: `${PARALLEL} \`query_recording\` from Lua, ${LIMIT} at a time`,
        against: `bare undici, ${LIMIT} at a time`,
        mark: 1.4,
        ...(await alternate(
          9,
          () => fromLua(parallel),
          () => fromUndici(PARALLEL, LIMIT),
        )),
      },
    ];
  } finally {
    emulator.stop();
  }
}
