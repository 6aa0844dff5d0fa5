import { expect, test } from 'vitest';
import { errorOf, outputOf, run, valuesOf } from '../../helpers/run-lua.ts';

test.each([
  ['print("hello world")', 'hello world'],
  ['print("a", "b", "c")', 'a\tb\tc'],
  ['print(1) print(2) print(3)', '1\n2\n3'],
  ['print(nil, true)', 'nil\ttrue'],
  ['print()', ''],
  ['print({1,"two",{3,4}})', '[\n  1,\n  two,\n  [\n    3,\n    4\n  ]\n]'],
  ['dump({a={b=1}})', '{\n  a: {\n    b: 1\n  }\n}'],
  ['print({})', '{}'],
  ['print({b=1, a=2, [10]="x", [2]="y", [true]=3})', '{\n  2: y,\n  10: x,\n  a: 2,\n  b: 1,\n  true: 3\n}'],
  ['local t = {} t.self = t print(t)', '{\n  self: <circular>\n}'],
  ['local s = {1} print({s, s})', '[\n  [\n    1\n  ],\n  [\n    1\n  ]\n]'],
  ['print(json.null, {json.null})', 'null\t[\n  null\n]'],
  ['print(setmetatable({}, {__tostring = function() return "me" end}))', 'me'],
  ['local t = {x=1} print(tostring(t) == "{\\n  x: 1\\n}")', 'true'],
  ['print(type(print), tostring(print):match("^function: 0x") )', 'function\tfunction: 0x'],
  [
    'print(tostring(print) == tostring(print), tostring(print) == tostring(assert), tostring(json.encode):match("builtin"))',
    'true\tfalse\tnil',
  ],
  [
    'print(string.format("%s", print) == tostring(print), string.format("%s", {1}) == tostring({1}), string.format("%s", json.null))',
    'true\ttrue\tnull',
  ],
  ['print((tostring(setmetatable({1}, {__name = "Point"})):gsub("0x%x+", "ADDR")))', 'Point: ADDR'],
  [
    'local function f() end print(tostring(f) == string.format("%s", f), tostring(coroutine.create(f)):match("^thread: 0x"))',
    'true\tthread: 0x',
  ],
  ['print("é😀")', 'é😀'],
])('%s prints what the reference page says', async (code, output) => {
  expect(await outputOf(code)).toBe(output);
});

test.each([
  ['10/2', '5'],
  ['0.1+0.2', '0.30000000000000004'],
  ['7//2', '3'],
  ['86400*1000*30', '2592000000'],
  ['3000000000+1', '3000000001'],
  ['-2147483648 - 1', '-2147483649'],
  ['2^53', '9007199254740992'],
  ['1562724971626', '1562724971626'],
  ['4294967295', '4294967295'],
  ['1e15', '1000000000000000'],
  ['1e100', '1e+100'],
  ['-0.0', '-0'],
  ['1/0', 'inf'],
  ['-1/0', '-inf'],
  ['0 * -1', '0'],
  ['"n" .. 10/2', 'n5'],
])('the number %s prints as %s', async (expression, text) => {
  expect(await outputOf(`print(${expression})`)).toBe(text);
});

test('dump returns its argument, the very same table', async () => {
  expect(await valuesOf('local t = {1} return dump(t) == t')).toEqual([true]);
});

test('output printed before an error is kept', async () => {
  const { output, error, result } = await run('print("before") error("stop")');
  expect({ output, result, message: error?.message }).toEqual({ output: 'before', result: null, message: 'test:1: stop' });
});

test('lines reach the caller as they are printed, byte for byte', async () => {
  const lines: string[] = [];
  await outputOf('print("a\\xff", 1) print("b")', { onLine: (line) => lines.push(Buffer.from(line).toString('latin1')) });
  expect(lines).toEqual(['a\xff\t1', 'b']);
});

test('output longer than the limit is cut at a character and marked', async () => {
  const { output, outputCut, error } = await run('for i = 1, 100 do print("éééé") end', { limits: { outputBytes: 50 } });
  expect(error).toBeUndefined();
  expect(outputCut).toBe(true);
  expect(output).toBe(`${'éééé\n'.repeat(5)}éé\n[output cut here: it is longer than the limit]`);
});

test('a table that is shared so often that its text would fill memory passes the memory limit instead', async () => {
  const error = await errorOf('local t = {"x"} for i = 1, 60 do t = {t, t} end print(t)', { limits: { memoryBytes: 32 * 2 ** 20 } });
  expect(error.code).toBe('MEMORY_LIMIT');
});
