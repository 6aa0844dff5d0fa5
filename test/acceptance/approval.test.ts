import { afterEach, describe, expect, test } from 'vitest';
import { answer, DOCUMENTED, startRecordingServer } from '../helpers/recording-server.ts';
import { hasTmux, openTestTerminal, type TestTerminal } from '../helpers/terminal.ts';

const ACQUIRE =
  'app.integrations.agora.acquire_recording_resource{cname = "room", uid = 5, client_request = {note = "\\u{9b}2J\\u{202e}", token = "rtc-token-of-mine"}}';

let terminal: TestTerminal | undefined;
afterEach(() => terminal?.close());

describe.skipIf(!hasTmux)('a write, at a terminal', () => {
  const open = async (...args: string[]): Promise<TestTerminal> => {
    terminal = await openTestTerminal(['integrations:lua', '--emulator', ...args], {});
    return terminal;
  };

  test('is made after a yes, and every write is asked about', async () => {
    const shown = await open('-e', `for i = 1, 2 do print("got " .. #${ACQUIRE}.resourceId) end`);
    const question = await shown.see('Allow this call? [y/N]');
    expect(question).toContain('agora.acquire_recording_resource (account default) changes something:');
    expect(question).toContain('"note": "\\u009b2J\\u202e"');
    expect(question).toContain('"token": "[redacted]"');
    await shown.type('y');
    await shown.press('Enter');
    await shown.see(/got \d+[\s\S]*Allow this call/);
    await shown.type('yes');
    await shown.press('Enter');
    expect(await shown.exitCode()).toBe(0);
  });

  test('can be approved once, always for one function, and refused, all in one run', async () => {
    const shown = await open(
      '-e',
      `local agora = app.integrations.agora
      local acquired = agora.acquire_recording_resource{cname = "first", uid = 1}
      print("acquired")
      for try = 1, 3 do
        print("stopping " .. try .. ": " .. tostring(select(2, pcall(agora.stop_recording, {resource_id = acquired.resourceId, sid = "S", mode = "mix", cname = "first", uid = 1})).code))
      end
      print(select(2, pcall(agora.acquire_recording_resource, {cname = "second", uid = 2})))`,
    );
    await shown.see(/"cname": "first"[\s\S]*Allow this call\? \[y\/N\] \(a: always in this run\)/);
    await shown.press('y', 'Enter');
    await shown.see(/acquired\n[\s\S]*agora\.stop_recording \(account default\)[\s\S]*Allow this call/);
    await shown.press('a', 'Enter');
    await shown.see(/"cname": "second"[\s\S]*Allow this call/);
    await shown.press('n', 'Enter');
    expect(await shown.exitCode()).toBe(0);
    const screen = await shown.see('exit code');
    // One question to each function but the first, which is asked about again: a yes is for one call.
    expect(screen.match(/Allow this call/g)).toHaveLength(3);
    expect(screen.match(/agora\.stop_recording \(account default\) changes/g)).toHaveLength(1);
    expect(screen.match(/stopping \d: (?!APPROVAL_REQUIRED)/g)).toHaveLength(3);
    expect(screen).toContain('You declined agora.acquire_recording_resource (account default). Nothing was sent.');
  });

  test('that waits for its turn needs no answer after an always, and another account does', async () => {
    terminal = await openTestTerminal(
      [
        'integrations:lua',
        '--emulator',
        '-e',
        `local agora = app.integrations.agora
        parallel.map({1, 2, 3, 4}, function(n) agora.acquire_recording_resource{cname = "room" .. n, uid = n} end)
        print("all four")
        agora.production.acquire_recording_resource{cname = "other", uid = 5}`,
      ],
      { AGORA_PRODUCTION_APP_ID: 'app2' },
    );
    await terminal.see('Allow this call?');
    await terminal.press('a', 'Enter');
    await terminal.see(/all four[\s\S]*\(account production\)[\s\S]*Allow this call/);
    await terminal.press('y', 'Enter');
    expect(await terminal.exitCode()).toBe(0);
    expect((await terminal.see('exit code')).match(/Allow this call/g)).toHaveLength(2);
  });

  test.each([
    ['a no', ['n', 'Enter']],
    ['nothing', ['Enter']],
    ['anything else', ['y', 'e', 'a', 'h', 'Enter']],
    ['Ctrl-D', ['C-d']],
  ])('is not made after %s, which the error tells', async (_what, keys) => {
    const shown = await open('-e', ACQUIRE);
    await shown.see('Allow this call? [y/N]');
    await shown.press(...keys);
    expect(await shown.exitCode()).toBe(4);
    expect(await shown.see('error:')).toContain('You declined agora.acquire_recording_resource (account default). Nothing was sent.');
  });

  test('is not made for what was typed before the question', async () => {
    const server = await startRecordingServer();
    const asked = new Promise<() => void>((resolve) => {
      server.respond = (request, response, body) => resolve(() => answer(200, DOCUMENTED)(request, response, body));
    });
    terminal = await openTestTerminal(['integrations:lua', '-e', `app.integrations.agora.get_notification_ips() ${ACQUIRE}`], {
      AGORA_URL: server.url,
      AGORA_CUSTOMER_ID: 'cid',
      AGORA_CUSTOMER_SECRET: 'csec-S3CRET',
      AGORA_APP_ID: 'app1',
    });
    // The script waits for its answer until the echo shows that the keys are there.
    const respond = await asked;
    await terminal.press('y', 'Enter', 'y');
    await terminal.see(/y\ny/);
    respond();
    await terminal.see('Allow this call? [y/N]');
    await terminal.press('Enter');
    expect(await terminal.exitCode()).toBe(4);
    expect(server.seen.length).toBe(1);
    await server.close();
  });

  test('can be approved when the script was typed on stdin', async () => {
    const shown = await open('-');
    await shown.type(`print("got " .. #${ACQUIRE}.resourceId)`);
    await shown.press('Enter', 'C-d');
    await shown.see('Allow this call? [y/N]');
    await shown.type('y');
    await shown.press('Enter');
    expect(await shown.exitCode()).toBe(0);
  });

  test('can be approved when the script was piped in', async () => {
    terminal = await openTestTerminal(['integrations:lua', '--emulator'], {}, `print("got " .. #${ACQUIRE}.resourceId)`);
    await terminal.see('Allow this call? [y/N]');
    await terminal.press('y', 'Enter');
    expect(await terminal.exitCode()).toBe(0);
  });

  test('in a deferred function waits for the answer, also after the script failed', async () => {
    const shown = await open('-e', `defer(function() ${ACQUIRE} print("cleaned up") end) error("main failed")`);
    await shown.see('Allow this call? [y/N]');
    await shown.press('y', 'Enter');
    await shown.see(/cleaned up\n[\s\S]*error: eval:1: main failed/);
    expect(await shown.exitCode()).toBe(1);
  });

  test('Ctrl-C at the question ends the run, with what it deferred', async () => {
    const shown = await open('-e', `defer(function() print("cleaned up") end) pcall(function() ${ACQUIRE} end)`);
    await shown.see('Allow this call? [y/N]');
    await shown.press('C-c');
    await shown.see('cleaned up');
    expect(await shown.exitCode()).toBe(130);
  });
});

test.skipIf(!hasTmux)('values shown at a terminal do not control it', async () => {
  terminal = await openTestTerminal(['integrations:lua', '-e', 'return {"a\\u{9b}2Jb\\u{202e}"}, "c\\27[2Jd"'], {});
  expect(await terminal.see('[exit code 0]')).toMatch(/^\[\n {2}"a\\u009b2Jb\\u202e"\n\]\nc\\u001b\[2Jd\n/);
});
