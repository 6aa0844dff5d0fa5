import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { ERROR_CODES } from '../../src/errors/index.ts';
import { runCli as kosmo } from '../helpers/run-cli.ts';

const json = async (args: readonly string[]) => JSON.parse((await kosmo(['introspect', ...args, '--json'])).stdout);

test('introspect tells of commands, codes, versions, environment variables and pages, all as the program knows them', async () => {
  const report = await json([]);
  expect(report.versions).toEqual({ kosmo: expect.any(String), node: process.versions.node, lua: '5.3', fengari: '0.1.5' });
  expect(report.error_codes.map(({ code }: { code: string }) => code)).toEqual(Object.keys(ERROR_CODES));
  expect(report.exit_codes).toContainEqual({ code: 6, meaning: 'a limit was passed' });
  expect(report.environment).toContainEqual({ name: 'AGORA_REGION', description: 'Agora Cloud Recording: Region (optional)' });
  expect(report.docs).toContainEqual({ name: 'limits', title: expect.stringMatching(/./) });
  const lua = report.commands.find(({ name }: { name: string }) => name === 'integrations:lua');
  expect(lua).toMatchObject({
    usage: '[options] [file]',
    arguments: [{ name: 'file', required: false, variadic: false }],
    json_schema: 'lua-run',
    examples: expect.arrayContaining(['kosmo integrations:lua workflow.lua --force --json --arg cname=room']),
  });
  expect(lua.options).toContainEqual({
    flags: '-e, --eval <code>',
    name: '--eval',
    short: '-e',
    description: 'run this code',
    value: 'required',
    variadic: false,
    default: null,
    choices: null,
  });
  const emulator = report.commands.find(({ name }: { name: string }) => name === 'agora:emulator');
  expect(emulator.options).toContainEqual(expect.objectContaining({ name: '--speed', value: 'required', default: '1' }));
});

test('of one command it also gives the schemas, with those that they refer to', async () => {
  const { commands, schemas, schema_folder: folder } = await json(['integrations:lua']);
  expect(commands).toHaveLength(1);
  expect(Object.keys(schemas)).toEqual(expect.arrayContaining(['lua-run', 'error', 'call-log-entry']));
  const file = path.join(folder, 'error.schema.json');
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(schemas.error);
});

test('for people it is a list of the commands', async () => {
  const { stdout } = await kosmo(['introspect']);
  expect(stdout).toMatch(/^Command +What it does\n/);
  expect(stdout).toMatch(/^integrations:lua +run a Lua script$/m);
});
