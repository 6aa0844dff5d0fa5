import { stripVTControlCharacters } from 'node:util';
import { afterEach, describe, expect, test } from 'vitest';
import { answer, type RecordingServer, startRecordingServer } from '../helpers/recording-server.ts';
import { runCli as kosmo } from '../helpers/run-cli.ts';
import { hasTmux, openTestTerminal, type TestTerminal } from '../helpers/terminal.ts';

/** What proves that get_notification_ips succeeded. */
const HOSTS = { data: { service: { hosts: [] } } };

const ESCAPE = '\u001b[';
const SPINNER = /[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]/;

let terminal: TestTerminal | undefined;
let server: RecordingServer | undefined;
afterEach(async () => {
  await terminal?.close();
  await server?.close();
  terminal = undefined;
  server = undefined;
});

const account = (url: string) => ({
  AGORA_CUSTOMER_ID: 'cid',
  AGORA_CUSTOMER_SECRET: 'csec-S3CRET',
  AGORA_APP_ID: 'app1',
  AGORA_URL: url,
});

describe.skipIf(!hasTmux)('at a terminal', () => {
  test('tables have colour and fit', async () => {
    terminal = await openTestTerminal(['integrations:list'], {}, '', 90);
    await terminal.exitCode();
    expect(await terminal.coloured()).toContain(`${ESCAPE}1mFunction`);
    const screen = await terminal.see('agora.stop_recording');
    expect(screen).toMatch(
      /^agora\.get_notification_ips +read +inactive +List the addresses from which Agora\n {50,}sends notifications, for the/m,
    );
  });

  test('errors have colour, and none with NO_COLOR', async () => {
    terminal = await openTestTerminal(['integrations:docs', 'nope'], {});
    expect(await terminal.exitCode()).toBe(2);
    expect(await terminal.coloured()).toContain(`${ESCAPE}31merror:`);
    await terminal.close();
    terminal = await openTestTerminal(['integrations:docs', 'nope'], { NO_COLOR: '1' });
    expect(await terminal.exitCode()).toBe(2);
    expect(await terminal.coloured()).not.toContain(ESCAPE);
  });

  test('a call that takes long shows that it is under way, and nothing of that stays', async () => {
    server = await startRecordingServer();
    const asked = new Promise<() => void>((resolve) => {
      if (server !== undefined)
        server.respond = (request, response, body) => resolve(() => answer(200, { ok: 'yes', ...HOSTS })(request, response, body));
    });
    terminal = await openTestTerminal(['integrations:agora', 'get_notification_ips'], account(server.url));
    const respond = await asked;
    await terminal.see(new RegExp(`${SPINNER.source} agora\\.get_notification_ips`));
    respond();
    expect(await terminal.exitCode()).toBe(0);
    const screen = await terminal.see('[exit code 0]');
    expect(screen).not.toMatch(SPINNER);
    expect(screen).toMatch(/^\{\n {2}"ok": "yes",\n {2}"data": \{/);
  });

  test('no spinner is in the way of a question', async () => {
    server = await startRecordingServer();
    server.respond = answer(200, { resourceId: 'R1' });
    terminal = await openTestTerminal(['integrations:agora', 'acquire_recording_resource', '--cname=a', '--uid=1'], account(server.url));
    const question = await terminal.see('Allow this call?');
    expect(question).not.toMatch(SPINNER);
    await terminal.press('y', 'Enter');
    expect(await terminal.exitCode()).toBe(0);
    expect(await terminal.see('[exit code 0]')).toContain('"resourceId": "R1"');
  });
});

describe('elsewhere', () => {
  test('output is plain, unless FORCE_COLOR asks for more', async () => {
    const plain = await kosmo(['integrations:list']);
    expect(plain.stdout).not.toContain(ESCAPE);
    const forced = await kosmo(['integrations:list'], { env: { FORCE_COLOR: '1' } });
    expect(forced.stdout).toContain(`${ESCAPE}1mFunction`);
    expect(stripVTControlCharacters(forced.stdout)).toBe(plain.stdout);
    const wrong = await kosmo(['integrations:docs', 'nope'], { env: { FORCE_COLOR: '1' } });
    expect(wrong.stderr).toContain(`${ESCAPE}31merror:`);
  });

  test('JSON has no colour', async () => {
    const { stdout } = await kosmo(['integrations:list', '--json'], { env: { FORCE_COLOR: '1' } });
    expect(stdout).not.toContain(ESCAPE);
    expect(JSON.parse(stdout).success).toBe(true);
  });

  test('AC-090 data is printed as JSON that is easy to read', async () => {
    server = await startRecordingServer();
    const call = ['integrations:agora', 'get_notification_ips'];
    server.respond = answer(200, { a: [1, '</>'], ...HOSTS });
    expect((await kosmo(call, { env: account(server.url) })).stdout).toBe(
      '{\n  "a": [\n    1,\n    "</>"\n  ],\n  "data": {\n    "service": {\n      "hosts": []\n    }\n  }\n}\n',
    );
  });

  test('AC-087 JSON data comes back as it was', async () => {
    server = await startRecordingServer();
    const data = {
      text: '<info>x</info>',
      end: '</>',
      odd: 'a\\<b',
      'é😀': ['é😀', '\u0000\u001b[2J', '\u2028'],
      empty: {},
      list: [],
      nothing: null,
      ...HOSTS,
    };
    server.respond = answer(200, data);
    const { stdout } = await kosmo(['integrations:agora', 'get_notification_ips', '--json'], { env: account(server.url) });
    expect(JSON.parse(stdout).data).toEqual(data);
  });
});
