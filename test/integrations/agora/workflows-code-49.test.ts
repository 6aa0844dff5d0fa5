// A stop that Agora answers with code 49 ("invalid operation"): the recording was ending already, which is a normal end of a nightly job.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createHost, type EmbeddedHost } from '../../../src/index.ts';
import { DEFAULT_ACCOUNT, type Emulator, startEmulator } from '../../../src/integrations/agora/emulator/index.ts';

const FOLDER = path.join(import.meta.dirname, '../../../workflows');
const STOPPING = 'the recording was stopping already, so this answer does not list its files';

let emulator: Emulator;
let host: EmbeddedHost;

beforeAll(async () => {
  emulator = await startEmulator({
    speed: 100,
    ratePerSecond: 0,
    faults: ['stop:status:status=400,code=49,reason=invalid operation'],
  });
  const { customerId, customerSecret, appIds } = DEFAULT_ACCOUNT;
  host = await createHost({
    env: {
      AGORA_CUSTOMER_ID: customerId,
      AGORA_CUSTOMER_SECRET: customerSecret,
      AGORA_APP_ID: appIds[0] ?? '',
      AGORA_URL: emulator.url,
    },
  });
});
afterAll(async () => {
  await host.close();
  await emulator.close();
});

test.each(['record_channel', 'record_channels', 'record_web_page'])('%s says that the recording was stopping already', async (name) => {
  const input = { ...JSON.parse(readFileSync(path.join(FOLDER, `${name}.example.json`), 'utf8')), seconds: 0 };
  const script = readFileSync(path.join(FOLDER, `${name}.lua`), 'utf8');
  const modules = (module: string): string => readFileSync(path.join(FOLDER, `${module.replaceAll('.', '/')}.lua`), 'utf8');
  const report = await host.run(script, { name: `${name}.lua`, input, force: true, modules });
  expect(report.error).toBeNull();
  expect(report.output).toContain(STOPPING);
  const stops = report.call_log.filter(({ path: called }) => called.endsWith('stop_recording'));
  expect(stops.length).toBeGreaterThan(0);
  for (const stop of stops) expect(stop).toMatchObject({ status: 'ok', warnings: [expect.stringContaining('was stopping already')] });
});
