import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { deleteSetting, setSetting } from '../../src/config/edit.ts';
import { changeFile, configFile, editConfig, findProject, readConfig } from '../../src/config/index.ts';
import { tempFolder } from '../helpers/temp-folder.ts';

function place(): { env: Record<string, string>; folder: string; user: string; project: string } {
  const root = tempFolder();
  const folder = path.join(root, 'project');
  mkdirSync(path.join(folder, '.kosmo'), { recursive: true });
  mkdirSync(path.join(root, 'home'));
  const env = { KOSMO_HOME: path.join(root, 'home') };
  return { env, folder, user: path.join(root, 'home', 'config.yaml'), project: path.join(folder, '.kosmo', 'config.yaml') };
}

describe('the project', () => {
  test('is the nearest folder above with .git or .kosmo', () => {
    const root = tempFolder();
    mkdirSync(path.join(root, 'a/.git'), { recursive: true });
    mkdirSync(path.join(root, 'a/b/.kosmo'), { recursive: true });
    mkdirSync(path.join(root, 'a/b/c/d'), { recursive: true });
    mkdirSync(path.join(root, 'a/e'), { recursive: true });
    const env = { KOSMO_HOME: path.join(root, 'home') };
    expect(findProject(path.join(root, 'a/b/c/d'), env)).toBe(path.join(root, 'a/b'));
    expect(findProject(path.join(root, 'a/e'), env)).toBe(path.join(root, 'a'));
  });

  test('is the folder itself without one above, and never that of the user’s own .kosmo', () => {
    const root = tempFolder();
    mkdirSync(path.join(root, 'me/.kosmo'), { recursive: true });
    mkdirSync(path.join(root, 'me/work'), { recursive: true });
    expect(findProject(path.join(root, 'me/work'), { KOSMO_HOME: path.join(root, 'me/.kosmo') })).toBe(path.join(root, 'me/work'));
  });
});

describe('readConfig', () => {
  test('gives both files, the user’s first, with lines; a file that is not there says nothing and is not made', async () => {
    const { env, folder, user, project } = place();
    writeFileSync(user, '# mine\nkosmo:\n  integrations:\n    agora:\n      enabled: false\n');
    const config = await readConfig({ env, folder });
    expect(config.projectFolder).toBe(folder);
    expect(config.layers.map(({ scope, file, values }) => ({ scope, file, values }))).toEqual([
      { scope: 'user', file: user, values: { integrations: { agora: { enabled: false } } } },
      { scope: 'project', file: project, values: {} },
    ]);
    expect(config.layers[0]?.lineOf(['integrations', 'agora', 'enabled'])).toBe(5);
    expect(config.layers[0]?.lineOf(['integrations', 'other'])).toBe(3);
    expect(readdirSync(path.join(folder, '.kosmo'))).toEqual([]);
  });

  test('in the home folder reads one file once', async () => {
    const root = tempFolder();
    const env = { KOSMO_HOME: path.join(root, '.kosmo') };
    mkdirSync(env.KOSMO_HOME);
    writeFileSync(path.join(env.KOSMO_HOME, 'config.yaml'), 'kosmo: {audit_log: true}\n');
    const { layers } = await readConfig({ env, folder: root });
    expect(layers.map(({ scope, values }) => [scope, values])).toEqual([
      ['user', { audit_log: true }],
      ['project', {}],
    ]);
  });

  test('keeps the digits of account fields', async () => {
    const { env, folder, user } = place();
    writeFileSync(
      user,
      'kosmo:\n  integrations:\n    agora:\n      accounts:\n        default: {customer_id: 007, app_id: 12e34, url: ~}\n',
    );
    const { layers } = await readConfig({ env, folder });
    expect(layers[0]?.values.integrations).toEqual({
      agora: { accounts: { default: { customer_id: '007', app_id: '12e34', url: null } } },
    });
  });

  test.each([
    ['kosmo:\n  integrations:\n   - [\n', /config\.yaml:\d+:\d+ is not valid YAML: /],
    ['kosmo:\n  a: 1\n  a: 2\n', /config\.yaml:3:\d+ is not valid YAML: Map keys must be unique\./],
    ['- a\n', /config\.yaml:1 must be a mapping with the key kosmo\./],
    ['kosmo: yes please\n', /config\.yaml:1: kosmo must be a mapping\./],
    ['\nkosmo:\n  integrations: [agora]\n', /config\.yaml:3: kosmo\.integrations must be a mapping\./],
    ['kosmo: *nobody\n', /config\.yaml/],
    [`kosmo: ${'{a: '.repeat(60)}1${'}'.repeat(60)}\n`, /nested more than 50 levels deep/],
  ])('refuses %j with file and line', async (text, message) => {
    const { env, folder, user } = place();
    writeFileSync(user, text);
    await expect(readConfig({ env, folder })).rejects.toMatchObject({
      code: 'INVALID_CONFIGURATION',
      message: expect.stringMatching(message),
    });
  });

  test('says so when a file cannot be read', async () => {
    const { env, folder, user } = place();
    mkdirSync(user);
    await expect(readConfig({ env, folder })).rejects.toMatchObject({
      code: 'SETTINGS_UNAVAILABLE',
      message: `${user} cannot be read: it is a folder.`,
    });
  });
});

