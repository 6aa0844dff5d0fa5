// Cases AC-100…127 and AC-140…157 of the specification, through the built command line.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lua as luaProcess } from '../helpers/cli.ts';
import { runCli as kosmo, runLuaCli as lua } from '../helpers/run-cli.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'kosmo-lua-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const run = (code: string, more: readonly string[] = [], env: Record<string, string> = {}) => lua(['--eval', code, ...more], { env });

const ACTIVE = { AGORA_CUSTOMER_ID: 'cid', AGORA_CUSTOMER_SECRET: 'csec-S3CRET', AGORA_APP_ID: 'app1', AGORA_WORK_APP_ID: 'app2' };

describe('scripts and what they print', () => {
  test.each([
    ['AC-100', 'print("hello world")', 'hello world'],
    ['AC-100', 'print("a","b","c")', 'a\tb\tc'],
    ['AC-100', 'print(1) print(2) print(3)', '1\n2\n3'],
    ['AC-103', 'print(undefined_name)', 'nil'],
    ['AC-107', 'print({1,"two",{3,4}})', '[\n  1,\n  two,\n  [\n    3,\n    4\n  ]\n]'],
    ['AC-107', 'dump({a={b=1}})', '{\n  a: {\n    b: 1\n  }\n}'],
    ['AC-107', 'print({}) print(nil,true)', '{}\nnil\ttrue'],
    ['AC-108', 'local t = {1} print(dump(t) == t, tostring(t) == "[\\n  1\\n]")', '[\n  1\n]\ntrue\ttrue'],
    [
      'AC-109',
      'local t = {} t.t = t local s = {1} print(t) print({s, s})',
      '{\n  t: <circular>\n}\n[\n  [\n    1\n  ],\n  [\n    1\n  ]\n]',
    ],
    [
      'AC-110',
      'print(loadfile, dofile, io, os.execute, os.getenv, debug.getregistry, package.loadlib, package.searchers)',
      'nil\tnil\tnil\tnil\tnil\tnil\tnil\tnil',
    ],
    ['AC-117', 'local t = setmetatable({}, {\n  __index = function(_, k) return k .. "!" end,\n}) print(t.x)', 'x!'],
    ['AC-118', 'print = nil json = nil app = {} for k in pairs(_G) do if k:sub(1, 2) == "__" then dump(k) end end dump("end")', 'end'],
    ['AC-124', 'print(type(app.integrations.agora["default"].query_recording))', 'function'],
    ['AC-140', 'print(string.find(docs.read("agora.start_recording"), "agora.start_recording") ~= nil)', 'true'],
    ['AC-145', "print(json.decode('{\"items\":[1,2,3]}').items[1], (pcall(json.decode, '{bad')))", '1\tfalse'],
    ['AC-147', 'print(json.encode({count = 42}), json.encode({n = "é/"}))', '{"count":42}\t{"n":"é/"}'],
    ['AC-148', 'print(json.encode(json.decode(\'{"a":{},"b":[],"c":null}\', {null = true})))', '{"a":{},"b":[],"c":null}'],
    ['AC-150', 'print(json.decode(\'{"id":12345678901234567890}\').id)', '12345678901234567890'],
    [
      'AC-151',
      'print(json.encode(regex.match("hello world 42","(\\\\w+) (\\\\d+)")), regex.match("no digits here","\\\\d+"))',
      '["world 42","world","42"]\tnil',
    ],
    ['AC-151', 'print(json.encode(regex.match("foobar","foo(?=bar)")))', '["foo"]'],
    ['AC-152', 'print(json.encode(regex.match("ABC","/b/i")))', '["B"]'],
    [
      'AC-153',
      'local m = regex.match("price: $19.99","(?P<currency>\\\\$)(?P<amount>[\\\\d.]+)") print(m[1], m[2], m[3], m.amount)',
      '$19.99\t$\t19.99\t19.99',
    ],
    [
      'AC-154',
      'print(json.encode(regex.match_all("foo123bar456baz","(\\\\d+)")), json.encode(regex.match_all("a","b")))',
      '[["123","456"],["123","456"]]\t[]',
    ],
    [
      'AC-155',
      'print(regex.gsub("  hello   world  ","\\\\s+"," ") .. "|" .. regex.gsub("aaa","a","b",2) .. "|" .. regex.gsub("ab","(a)(b)","$2$1"))',
      ' hello world |bba|ba',
    ],
  ])('%s %s', async (_case, code, output) => {
    expect(await run(code)).toMatchObject({ success: true, code: 0, output, error: null, error_detail: null });
  });

  test.each([
    ['AC-101', 'return 42', [42]],
    ['AC-101', 'return "hello"', ['hello']],
    ['AC-101', 'return 10*5+3, 10/2', [53, 5]],
    [
      'AC-101',
      'local function fibonacci(n) if n < 2 then return n end return fibonacci(n-1) + fibonacci(n-2) end return fibonacci(10)',
      [55],
    ],
    ['AC-102', 'return {10,20,30}', [[10, 20, 30]]],
    ['AC-102', 'return {outer={inner="deep"}}', [{ outer: { inner: 'deep' } }]],
    ['AC-102', 'print("logged"); return "result"', ['result']],
    ['no return', 'local x = 1', null],
  ])('%s %s', async (_case, code, result) => {
    expect((await run(code)).result).toEqual(result);
  });

  test.each([
    ['AC-103', 'error("something went wrong")', 'SCRIPT_ERROR', 'something went wrong', 1],
    ['AC-103', 'function(', 'SYNTAX_ERROR', 'eval:1:', 1],
    ['AC-103', 'return "hello"+5', 'SCRIPT_ERROR', 'arithmetic', 1],
    ['AC-126', 'app.tools.bash({command = "id"})', 'UNKNOWN_FUNCTION', 'Unknown function: app.tools.bash', 1],
    ['AC-144', 'docs.read()', 'INVALID_ARGUMENTS', 'eval:1: docs.read: expected a page name', 1],
    ['AC-144', 'docs.search(("ab "):rep(1000))', 'INVALID_ARGUMENTS', 'eval:1: docs.search: the text is longer than 1000 characters', 1],
    ['AC-144', 'docs.search(5)', 'INVALID_ARGUMENTS', 'eval:1: docs.search: expected words', 1],
    ['AC-144', '\nlua_read_doc(print)', 'INVALID_ARGUMENTS', 'eval:2: argument 1 is a function', 1],
    ['AC-144', '\nlua_read_doc("")', 'INVALID_ARGUMENTS', 'eval:2: lua_read_doc: expected a page name', 1],
    ['AC-144', '\nmcp.call()', 'INVALID_ARGUMENTS', 'eval:2: mcp.call: expected the name of a tool', 1],
    ['AC-144', 'local f = mcp.schema\nf({})', 'INVALID_ARGUMENTS', 'eval:2: mcp.schema: expected the name of a tool', 1],
    ['AC-146', 'json.decode(5)', 'SCRIPT_ERROR', 'json.decode: expected string, got number', 1],
    ['AC-156', 'regex.match(nil,"x")', 'SCRIPT_ERROR', 'regex.match: expected string subject, got nil', 1],
    ['AC-157', 'regex.match("a","(")', 'SCRIPT_ERROR', 'bad pattern', 1],
  ])('%s %s fails', async (_case, script, kind, message, exitCode) => {
    const { code, success, result, error, error_detail } = await run(script);
    expect({ code, success, result, kind: error_detail?.code }).toEqual({ code: exitCode, success: false, result: null, kind });
    expect(error).toContain(message);
    expect(error).not.toContain('.ts');
    expect(error).not.toContain('node_modules');
  });

  test('AC-106 output printed before an error is reported with it', async () => {
    expect(await run('print("first") error("then")')).toMatchObject({ output: 'first', success: false, error: 'eval:1: then' });
  });
});

