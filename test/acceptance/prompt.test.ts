import { describe, expect, test } from 'vitest';
import { answer, startRecordingServer } from '../helpers/recording-server.ts';
import { openTerminal } from '../helpers/terminal.ts';

const QUESTION = 'Allow this call? [y/N] ';
const ACQUIRE = 'app.integrations.agora.acquire_recording_resource{cname=\\"room\\", uid=\\"5\\"}';
const lua = (code: string): string => `kosmo integrations:lua --emulator --eval "${code}"`;

describe.skipIf(process.platform !== 'linux')('a write, on a terminal', () => {
  test('is made after a yes, and asked for each time', async () => {
    const terminal = openTerminal(lua(`print(#${ACQUIRE}.resourceId > 9) print(#${ACQUIRE}.resourceId > 8)`));
    await terminal.until('agora.acquire_recording_resource (account default) changes something:');
    await terminal.until(QUESTION);
    terminal.type('yes\r');
    await terminal.until('true');
    await terminal.until(QUESTION);
    terminal.type('y\r');
    await terminal.until('true');
    expect((await terminal.end()).code).toBe(0);
  });

  test.each([
    ['no', 'n\r'],
    ['nothing', '\r'],
    ['something else', 'yeah\r'],
    ['Ctrl-D', '\x04'],
  ])('is refused after %s, which is no lack of approval', async (_what, keys) => {
    const terminal = openTerminal(lua(ACQUIRE));
    await terminal.until(QUESTION);
    terminal.type(keys);
    await terminal.until('You declined agora.acquire_recording_resource (account default). Nothing was sent.');
    expect((await terminal.end()).code).toBe(4);
  });

  test('is not approved by what was typed before the question', async () => {
    const server = await startRecordingServer();
    const asked = new Promise<() => void>((resolve) => {
      server.respond = (request, response, body) => resolve(() => answer(200, {})(request, response, body));
    });
    const account = { AGORA_URL: server.url, AGORA_CUSTOMER_ID: 'cid', AGORA_CUSTOMER_SECRET: 'csec-S3CRET', AGORA_APP_ID: 'app1' };
    const terminal = openTerminal(`kosmo integrations:lua -e "app.integrations.agora.get_notification_ips() ${ACQUIRE}"`, account);
    // The script waits for its answer until the echo shows that the keys are there.
    const respond = await asked;
    terminal.type('y\ry\ry');
    await terminal.until('y\r\ny\r\ny');
    respond();
    await terminal.until(QUESTION);
    terminal.type('\r');
    await terminal.until('You declined');
    expect((await terminal.end()).code).toBe(4);
    expect(server.seen.length).toBe(1);
    await server.close();
  });

  test.each([
    ['typed and ended with Ctrl-D', 'kosmo integrations:lua --emulator -', `${ACQUIRE.replaceAll('\\', '')}\rprint("made")\r\x04`],
    ['piped in', `echo "${ACQUIRE} print(\\"made\\")" | kosmo integrations:lua --emulator`, ''],
  ])('of a script that was %s can be approved', async (_what, command, keys) => {
    const terminal = openTerminal(command);
    terminal.type(keys);
    await terminal.until(QUESTION);
    terminal.type('y\r');
    await terminal.until('made');
    expect((await terminal.end()).code).toBe(0);
  });

  test('and Ctrl-C at the question ends the script, with what it deferred', async () => {
    const terminal = openTerminal(lua(`defer(function() print(\\"cleaned up\\") end) pcall(function() ${ACQUIRE} end)`));
    await terminal.until(QUESTION);
    terminal.type('\x03');
    await terminal.until('cleaned up');
    expect((await terminal.end()).code).toBe(130);
  });

  test('shows its arguments without obeying the control characters in them, and without secrets', async () => {
    const call = `app.integrations.agora.acquire_recording_resource{cname=\\"a\\27[2Jb\\u{202e}c\\u{9b}d\\", uid=\\"5\\", client_request={token=\\"top-S3CRET\\"}}`;
    const terminal = openTerminal(lua(call));
    await terminal.until(QUESTION);
    terminal.type('n\r');
    const { shown } = await terminal.end();
    expect(shown).toContain('a\\u001b[2Jb\\u202ec\\u009bd');
    expect(shown).not.toContain('\x1b[2J');
    expect(shown).not.toContain('top-S3CRET');
  });
});

test.skipIf(process.platform !== 'linux')('data on a terminal does not obey the control characters in it, either', async () => {
  const { shown } = await openTerminal(lua('return {\\"a\\u{9b}2Jb\\u{202e}\\"}, \\"c\\27[2Jd\\"')).end();
  expect(shown).toContain('"a\\u009b2Jb\\u202e"');
  expect(shown).toContain('c\\u001b[2Jd');
});
