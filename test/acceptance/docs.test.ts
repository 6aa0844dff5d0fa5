import { afterEach, describe, expect, test } from 'vitest';
import { runCli as kosmo } from '../helpers/run-cli.ts';
import { hasTmux, openTestTerminal, type TestTerminal } from '../helpers/terminal.ts';

let terminal: TestTerminal | undefined;
afterEach(async () => {
  await terminal?.close();
  terminal = undefined;
});

describe('kosmo docs', () => {
  test('prints a page as plain text without a terminal, and the list without a page', async () => {
    const page = await kosmo(['docs', 'limits']);
    expect(page).toMatchObject({ code: 0, stderr: '' });
    expect(page.stdout).toMatch(/^# Limits of a script\n/);
    expect(page.stdout).not.toMatch(/^\|/m);
    expect((await kosmo(['docs'])).stdout).toContain('kosmo docs <name>');
    const { stdout } = await kosmo(['docs', 'agora.start_recording', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ kind: 'function', name: 'agora.start_recording' });
  });

  test('a page that does not exist is a usage error with close names', async () => {
    expect(await kosmo(['docs', 'limts'])).toEqual({
      code: 2,
      stdout: '',
      stderr: "error: No integration docs found for 'limts'. Did you mean: limits?\nhint: kosmo docs lists the pages\n",
    });
  });
});

describe.skipIf(!hasTmux)('kosmo docs at a terminal', () => {
  const page = async (env: Readonly<Record<string, string>>) => {
    terminal = await openTestTerminal(['docs', 'limits'], env);
    expect(await terminal.exitCode()).toBe(0);
    return terminal;
  };

  test('goes through $PAGER, with colour', async () => {
    const shown = await page({ PAGER: "sed 's/^/paged> /'" });
    expect(await shown.see('paged> ')).toMatch(/^paged> Limits of a script$/m);
    expect(await shown.coloured()).toContain('\u001b[1m');
  });

  test.each(['', 'cat', 'no-such-pager-here'])('is simply printed with PAGER=%s', async (pager) => {
    expect(await (await page({ PAGER: pager, NO_COLOR: '1' })).see('Limits')).toMatch(/^# Limits of a script$/m);
  });

  test('a pager that is left early is no error', async () => {
    await page({ PAGER: 'head -n 1' });
  });
});