describe('limits', () => {
  test.each([
    ['while true do end', 'CPU_LIMIT'],
    ['while true do pcall(function() while true do end end) end', 'CPU_LIMIT'],
    ['string.find(string.rep("a", 40), string.rep("a-", 20) .. "b")', 'CPU_LIMIT'],
    ['regex.match(("a"):rep(40) .. "b", "(a+)+$")', 'CPU_LIMIT'],
    ['string.rep("x", 2^31-1)', 'MEMORY_LIMIT'],
    ["local s='x' while true do s=s..s end", 'MEMORY_LIMIT'],
    ['local t = {} while true do t[#t + 1] = {} end', 'MEMORY_LIMIT'],
  ])('%s ends at its limit, exit code 6', async (script, kind) => {
    const { code, error_detail } = await run(script, ['--cpu-limit', kind === 'CPU_LIMIT' ? '0.3' : '20', '--memory-limit', '64MiB']);
    expect({ code, kind: error_detail?.code, line: error_detail?.line }).toEqual({ code: 6, kind, line: 1 });
  });

  test('AC-104 a megabyte is enough for a small script and not for a million items', async () => {
    expect((await run('local t = {} for i = 1, 1e6 do t[i] = i end', ['--memory-limit', '1MB'])).error_detail?.code).toBe('MEMORY_LIMIT');
    expect((await run('print("small")', ['--memory-limit', '1MB'])).output).toBe('small');
  });

  test('AC-105 sizes and seconds are read, and anything else is a usage error', async () => {
    expect((await run('return 1', ['--memory-limit=67108864', '--cpu-limit=10'])).code).toBe(0);
    for (const wrong of [['--memory-limit=abc'], ['--memory-limit=-1'], ['--cpu-limit=0'], ['--timeout=soon']]) {
      const { code, error_detail } = await run('return 1', wrong);
      expect({ code, kind: error_detail?.code }).toEqual({ code: 2, kind: 'USAGE' });
    }
  });

  test('--timeout bounds a script that waits', async () => {
    const { code, error_detail } = await run('sleep(60)', ['--timeout', '0.2']);
    expect({ code, kind: error_detail?.code }).toEqual({ code: 6, kind: 'TIMEOUT' });
  });
});

