import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { answer, type RecordingServer, startRecordingServer } from '../helpers/recording-server.ts';
import { runCli as kosmo, runLuaCli as lua } from '../helpers/run-cli.ts';

let server: RecordingServer;
let folder: string;
let env: Record<string, string>;

beforeEach(async () => {
  server = await startRecordingServer();
  server.respond = answer(200, { resourceId: 'R1', sid: 'S1', serverResponse: {} }, { 'x-request-id': 'r-1' });
  folder = mkdtempSync(path.join(tmpdir(), 'kosmo-audit-'));
  mkdirSync(path.join(folder, 'project/.git'), { recursive: true });
  env = {
    KOSMO_HOME: path.join(folder, 'home'),
    AGORA_CUSTOMER_ID: 'cid',
    AGORA_CUSTOMER_SECRET: 'csec-S3CRET',
    AGORA_APP_ID: 'app1',
    AGORA_URL: server.url,
  };
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

const settings = (place: 'home' | 'project/.kosmo', yaml: string): void => {
  mkdirSync(path.join(folder, place), { recursive: true });
  writeFileSync(path.join(folder, place, 'config.yaml'), yaml);
};
const log = () => path.join(folder, 'home/audit/calls.jsonl');
const lines = () =>
  readFileSync(log(), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
const run = (code: string, ...args: string[]) => lua(['-e', code, ...args], { env, cwd: path.join(folder, 'project') });

const START =
  'app.integrations.agora.start_recording{resource_id = "R", mode = "mix", cname = "room", uid = "1", token = "rtc-S3CRET", storage_config = {vendor = 1, region = 0, bucket = "b", accessKey = "access-S3CRET", secretKey = "secret-S3CRET"}}';
const QUERY = 'app.integrations.agora.query_recording("R", "S", "mix")';

describe('the audit log', () => {
  test('has a line before a write is sent and one when a call is over, without secrets, for its owner alone', async () => {
    settings('home', 'kosmo: { audit_log: true }');
    await run(
      `${START} ${QUERY} pcall(app.integrations.agora.stop_recording, {resource_id = "R", sid = "S", mode = "mix", cname = "a", uid = "1"})`,
      '--allow',
      'agora.start_recording',
    );
    const [sending, ended, query, stop, ...more] = lines();
    expect(more).toEqual([]);
    expect(sending).toEqual({
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      event: 'sending',
      id: expect.any(String),
      command: 'integrations:lua',
      script: 'eval',
      function: 'agora.start_recording',
      account: 'default',
      operation: 'write',
      allowed_by: 'flag',
      arguments: {
        resource_id: 'R',
        mode: 'mix',
        cname: 'room',
        uid: '1',
        token: '[redacted]',
        storage_config: { vendor: 1, region: 0, bucket: 'b', accessKey: '[redacted]', secretKey: '[redacted]' },
      },
      cwd: path.join(folder, 'project'),
      pid: expect.any(Number),
    });
    expect(ended).toMatchObject({
      event: 'ended',
      id: sending?.id,
      status: 'ok',
      outcome: 'done',
      duration_ms: expect.any(Number),
      request_id: 'r-1',
    });
    expect(query).toMatchObject({ event: 'ended', operation: 'read', allowed_by: 'policy', arguments: { sid: 'S' }, status: 'ok' });
    expect(stop).toMatchObject({
      event: 'ended',
      function: 'agora.stop_recording',
      status: 'error',
      outcome: 'none',
      code: 'APPROVAL_REQUIRED',
    });
    expect(stop).not.toHaveProperty('arguments');
    expect(readFileSync(log(), 'utf8')).not.toContain('S3CRET');
    expect(statSync(log()).mode & 0o777).toBe(0o600);
    expect(statSync(path.dirname(log())).mode & 0o777).toBe(0o700);
  });

  test('is not written unless a file asks for it', async () => {
    await run(QUERY);
    expect(existsSync(path.dirname(log()))).toBe(false);
  });

  test('a project cannot switch it off, but on', async () => {
    settings('project/.kosmo', 'kosmo: { audit_log: true }');
    await run(QUERY);
    settings('home', 'kosmo: { audit_log: true }');
    settings('project/.kosmo', 'kosmo: { audit_log: false }');
    await run(QUERY);
    expect(lines()).toHaveLength(2);
  });

  test('a write that cannot be logged is not sent; a read is made, with a warning', async () => {
    settings('home', 'kosmo: { audit_log: true }');
    writeFileSync(path.join(folder, 'home/audit'), 'no folder');
    const write = await run(START, '--force');
    expect(write).toMatchObject({
      code: 3,
      error: expect.stringContaining(`The audit log ${log()} cannot be written`),
      error_detail: { code: 'SETTINGS_UNAVAILABLE', outcome: 'none', hint: expect.stringContaining('audit_log: false') },
    });
    expect(server.seen).toEqual([]);
    const read = await run(QUERY);
    expect(read).toMatchObject({ code: 0, call_log: [{ status: 'ok', warnings: [expect.stringContaining('is not in the audit log')] }] });
  });

  test('has the calls of MCP servers, from a script and from the shell', async () => {
    settings('home', 'kosmo: { audit_log: true }');
    const args = [path.join(import.meta.dirname, '../fixtures/mcp/fake-server.mjs')];
    writeFileSync(path.join(folder, 'home/mcp.json'), JSON.stringify({ mcpServers: { fake: { command: process.execPath, args } } }));
    await run('app.mcp.fake.echo{message = "hi"}');
    const allow = ['--allow', 'mcp.fake.create_issue', '--json'];
    await kosmo(['mcp:call', 'fake.create_issue', '--title', 'x', ...allow], { env, cwd: path.join(folder, 'project') });
    expect(lines()).toMatchObject([
      { event: 'ended', command: 'integrations:lua', function: 'mcp.fake.echo', account: null, operation: 'read', status: 'ok' },
      { event: 'sending', command: 'mcp:call', function: 'mcp.fake.create_issue', allowed_by: 'flag', arguments: { title: 'x' } },
      { event: 'ended', command: 'mcp:call', function: 'mcp.fake.create_issue', operation: 'write', status: 'ok', outcome: 'done' },
    ]);
  });

  test('a switch that is neither true nor false is refused with every call', async () => {
    settings('home', 'kosmo:\n  audit_log: "on"\n');
    expect(await run(QUERY)).toMatchObject({
      code: 3,
      error: expect.stringContaining('config.yaml:2: kosmo.audit_log must be true or false, not "on". Nothing was sent.'),
    });
    expect(server.seen).toEqual([]);
  });
});
