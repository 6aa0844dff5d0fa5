import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fakeServer, type McpPlace, mcpPlace } from '../helpers/mcp.ts';
import { runCli, runLuaCli } from '../helpers/run-cli.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'kosmo-record-'));
const script = path.join(folder, 'record.lua');
const file = path.join(folder, 'run.jsonl');
writeFileSync(
  script,
  `local agora = app.integrations.agora
local started = agora.record{cname = input.cname, uid = "5", mode = "mix", storage_config = input.storage}
sleep(30)
local stopped = agora.stop_recording{resource_id = started.resource_id, sid = started.sid, mode = "mix", cname = input.cname, uid = "5"}
print("recorded " .. input.cname)
return started.sid == stopped.sid
`,
);
const INPUT = JSON.stringify({
  cname: 'room',
  storage: { vendor: 1, region: 0, bucket: 'b', accessKey: 'ACCESS-key-1', secretKey: 'SECRET-key-1' },
});

afterAll(() => rmSync(folder, { recursive: true }));

describe('a script that waits half a minute', () => {
  let recorded: Awaited<ReturnType<typeof runLuaCli>>;
  beforeAll(async () => {
    const short = path.join(folder, 'short.lua');
    writeFileSync(short, readFileSync(script, 'utf8').replace('sleep(30)', 'sleep(0.03)'));
    recorded = await runLuaCli([short, '--emulator', '--force', '--input', INPUT, '--record', file]);
    writeFileSync(file, readFileSync(file, 'utf8').replace('0.03', '30'));
  });

  test('is recorded without its secrets', () => {
    expect(recorded).toMatchObject({ code: 0, result: [true] });
    expect(readFileSync(file, 'utf8')).not.toMatch(/ACCESS-key-1|SECRET-key-1/);
  });

  test('is repeated at once, without account, emulator or approval, with the same output, result and call log', async () => {
    const repeated = await runLuaCli([script, '--replay', file]);
    expect(repeated).toMatchObject({ code: 0, output: 'recorded room', result: [true], open_recordings: [] });
    const names = ({ call_log: calls }: typeof recorded): readonly unknown[] => calls.map(({ name, status }) => [name, status]);
    expect(names(repeated)).toEqual(names(recorded));
    expect(repeated.execution_time_ms).toBeLessThan(20_000);
  });

  test('prints what it printed', async () => {
    expect(await runCli(['integrations:lua', script, '--replay', file])).toMatchObject({
      code: 0,
      stdout: 'recorded room\ntrue\n',
      stderr: '',
    });
  });

  test('ends with exit code 1 and the place of the difference once it is changed', async () => {
    const changed = path.join(folder, 'changed.lua');
    writeFileSync(changed, readFileSync(script, 'utf8').replace('mode = "mix", cname', 'mode = "web", cname'));
    const { code, stderr } = await runCli(['integrations:lua', changed, '--replay', file]);
    expect(code).toBe(1);
    expect(stderr).toContain(
      'main/3 (line 4): the arguments of app.integrations.agora.stop_recording differ: argument 1.mode was "mix" and is "web"',
    );
  });
});

test.each([['--record', 'x.jsonl'], ['--input', '{}'], ['--arg', 'a=b'], ['--emulator'], ['--stop-on-exit']])(
  '--replay is refused together with %s',
  async (...words) => {
    const { code, stderr } = await runCli(['integrations:lua', script, '--replay', file, ...words]);
    expect(code).toBe(2);
    expect(stderr).toContain(`leave out ${words[0]}`);
  },
);

test('a record of a file that is not there is refused before the script begins', async () => {
  const { code, error_detail, output } = await runLuaCli(['-e', 'print("began")', '--replay', path.join(folder, 'none.jsonl')]).catch(
    () => ({ code: undefined, error_detail: undefined, output: undefined }),
  );
  expect({ code, detail: error_detail?.code, output }).toEqual({ code: 3, detail: 'RUN_UNREADABLE', output: '' });
});

describe('a script of MCP servers', () => {
  let place: McpPlace;
  beforeAll(() => {
    place = mcpPlace({ fake: fakeServer() });
  });

  test('is repeated where the servers are not configured', async () => {
    const code = `
      local names = {}
      for name in pairs(app.mcp) do names[#names + 1] = name end
      return names, app.mcp.fake.echo{message = "hi"}, select(2, pcall(app.mcp.fake.fail)).code`;
    const record = path.join(folder, 'mcp.jsonl');
    const live = await runLuaCli(['-e', code, '--record', record, '--force'], place.options);
    expect(live.code, live.error ?? '').toBe(0);
    const repeated = await runLuaCli(['-e', code, '--replay', record], { env: { KOSMO_HOME: path.join(folder, 'empty') }, cwd: folder });
    expect(repeated).toMatchObject({ code: 0, result: live.result });
  });
});
