import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { CliOptions } from '../helpers/cli.ts';
import { runCli as kosmo, runLuaCli as lua } from '../helpers/run-cli.ts';
import { SPEC_BLOCKS } from '../helpers/spec-blocks.ts';

const root = path.join(import.meta.dirname, '../..');
const folder = mkdtempSync(path.join(tmpdir(), 'kosmo-check-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Report {
  readonly success: boolean;
  readonly error: string | null;
  readonly error_detail: { readonly code: string } | null;
  readonly errors: number;
  readonly warnings: number;
  readonly findings: readonly {
    readonly file: string;
    readonly line: number;
    readonly column: number;
    readonly severity: string;
    readonly rule: string;
    readonly message: string;
    readonly source: string;
  }[];
}

const check = async (args: readonly string[], options: CliOptions = {}): Promise<Report & { readonly code: number | null }> => {
  const { stdout, code } = await kosmo(['integrations:check', ...args, '--json'], options);
  expect(stdout).toMatch(/^[^\n]+\n$/);
  return { ...(JSON.parse(stdout) as Report), code };
};

let written = 0;
const write = (script: string | Uint8Array): string => {
  const file = path.join(folder, `${++written}.lua`);
  writeFileSync(file, script);
  return file;
};

const A = 'local agora = app.integrations.agora\n';
const STORAGE = 'storage_config = { vendor = 1, region = 0, bucket = b, accessKey = k, secretKey = s }';
const start = (rest: string): string =>
  `${A}local r, b, k, s = ...\nagora.start_recording({ resource_id = r, mode = "mix", cname = "room", uid = 1,\n  ${STORAGE},\n  ${rest} })`;

/** A script with one mistake, where it is (line:column), and a part of what is said of it. */
const MISTAKES: readonly (readonly [string, string, string])[] = [
  ['local x = = 1', '1:11 error', "unexpected symbol near '='"],
  ['if true then\n  print("é", 1', '2:15 error', "')' expected near <eof>"],
  ['local text = "abc\nprint(text)', '1:14 error', 'unfinished string'],
  ['for i = 1, 2 do\n  goto out\nend', '2:3 error', "no visible label 'out' for <goto> at line 2"],
  ['break', '1:6 error', 'not inside a loop'],
  [
    'app.integrations.agora.start_recoding({})',
    '1:24 error',
    'Unknown function: app.integrations.agora.start_recoding. Did you mean: start_recording',
  ],
  [`${A}agora.default.stop_recordin({})`, '2:15 error', 'Did you mean: stop_recording'],
  [`${A}local stop = agora.stop\nlocal function f() stop({}) end`, '2:20 error', 'Unknown function: app.integrations.agora.stop.'],
  [`${A}pcall(agora["querry_recording"], {})`, '2:13 error', 'Did you mean: query_recording'],
  [`${A}defer(function() pcall(function() agora.stop_recordings() end) end)`, '2:41 error', 'Did you mean: stop_recording'],
  [`${A}parallel.map({ "a" }, agora.acquire)`, '2:29 warning', 'Did you mean: acquire_recording_resource'],
  ['app.integration.agora.query_recording({})', '1:5 error', "app has no 'integration'. Did you mean: integrations?"],
  ['local a = app.integrations.agroa\na.get_notification_ips()', '1:28 error', "app.integrations has no 'agroa'. Did you mean: agora?"],
  [
    'app.integrations.agora.prod.get_notification_ips()',
    '1:24 warning',
    'Unknown account: app.integrations.agora.prod. Accounts here: default. It is read from AGORA_PROD_CUSTOMER_ID',
  ],
  ['app.integrations.agora[input.account].get_ips()', '1:39 error', 'Unknown function: app.integrations.agora[…].get_ips.'],
  [`${A}agora:get_notification_ips()`, '2:7 error', 'Write .get_notification_ips, not :get_notification_ips'],
  [
    `${A}agora.query_recording({ resource_id = r or "", sid = "S", mode = "mix", modus = 1 })`.replace('r or ', 'input.r or '),
    '2:79 error',
    "unknown parameter 'modus'; did you mean 'mode'?",
  ],
  [`${A}agora.query_recording({ resource_id = input.r, sid = "S" })`, '2:7 error', 'agora.query_recording: mode is required.'],
  [
    `${A}parallel.map({ 1 }, function(i)\n  return pcall(agora.query_recording, { sid = "S", mode = "mix" })\nend)`,
    '3:22 error',
    'resource_id is required',
  ],
  [
    `${A}agora.query_recording({ resource_id = "R", sid = "S", mode = "mixed" })`,
    '2:55 error',
    'mode must be one of individual, mix, web.',
  ],
  [`${A}agora.query_recording("R", "S", "mixed")`, '2:33 error', 'mode must be one of individual, mix, web.'],
  [`${A}agora.query_recording("R", "S", "mix", 4, 5, 6)`, '2:7 error', 'too many arguments'],
  [`${A}agora.acquire_recording_resource{ cname = "room", uid = true }`, '2:51 error', 'uid must be a string.'],
  [`${A}agora.acquire_recording_resource{ cname = "room", uid = 0 }`, '2:51 error', 'uid must be from 1 to 4294967295.'],
  [
    `${A}agora.acquire_recording_resource{ cname = "room", uid = 1, scene = "1" }`,
    '2:60 error',
    'scene must be an integer; write 1 without quotes.',
  ],
  [`${A}agora.query_recording({ resource_id = "R", sid = "S", mode = "mix" }, { timout = 5 })`, '2:73 error', 'Did you mean timeout?'],
  [start('recording_config = { channelType = 3 }'), '5:24 error', 'recording_config.channelType must be one of 0, 1.'],
  [start('recording_config = { chanelType = input.type }'), '5:24 warning', 'Did you mean channelType?'],
  [
    start('recording_config = { subscribeAudioUids = { "1" }, unSubscribeAudioUids = { "2" } }'),
    '5:54 error',
    'excludes recording_config.subscribeAudioUids',
  ],
  [start('recording_file_config = { avFileType = { "mp4" } }'), '5:29 error', 'cannot be {"mp4"} alone'],
  [
    start('snapshot_config = { captureInterval = 10, fileType = { "jpg" } }'),
    '5:3 error',
    'snapshot_config is for mode individual, not for mix.',
  ],
  [
    `${A}agora.record({ mode = "web", cname = "page", uid = 1, storage_config = input.storage })`,
    '2:7 error',
    'extension_service_config is required in web mode',
  ],
  [
    `${A}agora.update_recording_layout{ resource_id = input.r, sid = input.s, cname = "room", uid = 1,\n  mixed_video_layout = 3 }`,
    '3:3 error',
    'needs layout_config',
  ],
  [
    `${A}agora.update_recording_layout{ resource_id = input.r, sid = input.s, cname = "room", uid = 1, mixed_video_layout = 3,\n  layout_config = { input.region, { uid = "1", x_axis = 0.5, y_axis = 0, width = 1.5, height = 1 } } }`,
    '3:74 error',
    'layout_config[2].width must be at most 1.',
  ],
  ['pritn("x")', '1:1 warning', 'Unknown global: pritn is nil here. Did you mean: print?'],
  ['agora.query_recording("R", "S", "mix")', '1:1 warning', 'Did you mean: app.integrations.agora?'],
  ['local function é() end', '1:16 error', 'near'],
  ['json.decod("{}")', '1:6 error', "json has no 'decod'. Did you mean: decode"],
  ['\tparallel.mapp({}, print)', '1:11 error', "parallel has no 'mapp'. Did you mean: map?"],
  ['local d = docs\nd.raed("agora")', '2:3 error', "docs has no 'raed'. Did you mean: read?"],
  ['local t = { "é", string.trim(" x ") }', '1:25 error', "string has no 'trim'"],
  ['table.foreach({}, print)', '1:7 error', "table has no 'foreach'"],
  ['os.execute("ls")', '1:4 error', "os has no 'execute'"],
  ['print(math.sqrtt)', '1:12 warning', "math has no 'sqrtt'. Did you mean: sqrt?"],
  ['sleep("x")', '1:7 error', 'sleep: argument 1 must be a number.'],
  ['sleep(-1)', '1:7 error', 'sleep: argument 1 must not be negative.'],
  ['sleep()', '1:1 error', 'sleep: argument 1 is missing: a number.'],
  ['parallel.map({ 1 }, print, { limt = 2 })', '1:30 error', "unknown option 'limt'; there is limit and settle. Did you mean limit?"],
  ['parallel.all({}, { settle = 1 })', '1:20 error', 'parallel.all: settle must be true or false.'],
  ['parallel.map(print, { 1 })', '1:21 error', 'parallel.map: argument 2 must be a function.'],
  ['local j = json\nj.decode({})', '2:10 error', 'json.decode: argument 1 must be a string.'],
  ['json.encode({}, { prety = true })', '1:19 warning', 'Did you mean pretty?'],
  ['pcall(regex.match, "text")', '1:13 error', 'regex.match: argument 2 is missing: a string.'],
  [
    'print(docs.read("agora.start_recoding"))',
    '1:17 warning',
    "there is no page 'agora.start_recoding'. Did you mean: agora.start_recording",
  ],
  ['defer("x")', '1:7 error', 'defer: argument 1 must be a function.'],
  ['print(("x"):uper())', '1:13 error', "string has no 'uper'. Did you mean: upper?"],
];

test('planted mistakes are found where they are, and nothing besides them', async () => {
  const files = MISTAKES.map(([script]) => write(script));
  const { findings, code, success } = await check(files);
  expect({ code, success }).toEqual({ code: 1, success: false });
  const found = files.map((file) =>
    findings
      .filter((finding) => finding.file === file)
      .map(({ line, column, severity, message }) => [`${line}:${column} ${severity}`, message]),
  );
  expect(found).toEqual(MISTAKES.map(([, place, part]) => [[place, expect.stringContaining(part)]]));
});

/** Right as they are, or not for a check to judge. */
const RIGHT = [
  '\ufeff#!/usr/bin/env kosmo\nlocal x <const> = 1'.replace(' <const>', ''),
  'for i = 1, 3 do\n  if i == 2 then goto continue end\n  print(i // 2 & 3 | ~1 << 2 >> 1)\n  ::continue::\nend',
  'local s = [==[\n]] pritn("x")]==] .. "\\u{20AC}\\z\n   \\x41" --[[ json.decod() ]]\nprint(s, #s, 0x1p4, 0xffffffffff, 3e2)',
  'local o = {}\nfunction o:greet(...) return self.name, ... end\nfunction o.new() return setmetatable({}, { __index = o }) end\nprint(o.new():greet(1))',
  'repeat local done = true until done\nwhile false do break end;;',
  `${A}agora = { start_recoding = print }\nagora.start_recoding()`,
  `${A}do local agora = { foo = print }\nagora.foo{} end\nlocal function f(agora) agora.bar() end\nfor _, agora in ipairs({}) do agora.baz() end`,
  `${A}agora.query_recording(input.query)\nagora.query_recording({ [input.key] = 1 })\nagora.query_recording(table.unpack(input.list))\nagora.query_recording("R", ...)`,
  `${A}local query = { resource_id = "R" }\nquery.sid, query.mode = "S", "mix"\nagora.query_recording(query)`,
  `${A}agora.query_recording({ resource_id = input.r, sid = input.s, mode = input.mode }, input.options)`,
  start('token = input.token, recording_config = { decryptionMode = 1, secret = input.secret }'),
  start('recording_config = { subscribeAudioUids = { "1" }, unSubscribeAudioUids = input.none }'),
  start('extension_service_config = input.page'),
  `${A}agora.start_recording{ resource_id = input.r, mode = input.mode, cname = "room", uid = 1, snapshot_config = { fileType = { "jpg" } }, client_request = input.more }`,
  `${A}agora.update_recording_layout{ resource_id = "R", sid = "S", cname = "room", uid = 1, layout_config = { { uid = "1", x_axis = input.x, y_axis = 0, width = 1, height = 1 } }, mixed_video_layout = input.layout }`,
  'function string.trim(s) return (s:gsub("^%s+", "")) end\nprint(string.trim(" x"), ("x"):trim())',
  'sleep(input.s)\nsleep(0.5)\nlocal function sleep(x) end\nsleep("x")\nparallel.map(list(), function() end, input.o)\nfunction list() return {} end',
  'print(docs.read("app.integrations.agora.default.record"), docs.read("errors"), docs.read(input.page), regex.match(5, "5"), json.encode(nil, nil))',
  'parallel.all({ print }, { limit = 2, settle = true })\nregex.gsub("a", "b", "c", -1)\njson.array()\nregex.match(table.unpack({ "a", "b" }))',
  'local s = string\ns.title = s.upper\nprint(s.title("x"), string.title("y"))',
  'setmetatable(table, { __index = function() return print end })\ntable.anything()',
  'local unpack = unpack or table.unpack\nif table.foreach then table.foreach({}, print) end\nprint(type(loadstring), bit32 == nil, unpack)',
  'count = 0\nlocal function f() count = count + 1 return helper() end\nfunction helper() return count end\nprint(f())',
  'agora = app.integrations.agora\n_G["agora"] = { foo = print }\nagora.foo()',
  '_G.answer = 42\nprint(answer, _G.other)\n_G["x" .. 1] = 1\nprint(x1)',
  'load("y = 1")()\nprint(y)',
  'local _ENV = { print = print }\nprint(anything)',
  'print(input.anything.at.all, input.x.y())',
  'local json = { decod = function() end }\njson.decod()',
  'local e = select(2, pcall(error, { code = 1 }))\nprint(e.code, e.whatever)',
];

test('correct code, and code that cannot be judged, has no finding', async () => {
  const files = RIGHT.map(write);
  const { findings, code } = await check(files);
  expect({ findings, code }).toEqual({ findings: [], code: 0 });
});

test('every finding is at a place of the script', async () => {
  const odd = [[0xff, 0xfe, 0, 1, 2], [0x80], [0x0a, 0xc3], [0x78, 0x3d, 0xe9], [0x22, 0xff]].map((bytes) => write(Buffer.from(bytes)));
  const { findings } = await check(odd);
  expect(findings.length).toBeGreaterThanOrEqual(odd.length);
  expect(findings.every(({ line, column }) => line >= 1 && column >= 1)).toBe(true);
});

test('no script is too hostile to be checked', async () => {
  const hostile = path.join(root, 'test/hostile');
  const files = readdirSync(hostile).filter((file) => file.endsWith('.lua'));
  const generated = [
    `x = ${'f('.repeat(5000)}${')'.repeat(5000)}`,
    `${'do '.repeat(150)}${'end '.repeat(150)}`,
    `x = ${'a .. '.repeat(150)}a`,
    `x = {${'{},'.repeat(20_000)}}`,
    'pritn(1) '.repeat(20_000),
    Buffer.from([0xff, 0xfe, 0, 1, 2]),
    '',
  ];
  const { error, findings } = await check([...files.map((file) => path.join(hostile, file)), ...generated.map(write)]);
  expect(error).toMatch(/^\d+ errors? found in /);
  expect(findings.length).toBeLessThan(400);
});

test('nothing is found in the workflows, the specification page and the Lua of the documentation', async () => {
  const workflows = readdirSync(path.join(root, 'workflows')).filter((file) => file.endsWith('.lua'));
  const pages = ['README.md', ...readdirSync(path.join(root, 'lua-docs')).map((file) => `lua-docs/${file}`)];
  const blocks = pages.flatMap((page) => [...readFileSync(path.join(root, page), 'utf8').matchAll(/```lua\n([\s\S]*?)```/g)]);
  const functions =
    'local names = {} for name in pairs(app.integrations.agora.default) do names[#names + 1] = docs.read("agora." .. name) end return names';
  const { result } = await lua(['-e', functions]);
  const [texts] = (result ?? []) as readonly (readonly string[])[];
  const examples = (texts ?? []).map((page) => /\nExample:\n([\s\S]*?)\nReturns:\n/.exec(page)?.[1] ?? '');
  const scripts = [SPEC_BLOCKS, ...blocks.map(([, code = '']) => code), ...examples];
  expect(examples.length).toBeGreaterThanOrEqual(7);
  expect(scripts.every((script) => script.trim() !== '')).toBe(true);
  const { findings, code } = await check([...workflows.map((file) => path.join(root, 'workflows', file)), ...scripts.map(write)]);
  expect({ findings, code }).toEqual({ findings: [], code: 0 });
});

describe('the verdict on syntax is that of the engine', () => {
  test.each<[string, string]>([
    ['x = 7 // 2 ~ 3', 'x = 7 // 2 ~ 3'],
    ['local a <const> = 1', 'local a <const> = 1'],
    ['goto a ::a:: ::a::', 'goto a ::a:: ::a::'],
    ['do goto x end local y ::x:: print(y)', 'do goto x end local y ::x:: print(y)'],
    ["x = '\\u{110000}'", "x = '\\u{110000}'"],
    ["x = '\\q'", "x = '\\q'"],
    ['x = 1..2', 'x = 1..2'],
    ['f\n(g)', 'f\n(g)'],
    ['return return', 'return return'],
    ['x = a.goto', 'x = a.goto'],
    ['-- only a comment', '-- only a comment'],
    ['# a comment, too', '# a comment, too'],
    ['x = 0x', 'x = 0x'],
    ['::a:: do ::a:: end', '::a:: do ::a:: end'],
    ['x = "\\400"', 'x = "\\400"'],
    ['x = 3 = 4', 'x = 3 = 4'],
    ['local function f() return ... end', 'local function f() return ... end'],
    ['x = \u00e9', 'x = \u00e9'],
    ['150 parentheses', `x = ${'('.repeat(150)}1${')'.repeat(150)}`],
    ['300 parentheses', `x = ${'('.repeat(300)}1${')'.repeat(300)}`],
    ['a long sum', `x = 1${' + 1'.repeat(20_000)}`],
    ['a long dotted name', `local t = {}\nx = t${'.t'.repeat(20_000)}`],
  ])('%s', async (_what, script) => {
    // What stands behind the return is compiled, not run.
    const engine = await lua(['-', '--cpu-limit', '5'], { stdin: `if false then ${script}\nend` });
    const { findings, code } = await check(['-'], { stdin: `if false then ${script}\nend` });
    const isSyntaxError = engine.error_detail?.code === 'SYNTAX_ERROR';
    expect(findings.some(({ rule }) => rule === 'syntax')).toBe(isSyntaxError);
    expect(code === 1).toBe(isSyntaxError);
  });
});

test('of literal arguments the check says what the run says', async () => {
  const storage = '{ vendor = 1, region = 0, bucket = "b", accessKey = "fake-access-key", secretKey = "fake-secret-key" }';
  const party = 'resource_id = "R", cname = "room", uid = 5';
  const calls = [
    'query_recording, {}',
    'query_recording',
    'query_recording, "R", "S", "mix"',
    'query_recording, "R", nil, "webpage"',
    'query_recording, "R", " ", "mix", 7, 8',
    'query_recording, { resource_id = "", sid = nil, mode = "WEB" }',
    'query_recording, { resource_id = 1e300, sid = 2.5, mode = 1 }',
    'query_recording, { resource_id = "R", sid = "S", mode = "mix" }, { timeout = -1, retry = "no" }',
    'query_recording, { resource_id = "R", sid = "S", mode = "mix" }, { timeout = 2 }',
    'query_recording, { resource_id = "R", sid = "S", mode = "mixed" }, nil',
    'acquire_recording_resource, { cname = "room", uid = -1, scene = 3, resource_expired_hour = 0x2d1 }',
    'acquire_recording_resource, { cname = "", uid = 4294967296 }',
    'acquire_recording_resource, { ["cname"] = "room", uid = "007", cnam = 1 }',
    'acquire_recording_resource, "room"',
    'acquire_recording_resource, { "room", 5 }',
    `start_recording, { ${party}, mode = "mix" }`,
    `start_recording, { ${party}, mode = "individual", storage_config = ${storage} }`,
    `start_recording, { ${party}, mode = "web", storage_config = ${storage}, recording_config = {} }`,
    `start_recording, { ${party}, mode = "composite", storage_config = ${storage}, recording_config = '{"channelType": 7}' }`,
    `start_recording, { ${party}, mode = "mix", storage_config = {}, recording_config = { { 1 } } }`,
    `start_recording, { ${party}, mode = "mix", storage_config = ${storage}, recording_config = { transcodingConfig = { width = 4000, height = 4000, layoutConfig = {} } } }`,
    `start_recording, { ${party}, mode = "mix", storage_config = ${storage}, recording_config = { decryptionMode = 7 }, client_request = { recordingFileConfig = { avFileType = { "mp4" } } } }`,
    `update_recording_layout, { ${party}, sid = "S", mixed_video_layout = 1, layout_config = { { uid = 1, x_axis = 0.5, y_axis = 0, width = 0.6, height = 1 } } }`,
    `update_recording, { ${party}, sid = "S", mode = "web", stream_subscribe = {}, web_recorder_config = { onhold = 1 } }`,
    `stop_recording, { ${party}, sid = "S", mode = "mix", async_stop = "true" }`,
    'record, { cname = "room", uid = 5, mode = "mix" }',
  ];
  const script = `${A}local said = {}\n${calls.map((call) => `said[#said + 1] = tostring(select(2, pcall(agora.${call})))`).join('\n')}\nreturn said`;
  const { result } = await lua(['--emulator', '--force', '-'], { stdin: script });
  const { findings } = await check(['-'], { stdin: script });
  const [said] = (result ?? []) as readonly (readonly string[])[];
  const sentencesOf = (text: string): string[] =>
    text
      .replace(' Nothing was sent.', '')
      .split(/(?<=\.) (?=[a-z])/)
      .sort();
  const expected = calls.map((_call, index) => {
    const text = /^app\.integrations\.agora\.\w+: (.+ Nothing was sent\.)$/s.exec(said?.[index] ?? '')?.[1];
    return text === undefined ? [] : sentencesOf(text);
  });
  const found = calls.map((_call, index) =>
    findings
      .filter(({ line, severity }) => line === index + 3 && severity === 'error')
      .flatMap(({ message }) => sentencesOf(message.replace(/^agora\.\w+: /, '')))
      .sort(),
  );
  expect(expected.filter((sentences) => sentences.length > 0).length).toBeGreaterThan(18);
  expect(found).toEqual(expected);
});

test('an account that is not configured is an error where others are', async () => {
  const stdin = 'app.integrations.agora.prodction.get_notification_ips()';
  const { findings, code } = await check(['-'], { stdin, env: { AGORA_PRODUCTION_APP_ID: 'app1' } });
  expect(code).toBe(1);
  expect(findings).toMatchObject([
    { file: 'stdin', severity: 'error', rule: 'unknown-account', message: expect.stringContaining('Did you mean: production?') },
  ]);
  const right = await check(['-'], { stdin: stdin.replace('prodction', 'production'), env: { AGORA_PRODUCTION_APP_ID: 'app1' } });
  expect(right.findings).toEqual([]);
});

test('a run says the same of an account that is not set up', async () => {
  const { error, error_detail } = await lua(['-e', 'app.integrations.agora.prod.get_notification_ips()'], {
    env: { AGORA_PRODUCTION_APP_ID: 'a' },
  });
  expect(error).toContain(
    "Unknown function: app.integrations.agora.prod.get_notification_ips. There is no account 'prod'; accounts of agora: default, production. Did you mean: production?",
  );
  expect(error_detail?.code).toBe('UNKNOWN_FUNCTION');
});

test('text shows the line with a caret, and the count goes to stderr', async () => {
  const file = write('\tlocal s = "é", json.decod("x")\n');
  const { stdout, stderr, code } = await kosmo(['integrations:check', file]);
  expect(stdout).toBe(`${file}:1:22: error: json has no 'decod'. Did you mean: decode?
  | \tlocal s = "é", json.decod("x")
  | \t                    ^
`);
  expect({ stderr, code }).toEqual({ stderr: '1 file checked: 1 error, 0 warnings\n', code: 1 });
});

test('--github prints annotations with what GitHub wants escaped', async () => {
  const odd = path.join(folder, 'a,b:c%');
  mkdirSync(odd);
  writeFileSync(path.join(odd, 'x.lua'), 'pritn(1)\nlocal s = "100%\n');
  writeFileSync(path.join(odd, 'y.lua'), '\npritn(1)');
  const { stdout, code } = await kosmo(['integrations:check', '--github', 'a,b:c%/x.lua', 'a,b:c%/y.lua'], { cwd: folder });
  expect(stdout).toBe(
    `::error file=a%2Cb%3Ac%25/x.lua,line=2,col=11::unfinished string near '"100%25'
::warning file=a%2Cb%3Ac%25/y.lua,line=2,col=1::Unknown global: pritn is nil here. Did you mean: print?
`,
  );
  expect(code).toBe(1);
});

test('warnings alone are no failure', async () => {
  expect(await check(['-'], { stdin: 'pritn(1)' })).toMatchObject({ code: 0, success: true, errors: 0, warnings: 1 });
});

test('secrets of a script are in no output', async () => {
  const file = write(
    `${start('')}\nlocal secretKey = "S3CRET-one" json.decod("x")\nagora.record{ storage_config = { accessKey = 'S3CRET-two`,
  );
  const other = write(`local secretKey = "S3CRET-one" json.decod("x")\nlocal t = { ["token"] = [[S3CRET-three]], json.decod() }`);
  for (const format of [[], ['--json'], ['--github']]) {
    const { stdout, stderr, code } = await kosmo(['integrations:check', file, other, ...format]);
    expect(code).toBe(1);
    expect(stdout + stderr).not.toContain('S3CRET');
  }
});

test.each<[string, readonly string[], string]>([
  ['no file', [], "missing required argument 'files'"],
  ['a file that is not there', ['nowhere.lua'], 'Lua file not found: nowhere.lua'],
  ['a folder', ['/'], 'Lua file is a directory: /'],
  ['two forms at once', ['--json', '--github', '-'], 'give --json or --github, not both'],
])('%s is a usage error', async (_what, args, message) => {
  const { code, success, error, error_detail, findings } = await check(args);
  expect({ code, success, detail: error_detail?.code, findings }).toEqual({ code: 2, success: false, detail: 'USAGE', findings: [] });
  expect(error).toContain(message);
});
