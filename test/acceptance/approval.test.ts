import { afterEach, describe, expect, test } from 'vitest';
import { hasTmux, openTestTerminal, type TestTerminal } from '../helpers/terminal.ts';

const ACQUIRE = 'app.integrations.agora.acquire_recording_resource{cname = "room", uid = 5, client_request = {note = "\\u{9b}2J"}}';

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
    expect(question).toContain('"note": "\\u009b2J"');
    await shown.type('y');
    await shown.press('Enter');
    await shown.see(/got \d+[\s\S]*Allow this call/);
    await shown.type('yes');
    await shown.press('Enter');
    expect(await shown.exitCode()).toBe(0);
  });

  test('is not made after a no, which the error tells', async () => {
    const shown = await open('-e', ACQUIRE);
    await shown.see('Allow this call? [y/N]');
    await shown.press('Enter');
    expect(await shown.exitCode()).toBe(4);
    expect(await shown.see('error:')).toContain('You declined agora.acquire_recording_resource (account default). Nothing was sent.');
  });

  test('is not made for what was typed before the question', async () => {
    const shown = await open('-e', `print("working") local t = os.clock() while os.clock() - t < 0.5 do end ${ACQUIRE}`);
    await shown.see('working');
    await shown.type('y');
    await shown.press('Enter');
    await shown.see('Allow this call? [y/N]');
    await shown.type('n');
    await shown.press('Enter');
    expect(await shown.exitCode()).toBe(4);
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

  test('Ctrl-C at the question ends the run', async () => {
    const shown = await open('-e', ACQUIRE);
    await shown.see('Allow this call? [y/N]');
    await shown.press('C-c');
    expect(await shown.exitCode()).toBe(130);
  });
});
