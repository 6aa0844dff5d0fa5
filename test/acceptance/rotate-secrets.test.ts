import path from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { openSecretStore } from '../../src/credentials/index.ts';
import { onScreen } from '../helpers/pty.ts';
import { runCli as kosmo } from '../helpers/run-cli.ts';
import { problemsWith } from '../helpers/schemas.ts';
import { tempFolder } from '../helpers/temp-folder.ts';

const OLD = 'old-S3CRET-phrase';
const NEW = 'new-S3CRET-phrase';

let env: Record<string, string>;
let cwd: string;
const readWith = (key: string) => openSecretStore({ env: { ...env, KOSMO_CREDENTIAL_KEY: key } }).get('mcp.files.key');

beforeEach(async () => {
  cwd = tempFolder();
  env = { KOSMO_HOME: path.join(cwd, 'home'), KOSMO_CREDENTIAL_KEY: OLD };
  await openSecretStore({ env }).set('mcp.files.key', 'value-S3CRET');
});

describe('the prompt of kosmo secrets:rotate', () => {
  const [FIRST, AGAIN] = ['New KOSMO_CREDENTIAL_KEY: ', 'The same again: '];

  test('asks twice for the new key, and never shows it', async () => {
    const answers = [
      { to: FIRST, type: `${NEW}\r` },
      { to: AGAIN, type: `${NEW}\r` },
    ];
    const { code, raw } = await onScreen(['secrets:rotate'], { env, cwd, answers });
    expect({ code, raw }).toEqual({ code: 0, raw: expect.stringContaining('1 secret is encrypted with a new key') });
    expect(raw).toContain('Set KOSMO_CREDENTIAL_KEY to the new key');
    expect(raw).not.toContain('S3CRET');
    expect(await readWith(NEW)).toBe('value-S3CRET');
    await expect(readWith(OLD)).rejects.toMatchObject({ code: 'SECRET_UNREADABLE' });
  });

  test.each([
    ['another key the second time', [`${NEW}\r`, 'new-S3CRET-phrace\r'], 2, 'the two keys differ; nothing was changed'],
    ['the old key', [`${OLD}\r`, `${OLD}\r`], 2, 'the new key is the old one'],
    ['nothing', ['\r'], 2, 'the new key is empty; nothing was changed'],
    ['Ctrl-D', ['\u0004'], 2, 'the new key is empty; nothing was changed'],
    ['Ctrl-D the second time', [`${NEW}\r`, '\u0004'], 2, 'the two keys differ; nothing was changed'],
    ['Ctrl-C', ['\u0003'], 130, 'interrupted'],
    ['Ctrl-C the second time', [`${NEW}\r`, '\u0003'], 130, 'interrupted'],
  ])('changes nothing after %s', async (_what, typed, exitCode, message) => {
    const answers = typed.map((type, index) => ({ to: index === 0 ? FIRST : AGAIN, type }));
    const { code, raw } = await onScreen(['secrets:rotate'], { env, cwd, answers });
    expect({ code, raw }).toEqual({ code: exitCode, raw: expect.stringContaining(message) });
    expect(raw).not.toMatch(/S3CRET|internal error/);
    expect(await readWith(OLD)).toBe('value-S3CRET');
  });
});

describe('kosmo secrets:rotate --json', () => {
  const rotate = async (args: readonly string[], stdin = '') => {
    const { stdout, code } = await kosmo(['secrets:rotate', ...args, '--json'], { env, cwd, stdin });
    const document = JSON.parse(stdout) as { readonly success?: boolean };
    expect(problemsWith(document, 'secrets-rotate')).toBeNull();
    expect(stdout).not.toContain('S3CRET');
    return { code, document };
  };

  test('says how many secrets have the new key from stdin', async () => {
    expect(await rotate(['--stdin'], `${NEW}\n`)).toMatchObject({ code: 0, document: { success: true, secrets: 1 } });
    expect(await readWith(NEW)).toBe('value-S3CRET');
  });

  test.each([
    ['there is no terminal to ask on', [], '', 'give the new one with --stdin'],
    ['stdin is empty', ['--stdin'], ' \n', 'the new key is empty'],
    ['stdin has the old key', ['--stdin'], OLD, 'the new key is the old one'],
  ])('changes nothing when %s', async (_what, args, stdin, message) => {
    expect(await rotate(args, stdin)).toMatchObject({ code: 2, document: { success: false, error: expect.stringContaining(message) } });
    expect(await readWith(OLD)).toBe('value-S3CRET');
  });

  test('names a key in the environment that is not the one of the secrets', async () => {
    env.KOSMO_CREDENTIAL_KEY = 'wrong-S3CRET-phrase';
    const { code, document } = await rotate(['--stdin'], NEW);
    expect({ code, document }).toMatchObject({
      code: 3,
      document: { error_detail: { code: 'SECRET_UNREADABLE', message: expect.stringContaining('KOSMO_CREDENTIAL_KEY is not the one') } },
    });
    expect(await readWith(OLD)).toBe('value-S3CRET');
  });
});
