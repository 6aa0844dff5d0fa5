import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { makeMcpProject } from '../helpers/mcp-project.ts';
import { hasTmux, openTestTerminal, type TestTerminal } from '../helpers/terminal.ts';

let terminal: TestTerminal | undefined;
afterEach(() => terminal?.close());

describe.skipIf(!hasTmux)('mcp:trust at a terminal', () => {
  const open = async (): Promise<{ shown: TestTerminal; file: string }> => {
    const project = makeMcpProject();
    project.write('../home/mcp.json', {});
    project.write('.mcp.json', { mcpServers: { fake: { command: 'node', args: ['\u001b[2Jx', '\u202eevil'] } } });
    // The terminal opens in another folder.
    const launcher = project.write('go.mjs', `process.chdir(${JSON.stringify(project.folder)});`);
    terminal = await openTestTerminal(['mcp:trust', 'fake'], { ...project.env, NODE_OPTIONS: `--import=${launcher}` });
    return { shown: terminal, file: path.join(project.home, 'trust.json') };
  };

  test('trusts after a yes, and shows characters that draw instead of obeying them', async () => {
    const { shown, file } = await open();
    const question = await shown.see('Let it run? [y/N]');
    expect(question).toContain("'\\u001b[2Jx' '\\u202eevil'");
    await shown.type('y');
    await shown.press('Enter');
    expect(await shown.exitCode()).toBe(0);
    expect(readFileSync(file, 'utf8')).toContain('"fake"');
  });

  test.each([[['n', 'Enter']], [['Enter']], [['C-d']], [['y', 'e', 'a', 'h', 'Enter']]])('trusts nothing after %j', async (keys) => {
    const { shown, file } = await open();
    await shown.see('Let it run? [y/N]');
    await shown.press(...keys);
    expect(await shown.exitCode()).toBe(4);
    expect(await shown.see('error:')).toContain("You did not trust the MCP server 'fake'.");
    expect(existsSync(file)).toBe(false);
  });
});

test.skipIf(!hasTmux)('mcp:secret:set asks for the value, and does not show it', async () => {
  const { env } = makeMcpProject();
  terminal = await openTestTerminal(['mcp:secret:set', 'fake', 'token'], env);
  await terminal.see('mcp.fake.token:');
  await terminal.type('typed-S3CRET');
  await terminal.press('Enter');
  expect(await terminal.exitCode()).toBe(0);
  expect(await terminal.see('is stored')).not.toContain('S3CRET');
});
