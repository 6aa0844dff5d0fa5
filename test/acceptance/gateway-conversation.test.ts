// What an agent does that knows nothing yet: it looks what there is, reads, makes a mistake, reads the error, and records.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DEFAULT_ACCOUNT, type Emulator, startEmulator } from '../../src/integrations/agora/emulator/index.ts';
import { openGateway, type TestGateway } from '../helpers/gateway.ts';

let emulator: Emulator;
let agent: TestGateway;

beforeAll(async () => {
  emulator = await startEmulator({ ratePerSecond: 0, speed: 20 });
  const { customerId, customerSecret, appIds } = DEFAULT_ACCOUNT;
  const env = {
    AGORA_CUSTOMER_ID: customerId,
    AGORA_CUSTOMER_SECRET: customerSecret,
    AGORA_APP_ID: appIds[0] ?? '',
    AGORA_URL: emulator.url,
  };
  agent = await openGateway(['--tools=code', '--write=allow', '--force'], { env });
});
afterAll(async () => {
  await agent.close();
  await emulator.close();
});

const SCRIPT = `local agora = app.integrations.agora
local session = agora.record{
  mode = input.mode, cname = input.cname, uid = input.uid,
  recording_config = { channelType = 1, streamTypes = 2, maxIdleTime = 30 },
  storage_config = { vendor = 1, region = 0, bucket = "b", accessKey = "fake-access-key", secretKey = "fake-secret-key" },
}
agora.wait_for_recording(session)
local status = agora.query_recording{resource_id = session.resource_id, sid = session.sid, mode = session.mode}
local stopped = agora.stop_recording(session)
print("files: " .. json.encode(stopped.serverResponse.fileList))
return status.serverResponse.status, stopped.serverResponse.uploadingStatus`;

test('from nothing known to a finished recording, with the four tools of code mode', async () => {
  expect(agent.client.getInstructions()).toContain('lua_list_docs');
  expect(await agent.names()).toEqual(['lua_list_docs', 'lua_search_docs', 'lua_read_doc', 'execute_lua']);

  const { text: list } = await agent.call('lua_list_docs');
  expect(list).toContain('agora.record ');

  const { text: found } = await agent.call('lua_search_docs', { query: 'upload' });
  expect(found).toContain('agora.wait_for_upload - ');

  const { text: page } = await agent.call('lua_read_doc', { page: 'agora.record' });
  expect(page).toContain('Operation: write');
  expect(page).toContain('recording_config.maxIdleTime');
  const missing = await agent.call('lua_read_doc', { page: 'agora.recrod' });
  expect(missing.isError).toBe(true);
  expect(missing.text).toContain('Did you mean: agora.record');

  const input = { mode: 'mixed', cname: 'standup', uid: '527841' };
  const wrong = await agent.call('execute_lua', { code: SCRIPT, input });
  expect(wrong.isError).toBe(true);
  expect(wrong.text).toContain('mode must be one of individual, mix, web');
  expect(wrong.data.error).toMatchObject({ code: 'INVALID_ARGUMENTS', outcome: 'none' });

  const recorded = await agent.call('execute_lua', { code: SCRIPT, input: { ...input, mode: 'mix' }, timeout: 120 }, { timeout: 130_000 });
  expect(recorded.text).toContain('files: ');
  expect(recorded.data).toMatchObject({ success: true, result: [5, 'uploaded'], open_recordings: [] });
  expect(recorded.data.call_log.map(({ name }: { readonly name: string }) => name)).toContain('stop_recording');
});
