import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { runLuaCli } from '../../helpers/run-cli.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'kosmo-caps-'));
afterAll(() => rmSync(folder, { recursive: true }));

const TWICE = 'local agora = app.integrations.agora agora.get_notification_ips{} agora.get_notification_ips{}';

function homeWith(functionName: string): { env: Record<string, string>; cwd: string } {
  const home = mkdtempSync(path.join(folder, 'home-'));
  const rules = { [functionName]: { permission: 'allow', max_per_run: 1 } };
  writeFileSync(
    path.join(home, 'config.yaml'),
    JSON.stringify({ kosmo: { integrations: { agora: { permissions: { functions: rules } } } } }),
  );
  return { env: { KOSMO_HOME: home }, cwd: home };
}

test.each(['get_notification_ips', 'agora_get_notification_ips'])(
  'a cap of a configuration file holds for the function %s',
  async (name) => {
    const { code, error_detail } = await runLuaCli(['-e', TWICE, '--emulator'], homeWith(name));
    expect({ code, detail: error_detail?.code }).toEqual({ code: 6, detail: 'CALL_LIMIT' });
  },
);
