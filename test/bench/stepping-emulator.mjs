// An emulator whose clock moves by the request, so that a workflow meets the same states however long the machine takes for it.
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** A recording is in progress when it is first asked for (READY_MS), and a resource id is young when it is used. */
const STEP_MS = 5000;

const { outputFiles } = await build({
  entryPoints: ['src/integrations/agora/emulator/index.ts'],
  absWorkingDir: fileURLToPath(new URL('../../', import.meta.url)),
  bundle: true,
  format: 'esm',
  platform: 'node',
  write: false,
});
const { startEmulator, createManualClock } = await import(`data:text/javascript,${encodeURIComponent(outputFiles[0].text)}`);
const clock = createManualClock();
const { url } = await startEmulator({
  ratePerSecond: 0,
  clock,
  onRequest: () => clock.advance(STEP_MS),
});
console.log(`listening on ${url}`);
