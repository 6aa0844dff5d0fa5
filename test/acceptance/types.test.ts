import { expect, test } from 'vitest';
import { manifest } from '../../src/integrations/generated/manifest.ts';
import { runCli as kosmo, runLuaCli as lua } from '../helpers/run-cli.ts';

const { stdout: types, code } = await kosmo(['integrations:types'], { env: { AGORA_PRODUCTION_APP_ID: 'app1' } });
const lines = types.trimEnd().split('\n');

/** The fields of each class, with their types; an optional one ends with `?`. */
const classes = new Map<string, Map<string, string>>();
let fields = new Map<string, string>();
for (const line of lines) {
  const [, name] = /^---@class ([\w.]+)/.exec(line) ?? [];
  const [, field, type] = /^---@field (\S+) (.+)$/.exec(line) ?? [];
  if (name !== undefined) {
    fields = new Map();
    classes.set(name, fields);
  } else if (field !== undefined) fields.set(field, type ?? '');
}

/** Reads one type of the Lua Language Server at the start of `text`; returns what is behind it. */
function skipType(text: string): string {
  let rest = skipOne(text);
  for (;;) {
    if (rest.startsWith('[]')) rest = rest.slice(2);
    else if (rest.startsWith('?')) rest = rest.slice(1);
    else if (rest.startsWith('|')) rest = skipOne(rest.slice(1));
    else return rest;
  }
}

function skipOne(text: string): string {
  const simple = /^(?:"[^"]*"|-?\d+|fun\(|\(|[A-Za-z_][\w.]*<?)/.exec(text)?.[0];
  if (simple === undefined) throw new Error(`no type: ${text}`);
  const rest = text.slice(simple.length);
  if (simple === '(') return after(')', skipType(rest));
  if (simple.endsWith('<')) return after('>', skipList(rest, skipType));
  if (simple !== 'fun(') return rest;
  const closed = after(')', rest.startsWith(')') ? rest : skipList(rest, (item) => skipType(item.replace(/^\w+\??: /, ''))));
  return closed.startsWith(': ') ? skipType(closed.slice(2)) : closed;
}

function skipList(text: string, skip: (item: string) => string): string {
  const rest = skip(text);
  return rest.startsWith(', ') ? skipList(rest.slice(2), skip) : rest;
}

function after(close: string, text: string): string {
  if (!text.startsWith(close)) throw new Error(`no ${close}: ${text}`);
  return text.slice(close.length);
}

const FORMS: readonly RegExp[] = [
  /^---@meta$/,
  /^---@class [A-Za-z_][\w.]*$/,
  /^---@(?:field|param) (?:[A-Za-z_]\w*\??|\.\.\.) (?<type>.+)$/,
  /^---@field \[string\] (?<type>.+)$/,
  /^---@(?:return|type) (?<type>.+)$/,
  /^---@generic [A-Z]\w*(?:: (?<type>.+))?$/,
  // A line of text; one that began so would be an alias.
  /^---(?![@|])/,
  /^(?:local )?[a-z]\w* = \{\}$/,
  /^function [a-z]\w*(?:\.\w+)?\((?:\.{3}|[\w, ]*)\) end$/,
  /^$/,
];

test('every line has a form that the Lua Language Server knows, and names only classes that there are', () => {
  expect({ code, first: lines[0] }).toEqual({ code: 0, first: '---@meta' });
  for (const line of lines) {
    const form = FORMS.map((pattern) => pattern.exec(line)).find((match) => match !== null);
    expect(form, line).toBeDefined();
    const type = form?.groups?.type;
    if (type === undefined) continue;
    expect(skipType(type), line).toBe('');
    for (const [name] of type.matchAll(/kosmo\.[\w.]+/g)) expect([...classes.keys()]).toContain(name);
  }
});

test('it is Lua in which nothing is found', async () => {
  const { stdout } = await kosmo(['integrations:check', '-'], { stdin: types });
  expect(stdout).toBe('');
});

test('every parameter of every function is there, required or not', () => {
  for (const { id, tools } of manifest) {
    for (const { name, input } of tools) {
      const expected = Object.keys(input.properties).map((field) => (input.required.includes(field) ? field : `${field}?`));
      expect([...(classes.get(`kosmo.${id}.${name}`)?.keys() ?? [])].sort(), name).toEqual(expected.sort());
      expect(types).toContain(`\nfunction ${id}.${name}(args, options) end\n`);
    }
  }
});

test('enums, lists and fields further down have types of their own', () => {
  expect(classes.get('kosmo.agora.start_recording')?.get('mode')).toBe('"individual"|"mix"|"web"');
  expect(classes.get('kosmo.agora.start_recording')?.get('uid')).toBe('string|integer');
  expect(classes.get('kosmo.agora.start_recording')?.get('recording_config?')).toBe('kosmo.agora.start_recording.recording_config');
  expect(classes.get('kosmo.agora.start_recording.recording_config')?.get('channelType?')).toBe('0|1');
  expect(classes.get('kosmo.agora.start_recording.storage_config')?.get('bucket')).toBe('string');
  expect(classes.get('kosmo.agora.start_recording.recording_file_config')?.get('avFileType?')).toBe('("hls"|"mp4")[]');
  expect(classes.get('kosmo.agora.update_recording_layout')?.get('layout_config?')).toBe(
    'kosmo.agora.update_recording_layout.layout_config[]',
  );
  expect(classes.get('kosmo.agora.update_recording_layout.layout_config')?.get('x_axis')).toBe('number');
});

test('accounts are of the same class', () => {
  expect(Object.fromEntries(classes.get('kosmo.agora') ?? [])).toEqual({ default: 'kosmo.agora', production: 'kosmo.agora' });
});

/** What the Lua Language Server knows of Lua 5.3 by itself. */
const LUA =
  'assert collectgarbage coroutine debug error getmetatable ipairs load math next os package pairs pcall print rawequal rawget rawlen rawset require select setmetatable string table tonumber tostring type utf8 xpcall _G _VERSION';

test('everything else that a script sees is there, too', async () => {
  const list =
    'local names = {} for name, value in pairs(_G) do names[#names + 1] = name; if name ~= "_G" and type(value) == "table" then for inner in pairs(value) do names[#names + 1] = name .. "." .. inner end end end return names';
  const { result } = await lua(['-e', list]);
  const known = new Set(LUA.split(' '));
  const [names] = (result ?? []) as readonly (readonly string[])[];
  const own = (names ?? []).filter((name) => !known.has(name.split('.')[0] ?? ''));
  const declared = (name: string): boolean => {
    const [first = '', inner] = name.split('.');
    if (lines.some((line) => line.startsWith(`function ${name}(`) || line === `${name} = {}`)) return true;
    return inner !== undefined && classes.get(`kosmo.${first}`)?.has(inner) === true;
  };
  expect(own.length).toBeGreaterThan(15);
  expect(own.filter((name) => !declared(name))).toEqual([]);
});

test('what a call returns is a class, too', () => {
  expect(lines).toContain('---@return kosmo.agora.query_recording.result');
  expect(classes.get('kosmo.agora.query_recording.result')?.get('serverResponse?')).toBe(
    'kosmo.agora.query_recording.result.serverResponse',
  );
  expect(classes.get('kosmo.agora.query_recording.result.serverResponse')?.get('status?')).toBe('integer');
});
