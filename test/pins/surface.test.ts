// What other programs and people rely on, byte for byte. A changed pin is a decision: `npx vitest run test/pins -u` writes them again.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { CommandContext } from '../../src/cli/context.ts';
import { runProgram } from '../../src/cli/program.ts';
import * as embedding from '../../src/index.ts';
import { Gateway } from '../../src/mcp-server/index.ts';
import { createHost } from '../../src/runtime/index.ts';

const root = path.join(import.meta.dirname, '../..');
const pin = (name: string): string => path.join(import.meta.dirname, 'surface', name);

beforeEach(() => {
  for (const name of Object.keys(process.env)) if (/^(?:AGORA|KOSMO)_/.test(name)) vi.stubEnv(name, undefined);
  vi.stubEnv('KOSMO_HOME', path.join(root, 'test/pins/no-home'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

/** What a command line prints on stdout, run in this process. */
async function printed(...argv: readonly string[]): Promise<string> {
  let text = '';
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    text += String(chunk);
    return true;
  });
  try {
    await runProgram(new CommandContext({ argv, packageRoot: root }));
  } finally {
    write.mockRestore();
  }
  return text;
}

const introspection = async (): Promise<string> => printed('introspect', '--json', '--pretty');

test('programs are told the same of commands, codes, variables and pages', async () => {
  const text = (await introspection()).replace(JSON.stringify(process.versions.node), '"<node>"').replace(root, '<package>');
  await expect(text).toMatchFileSnapshot(pin('introspect.json'));
});

test('the help of each command reads the same', async () => {
  const { commands } = JSON.parse(await introspection()) as { readonly commands: readonly { readonly name: string }[] };
  const pages = ['$ kosmo --help', await printed('--help')];
  for (const { name } of commands) pages.push(`$ kosmo ${name} --help`, await printed(name, '--help'));
  await expect(`${pages.join('\n\n')}\n`).toMatchFileSnapshot(pin('help.txt'));
});

test('programs find the same schemas', async () => {
  const folders = [path.join(root, 'src/cli/schemas'), path.join(root, 'src/integrations/agora/schemas')];
  const names = folders.flatMap((folder) => readdirSync(folder)).toSorted();
  await expect(`${names.join('\n')}\n`).toMatchFileSnapshot(pin('schemas.txt'));
});

test('programs that embed the package import the same values and types', async () => {
  const source = readFileSync(path.join(root, 'src/index.ts'), 'utf8');
  const values = Object.keys(embedding).map((name) => `value ${name}`);
  const declared = [...source.matchAll(/^export (?:interface|type) (\w+)/gm)].map(([, name]) => `type ${name}`);
  const passedOn = [...source.matchAll(/^export type \{(.+)\} from/gm)].flatMap(([, list = '']) => list.split(','));
  const inLists = [...source.matchAll(/^export \{(.+)\} from/gm)].flatMap(([, list = '']) => list.match(/\btype \w+/g) ?? []);
  const names = [...values, ...declared, ...passedOn.map((name) => `type ${name.trim()}`), ...inLists].toSorted();
  await expect(`${names.join('\n')}\n`).toMatchFileSnapshot(pin('exports.txt'));
});

test('agents are offered the same tools with the same instructions', async () => {
  const env = { AGORA_CUSTOMER_ID: 'id', AGORA_CUSTOMER_SECRET: 'secret', AGORA_APP_ID: 'app' };
  const host = await createHost({ env, guideFolder: path.join(root, 'lua-docs') });
  const exposed = { write: 'allow', integrations: 'all', upstreams: [], resources: true, prompts: true, exclude: [] } as const;
  const gateway = new Gateway({
    ...exposed,
    host,
    tools: 'all',
    maxResultCharacters: 50_000,
    policy: { force: false },
    note: () => undefined,
  });
  const offered = { instructions: gateway.instructions, tools: (await gateway.tools()).map(({ definition }) => definition) };
  await host.close();
  await expect(`${JSON.stringify(offered, undefined, 2)}\n`).toMatchFileSnapshot(pin('gateway-tools.json'));
});

test('editors are told the same of what scripts see', async () => {
  await expect(await printed('integrations:types')).toMatchFileSnapshot(pin('kosmo.lua'));
});