describe('editConfig', () => {
  test('keeps comments, order and what is not ours', async () => {
    const { user } = place();
    writeFileSync(user, '# mine\nother: {x: 1}\nkosmo:\n  future: [1, 2] # later\n  audit_log: false\n');
    await editConfig(user, (document) => document.setIn(['kosmo', 'integrations', 'agora', 'enabled'], true));
    expect(readFileSync(user, 'utf8')).toBe(
      '# mine\nother: { x: 1 }\nkosmo:\n  future: [ 1, 2 ] # later\n  audit_log: false\n  integrations:\n    agora:\n      enabled: true\n',
    );
  });

  test('makes a file for its owner alone, and lets a project’s file be as it was', async () => {
    const { env, folder, user, project } = place();
    const set = (document: { setIn: (path: string[], value: unknown) => void }) => document.setIn(['kosmo', 'audit_log'], true);
    await editConfig(user, set);
    expect(readFileSync(user, 'utf8')).toBe('kosmo:\n  audit_log: true\n');
    expect(statSync(user).mode & 0o777).toBe(0o600);
    writeFileSync(project, '', { mode: 0o664 });
    const before = statSync(project).mode & 0o777;
    await editConfig(configFile('project', { env, folder }), set, { isPrivate: false });
    expect(statSync(project).mode & 0o777).toBe(before);
  });

  test('says so when a setting stands behind an alias', async () => {
    const { user } = place();
    const text = 'base: &base { enabled: true }\nkosmo: { integrations: { agora: *base } }\n';
    writeFileSync(user, text);
    await expect(editConfig(user, (document) => setSetting(document, ['integrations', 'agora', 'enabled'], false))).rejects.toMatchObject({
      code: 'INVALID_CONFIGURATION',
      message: expect.stringContaining('written in a way that only you can change'),
    });
    expect(readFileSync(user, 'utf8')).toBe(text);
  });

  test('makes what a setting stands in, and removes what holds nothing any more', async () => {
    const { user } = place();
    writeFileSync(user, 'kosmo:\n  audit_log: true\n  integrations:\n    agora:\n');
    const setting = ['integrations', 'agora', 'accounts', 'work', 'app_id'];
    await editConfig(user, (document) => setSetting(document, setting, '007'));
    expect(readFileSync(user, 'utf8')).toContain('    agora:\n      accounts:\n        work:\n          app_id: "007"\n');
    await editConfig(user, (document) => deleteSetting(document, setting));
    expect(readFileSync(user, 'utf8')).toBe('kosmo:\n  audit_log: true\n');
  });

  test('leaves a file that does not parse as it is', async () => {
    const { user } = place();
    writeFileSync(user, 'kosmo: [\n');
    await expect(editConfig(user, (document) => document.setIn(['kosmo', 'x'], 1))).rejects.toMatchObject({
      code: 'INVALID_CONFIGURATION',
    });
    expect(readFileSync(user, 'utf8')).toBe('kosmo: [\n');
  });
});

describe('changeFile', () => {
  test('follows a link, and leaves nothing beside the file', async () => {
    const folder = tempFolder();
    mkdirSync(path.join(folder, 'elsewhere'));
    const target = path.join(folder, 'elsewhere/real.txt');
    writeFileSync(target, 'a');
    symlinkSync(target, path.join(folder, 'link.txt'));
    await changeFile(path.join(folder, 'link.txt'), (text) => `${text}b`);
    expect(readFileSync(target, 'utf8')).toBe('ab');
    expect(readdirSync(folder).sort()).toEqual(['elsewhere', 'link.txt']);
    expect(readdirSync(path.dirname(target))).toEqual(['real.txt']);
  });

  test('loses nothing when many change one file at once', async () => {
    const file = path.join(tempFolder(), 'count.txt');
    await Promise.all(Array.from({ length: 20 }, () => changeFile(file, async (text = '0') => String(Number(text) + 1))));
    expect(readFileSync(file, 'utf8')).toBe('20');
  });

  test('takes away what a killed process left behind', async () => {
    const file = path.join(tempFolder(), 'settings.txt');
    writeFileSync(file, 'whole');
    writeFileSync(`${file}.tmp`, 'ha');
    await changeFile(file, (text) => `${text}!`);
    expect(readFileSync(file, 'utf8')).toBe('whole!');
    expect(readdirSync(path.dirname(file))).toEqual(['settings.txt']);
  });

  test('an error of the change leaves the file, and the lock open', async () => {
    const file = path.join(tempFolder(), 'settings.txt');
    writeFileSync(file, 'whole');
    await expect(changeFile(file, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await changeFile(file, (text) => `${text}!`);
    expect(readFileSync(file, 'utf8')).toBe('whole!');
  });
});
