// What a script makes up is cut before the host keeps it, shows it or sends it.
import { describe, expect, test } from 'vitest';
import { createHost, type RunReport } from '../../src/runtime/index.ts';

const run = async (code: string): Promise<RunReport> => {
  const host = await createHost({ env: {}, folder: import.meta.dirname, guideFolder: '', emulate: true });
  try {
    return await host.run(code, { chunk: 'script', policy: { force: true } });
  } finally {
    await host.close();
  }
};

const LONG = '("x"):rep(100000)';

describe('a name of 100,000 characters is cut in every log and message', () => {
  test.each([
    ['of a function', `app.integrations.agora[${LONG}]()`],
    ['of an account', `app.integrations.agora[${LONG}].start_recording()`],
    ['of an integration', `app.integrations[${LONG}]()`],
    ['below app', `app[${LONG}].x.y()`],
    ['of a server', `app.mcp[${LONG}].tool{}`],
    ['of a tool', `app.mcp.none[${LONG}]{}`],
    ['given to mcp.call', `mcp.call(${LONG} .. "." .. ${LONG})`],
    ['given to mcp.tools', `mcp.tools(${LONG})`],
    ['of a page', `docs.read(${LONG})`],
    ['of a parameter', `app.integrations.agora.get_notification_ips{ [${LONG}] = 1 }`],
    ['made of many short ones', `local t = app.integrations for i = 1, 10000 do t = t.name end t()`],
  ])('%s', async (_of, code) => {
    const report = await run(code);
    expect(report.success).toBe(false);
    expect(JSON.stringify(report).length).toBeLessThan(60_000);
  });
});

test('a log of many calls is bounded and says how many it left out, and what still runs is in the document', async () => {
  const { call_log, open_recordings, meta } = await run(`local a = app.integrations.agora
    a.record{ mode = "mix", cname = "room", uid = "77", recording_config = { channelType = 1 },
      storage_config = { vendor = 1, region = 0, bucket = "b", accessKey = "key-of-a", secretKey = "secret-of-s" } }
    local long = ("x"):rep(200) for i = 1, 6000 do pcall(function() a[long .. i]() end) end`);
  expect(open_recordings).toHaveLength(1);
  expect(call_log.length + (meta.calls_left_out ?? 0)).toBe(6002);
  expect(meta.calls_left_out).toBeGreaterThan(0);
});
