import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import type { ConfigLocation } from '../../src/config/index.ts';
import { setPermissions } from '../../src/policy/index.ts';

const KEYS = ['mcp', 'servers', 'github', 'permissions'];

let place: ConfigLocation;
let user: string;
let project: string;
beforeEach(() => {
  const folder = mkdtempSync(path.join(tmpdir(), 'kosmo-permissions-'));
  user = path.join(folder, 'home/config.yaml');
  project = path.join(folder, 'project/.kosmo/config.yaml');
  for (const file of [user, project]) mkdirSync(path.dirname(file), { recursive: true });
  place = { env: { KOSMO_HOME: path.dirname(user) }, folder: path.join(folder, 'project') };
});

test('what is allowed goes into the own file, what is not into that of the scope', async () => {
  expect(await setPermissions(KEYS, { read: 'allow', write: 'deny' }, { ...place, scope: 'project' })).toEqual([user, project]);
  expect(readFileSync(user, 'utf8')).toBe('kosmo:\n  mcp:\n    servers:\n      github:\n        permissions:\n          read: allow\n');
  expect(readFileSync(project, 'utf8')).toBe('kosmo:\n  mcp:\n    servers:\n      github:\n        permissions:\n          write: deny\n');
  expect(await setPermissions(KEYS, { write: 'ask' }, { ...place, scope: 'user' })).toEqual([user]);
  expect(readFileSync(user, 'utf8')).toContain('write: ask');
});

test('what is allowed again is taken out of the file that was stricter, and comments stay', async () => {
  writeFileSync(
    project,
    '# ours\nkosmo:\n  audit_log: true # why\n  mcp:\n    servers:\n      github:\n        permissions: { write: deny }\n',
  );
  expect(await setPermissions(KEYS, { write: 'allow' }, { ...place, scope: 'project' })).toEqual([user]);
  expect(readFileSync(project, 'utf8')).toBe('# ours\nkosmo:\n  audit_log: true # why\n');
});

test('a file that does not parse stops it before anything is written', async () => {
  writeFileSync(project, 'kosmo: [');
  await expect(setPermissions(KEYS, { read: 'allow' }, { ...place, scope: 'project' })).rejects.toMatchObject({
    code: 'INVALID_CONFIGURATION',
  });
  expect(existsSync(user)).toBe(false);
});
