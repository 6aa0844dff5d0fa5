import { expect, test } from 'vitest';
import { createHost } from '../../src/index.ts';
import { fakeServer } from '../helpers/mcp.ts';

test('a program calls a function or a tool directly, and gets the document of the commands', async () => {
  const host = await createHost({ emulate: true, env: { PATH: process.env.PATH }, mcpServers: { fake: fakeServer() } });
  try {
    for (const name of ['agora.get_notification_ips', 'agora_get_notification_ips', 'app.integrations.agora.get_notification_ips'])
      expect(await host.integrations.call(name)).toMatchObject({
        function: 'agora.get_notification_ips',
        success: true,
        meta: { emulator: true },
      });
    expect(await host.mcp.call('fake.echo', { message: 'hi' })).toMatchObject({
      function: 'fake.echo',
      success: true,
      data: 'hi',
      error: null,
    });
    expect(await host.mcp.call('fake.create_issue', { title: 'x' })).toMatchObject({
      success: false,
      error_detail: { code: 'APPROVAL_REQUIRED' },
    });
    expect(await host.mcp.call('fake.create_issue', { title: 'x' }, { force: true })).toMatchObject({ success: true });
    expect(await host.mcp.call('fake.create_issue', { title: 'x' }, { dryRun: true, force: true })).toMatchObject({
      meta: { dry_run: true },
    });
    expect(await host.mcp.call('fake.echo', {})).toMatchObject({ success: false, error_detail: { code: 'INVALID_ARGUMENTS' } });
  } finally {
    await host.close();
  }
});

test('an unknown name is in the report, and arguments of another kind are a TypeError', async () => {
  const host = await createHost({ emulate: true });
  try {
    for (const name of ['agora.get_notification_ip', 'agora', '', 'agora.get_notification_ips.x'])
      expect(await host.integrations.call(name)).toMatchObject({ success: false, error_detail: { code: 'UNKNOWN_FUNCTION' } });
    expect(await host.mcp.call('nope.x')).toMatchObject({ success: false, function: 'nope.x', error_detail: { code: 'UNKNOWN_SERVER' } });
    expect(await host.mcp.call('nope')).toMatchObject({ success: false, error_detail: { code: 'UNKNOWN_FUNCTION' } });
    await expect(host.mcp.call(1 as never)).rejects.toThrow(TypeError);
    for (const args of [[], 'x', null]) await expect(host.integrations.call('agora.get_notification_ips', args)).rejects.toThrow(TypeError);
  } finally {
    await host.close();
  }
});
