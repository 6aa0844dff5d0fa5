// Calls from Lua against the same requests by undici alone. Both sides are processes of their own, so both start cold; each tells the
// time of its calls without the start of the process.
import { fileURLToPath } from 'node:url';
import { alternate, outputOf, runLua, startEmulator } from './measure.mjs';

const undiciLoop = fileURLToPath(new URL('undici-loop.mjs', import.meta.url));
const COUNT = 2000;
const AT_ONCE = 32;

const START = `
  local agora = app.integrations.agora
  local r = agora.acquire_recording_resource{cname = "bench", uid = "1"}.resourceId
  local s = agora.start_recording{resource_id = r, mode = "mix", cname = "bench", uid = "1", recording_config = {channelType = 0},
    storage_config = {vendor = 1, region = 0, bucket = "b", accessKey = "fake-access-key", secretKey = "fake-secret-key"}}.sid
  return {resource_id = r, sid = s, mode = "mix"}`;

/** Time inside the process, start-up left out. */
export async function compareQueries() {
  const emulator = await startEmulator();
  try {
    const session = JSON.stringify((await runLua(['--eval', START], emulator.env)).result[0]);
    const fromLua = (code) => async () => (await runLua(['--input', session, '--eval', code], emulator.env)).execution_time_ms;
    const fromUndici = (atOnce) => async () => Number(await outputOf([undiciLoop, String(COUNT), String(atOnce), session], emulator.env));
    const sequential = fromLua(`for i = 1, ${COUNT} do app.integrations.agora.query_recording(input) end`);
    const parallel = fromLua(`
      local queries = {}
      for i = 1, ${COUNT} do queries[i] = input end
      parallel.map(queries, function(query) return app.integrations.agora.query_recording(query) end, { limit = ${AT_ONCE} })`);
    const figure = `${COUNT} \`query_recording\` from Lua`;
    const alone = await alternate(7, sequential, fromUndici(1));
    const together = await alternate(7, parallel, fromUndici(AT_ONCE));
    return [
      { figure: `${figure}, one after the other`, against: 'bare undici', mark: 1.4, ...alone },
      { figure: `${figure}, ${AT_ONCE} at a time`, against: `bare undici, ${AT_ONCE} at a time`, mark: 1.4, ...together },
    ];
  } finally {
    emulator.stop();
  }
}