describe('where the code comes from', () => {
  test('AC-111 without code the message says how to give some, exit code 2', async () => {
    const { code, stderr, stdout } = await kosmo(['integrations:lua']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('Provide a Lua file, --eval code, or pipe Lua code on stdin');
    expect(await lua([])).toMatchObject({ code: 2, success: false, error_detail: { code: 'USAGE' } });
  });

  test('AC-112 a file, a pipe, or - for the pipe', async () => {
    const file = path.join(folder, 'hello.lua');
    writeFileSync(file, '#!/usr/bin/env kosmo\nprint("from", ...)\nlocal x = nil\n');
    expect((await lua([file])).output).toBe('from');
    expect((await lua([], { stdin: 'print("piped")' })).output).toBe('piped');
    expect((await lua(['-'], { stdin: 'print("dash")' })).output).toBe('dash');
  });

  test('AC-112 a missing file, a folder, and two sources at once are usage errors', async () => {
    const missing = path.join(folder, 'none.lua');
    expect(await lua([missing])).toMatchObject({ code: 2, success: false, error: `Lua file not found: ${missing}` });
    expect((await lua([folder])).error).toBe(`Lua file is a directory: ${folder}`);
    expect((await lua(['a.lua', '-e', 'return 1'])).error).toContain('not both');
  });

  test('messages name the file and the line', async () => {
    const file = path.join(folder, 'broken.lua');
    writeFileSync(file, 'local x = 1\nerror("here")\n');
    expect(await lua([file])).toMatchObject({ error: `${file}:2: here`, error_detail: { line: 2 } });
  });

  test('--input and --arg are the global input', async () => {
    const file = path.join(folder, 'input.json');
    writeFileSync(file, '{"list": [], "n": 5}');
    expect((await run('return input', ['--input', `@${file}`, '--arg', 'name=Ship it', '--arg', 'n=7'])).result).toEqual([
      { list: [], n: '7', name: 'Ship it' },
    ]);
    expect((await run('return input')).result).toEqual([{}]);
    for (const wrong of [
      ['--input', '{bad'],
      ['--arg', 'novalue'],
      ['--input', '[1]', '--arg', 'a=b'],
      ['--input', '@/nowhere.json'],
    ]) {
      expect((await run('return 1', wrong)).code).toBe(2);
    }
  });
});

describe('what people and programs see', () => {
  test('without --json output comes as it is printed, then the values; errors go to stderr', async () => {
    const good = await kosmo(['integrations:lua', '-e', 'print("a", {1}) return "text", {x = 1}, 10/2']);
    expect(good).toEqual({ code: 0, stdout: 'a\t[\n  1\n]\ntext\n{\n  "x": 1\n}\n5\n', stderr: '' });
    const bad = await kosmo(['integrations:lua', '-e', 'print("before") app.integrations.agora.query_recording({})']);
    expect(bad).toMatchObject({ code: 3, stdout: 'before\n' });
    expect(bad.stderr).toMatch(/^error: .*not configured.*\nhint: kosmo integrations:configure agora, or export AGORA_CUSTOMER_ID/);
  });

  test('an error deep in functions shows where it came from', async () => {
    const { stderr } = await kosmo(['integrations:lua', '-e', 'local function f() error("deep") end\nf()']);
    expect(stderr).toContain('error: eval:1: deep\nstack traceback:\n');
    expect(stderr).toContain('eval:2: in main chunk');
  });

  test('output keeps its bytes', async () => {
    expect((await kosmo(['integrations:lua', '-e', 'print("<info>é😀</info> \\\\<")'])).stdout).toBe('<info>é😀</info> \\<\n');
  });

  test('--pretty indents the document', async () => {
    const { stdout } = await kosmo(['integrations:lua', '-e', 'return 1', '--json', '--pretty']);
    expect(stdout.split('\n')[1]).toBe('  "success": true,');
  });

  test('--version and --help work, and help has examples', async () => {
    expect((await kosmo(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    for (const args of [['--help'], ['integrations:lua', '--help'], ['agora:emulator', '--help'], []]) {
      const { code, stdout } = await kosmo(args);
      expect(code).toBe(0);
      expect(stdout).toContain('Examples:');
    }
  });

  test.each([
    [['integrations:lua', '--nope', '--json'], "unknown option '--nope'"],
    [['integrations:lua', '--evil', 'x', '--json'], 'did you mean --eval'],
    [['integrations:lau', '--json'], "unknown command 'integrations:lau'"],
  ])('%j is a usage error in the form that was asked for', async (args, message) => {
    const { code, stdout } = await kosmo(args);
    const document = JSON.parse(stdout) as { success: boolean; error: string; error_detail: { code: string } };
    expect({ code, success: document.success, kind: document.error_detail.code }).toEqual({ code: 2, success: false, kind: 'USAGE' });
    expect(document.error).toContain(message);
  });

  test('a wrong option of a declared command names the flag', async () => {
    const { code, stdout, stderr } = await kosmo(['agora:emulator', '--port', 'x']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toBe("error: --port must be an integer from 0 to 65535, not 'x'\n");
  });

  test('AC-235 two runs of one script print the same', async () => {
    const code =
      'local t = {} for i = 1, 50 do t["k" .. i * 7919 % 101] = {i} end print(t, print, coroutine.create(print), function() end)';
    const fresh = async (): Promise<string> => (await luaProcess(['-e', code])).output;
    expect(await fresh()).toBe(await fresh());
  });
});

describe('docs', () => {
  test('AC-006 the page of agora', async () => {
    const { output, integration_calls } = await run('print(docs.read("agora"))', [], ACTIVE);
    expect(output.startsWith('agora\n')).toBe(true);
    expect(output).toContain('Status: active');
    expect(output).toContain('Accounts: default, work');
    expect(output).toContain('kosmo integrations:agora acquire_recording_resource --cname=value --uid=value');
    for (const name of [
      'acquire_recording_resource',
      'start_recording',
      'query_recording',
      'update_recording',
      'update_recording_layout',
      'stop_recording',
      'get_notification_ips',
    ]) {
      expect(output).toContain(`\n  ${name} `);
    }
    expect(output).toContain('Recording Workflow');
    expect(integration_calls).toEqual([]);
  });

  test('AC-007 the page of a function', async () => {
    const { output } = await run('print(docs.read("agora.acquire_recording_resource"))', [], ACTIVE);
    expect(output).toContain('Operation: write');
    expect(output).toContain('app.integrations.agora.acquire_recording_resource(');
    const rows = [...output.matchAll(/^ {2}(\w+) +(string|integer|number|object) +(required|optional) /gm)].map(
      ([, name, type, need]) => `${name} ${type} ${need}`,
    );
    expect(rows).toEqual([
      'cname string required',
      'uid string required',
      'scene integer optional',
      'resource_expired_hour number optional',
      'start_parameter object optional',
      'client_request object optional',
    ]);
  });

  test('AC-143 a page has several names, lua_read_doc is one of docs.read', async () => {
    const code = `local page = docs.read("agora")
      for _, name in ipairs{"integrations.agora", "app.integrations.agora", "agora.default"} do print(docs.read(name) == page) end
      print(lua_read_doc("integrations.agora") == page, docs.read("integrations.agora.production") == page)
      print(docs.read("app.integrations.agora.start_recording") == docs.read("agora.start_recording"))`;
    expect((await run(code)).output).toBe('true\ntrue\ntrue\ntrue\tfalse\ntrue');
  });

  test('AC-141 the list and the search', async () => {
    const { output } = await run('print(docs.list()) print("--") print(docs.search("recording")) print("--") print(docs.search("zzz"))');
    const [list = '', found = '', nothing = ''] = output.split('\n--\n');
    expect(list).toContain('Providers: agora');
    for (const guide of ['overview', 'emulator', 'errors', 'limits']) expect(list).toContain(`\n  ${guide} `);
    const lines = found.split('\n');
    expect(lines.length).toBeLessThanOrEqual(20);
    expect(lines[0]).toMatch(/^agora\.\w+ - .+/);
    expect(nothing).toBe("No results found for 'zzz'.");
  });

  test('the search knows parameters and the text of pages, and corrects a slip', async () => {
    const search = async (words: string) => (await run(`print(docs.search("${words}"))`)).output.split('\n');
    expect((await search('resource_expired_hour'))[0]).toMatch(/^agora\.acquire_recording_resource - /);
    expect(await search('backuped extensionServiceState')).toEqual(['agora - Agora Cloud Recording']);
    expect(await search('max_idle_time')).toContain('agora - Agora Cloud Recording');
    expect(await search('layuot')).toEqual(["No results found for 'layuot'. Did you mean: layout?"]);
    expect(await search('maxIdelTime')).toEqual(["No results found for 'maxIdelTime'. Did you mean: maxIdleTime?"]);
  });

  test('a page tells whether the integration can be used, and how', async () => {
    const code = 'print(docs.read("agora"):match("Status: [^\\n]*"))';
    expect((await run(code)).output).toBe(
      'Status: inactive (kosmo integrations:configure agora, or set AGORA_CUSTOMER_ID, AGORA_CUSTOMER_SECRET, AGORA_APP_ID, or run with --emulator)',
    );
    expect((await run(code, ['--emulator'])).output).toBe('Status: active (emulator)');
    expect((await run(code, [], ACTIVE)).output).toBe('Status: active');
  });

  test('AC-142 an unknown page is a sentence, not an error', async () => {
    expect((await run('print(docs.read("nope"))')).output).toBe("No integration docs found for 'nope'.");
    expect((await run('print(docs.read("agora.start_recordin"))')).output).toContain('Did you mean: agora.start_recording');
  });

  test('the guides are read as they stand', async () => {
    const { output } = await run(
      'for _, name in ipairs{"overview", "errors", "limits"} do print((docs.read(name):match("^# [^\\n]+"))) end',
    );
    expect(output.split('\n')).toHaveLength(3);
  });
});
