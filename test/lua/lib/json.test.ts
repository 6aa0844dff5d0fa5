import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type JsonValue, parseJsonExactly } from '../../../src/json/index.ts';
import { AMPLE_CPU_MS, computedMs } from '../../helpers/computing.ts';
import { errorOf, run, valuesOf } from '../../helpers/run-lua.ts';

// All JSON values, with keys and strings of any characters; a number that JSON writes is one that it reads back.
const anyString = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: fc.constantFrom('"', '\\', '/', '\b', '\f', '\n', '\r', '\t', '\0', '\x1f', '\x7f', '\u2028', '\ufeff', 'é', '😀') }),
);
const anyNumber = fc.oneof(fc.integer(), fc.maxSafeInteger(), fc.double({ noNaN: true, noDefaultInfinity: true }));
const { value: anyJson } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(null, true, false),
    anyNumber,
    anyString,
    fc.array(tie('value'), { maxLength: 6 }),
    fc.dictionary(fc.oneof(anyString, fc.constantFrom('__proto__', 'constructor', '1', '')), tie('value'), { maxKeys: 6 }),
  ),
})) as { value: fc.Arbitrary<JsonValue> };
const runs = { numRuns: 300 };

describe('what JSON.stringify writes and JSON.parse reads', () => {
  test('is read to the same values', async () => {
    await fc.assert(
      fc.asyncProperty(anyJson, fc.constantFrom(undefined, 2, '\t', '\r\n'), async (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        const [again] = (await valuesOf('return json.encode(json.decode(input, {null = true}))', { input: text })) as [string];
        expect(JSON.parse(again)).toEqual(parseJsonExactly(text));
      }),
      runs,
    );
  });

  test('is written the same, to the byte', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyJson.filter((value) => !hasNull(value)),
        async (value) => {
          const code = 'return json.encode(input), json.encode(input, {pretty = true})';
          expect(await valuesOf(code, { input: value })).toEqual([JSON.stringify(value), JSON.stringify(value, null, 2)]);
        },
      ),
      runs,
    );
  });

  test('arrives the same through a host call, whichever way it takes', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyJson.filter((value) => !hasNull(value)),
        async (value) => {
          const code = 'return json.encode(host.now(json.decode(input))), json.encode(json.decode(input))';
          const [there, here] = (await valuesOf(code, { input: JSON.stringify(value) })) as [string, string];
          expect(JSON.parse(there)).toEqual(JSON.parse(here));
        },
      ),
      { numRuns: 100 },
    );
  });

  test('and only that is read', async () => {
    const code = 'local ok, what = pcall(json.decode, input) return ok, ok and "" or what';
    const texts = fc.oneof(
      fc.string({ unit: fc.constantFrom(...'{}[]",:0123.eE+-truefalsn\\u \n') }),
      fc.tuple(anyJson, fc.nat(), fc.constantFrom('', ',', '"', '}', '0', '\\', '\n')).map(([value, at, more]) => {
        const text = JSON.stringify(value);
        const cut = at % (text.length + 1);
        return text.slice(0, cut) + more + text.slice(cut + 1);
      }),
    );
    await fc.assert(
      fc.asyncProperty(
        texts.filter((text) => !/\p{Surrogate}/u.test(text)),
        async (text) => {
          const [ok, message] = (await valuesOf(code, { input: text })) as [boolean, string];
          if (ok) parseJsonExactly(text);
          else {
            expect(() => parseJsonExactly(text)).toThrow(SyntaxError);
            expect(message).toMatch(/^json\.decode: invalid JSON at line \d+, column \d+: /);
          }
        },
      ),
      { numRuns: 1000 },
    );
  });
});

function hasNull(value: JsonValue): boolean {
  if (value === null) return true;
  return typeof value === 'object' && Object.values(value).some(hasNull);
}

describe('json.decode', () => {
  test.each([
    ['-0', '1/json.decode(input) < 0', true],
    ['[-0]', 'json.encode(json.decode(input))', '[0]'],
    ['1e400', 'json.decode(input) == math.huge', true],
    ['-1E+400', 'json.decode(input) == -math.huge', true],
    ['1e-400', 'json.decode(input)', 0],
    ['1e999999999999', 'json.decode(input) == math.huge', true],
    ['1E2', 'math.type(json.decode(input))', 'integer'],
    ['2147483648', 'json.decode(input)', 2147483648],
    ['123456789012345', 'json.decode(input)', 123456789012345],
    ['9007199254740991', 'json.decode(input)', 9007199254740991],
    ['9007199254740992', 'json.decode(input)', '9007199254740992'],
    ['-9007199254740993', 'json.decode(input)', '-9007199254740993'],
    ['0.1234567890123456789', 'json.decode(input)', 0.12345678901234568],
    ['"\\ud83d\\ude00\\u00e9\\u0041\\/\\b"', 'json.decode(input)', '😀éA/\b'],
    ['"\\u0000"', '#json.decode(input)', 1],
    ['{"a":1,"b":2,"a":3}', 'json.encode(json.decode(input))', '{"a":3,"b":2}'],
    ['{"a":1,"b":2,"a":null}', 'json.encode(json.decode(input))', '{"b":2}'],
    ['{"a":1,"a":null}', 'next(json.decode(input))', null],
    ['{"b":1,"a":2,"b":null,"c":3,"b":4}', 'json.encode(json.decode(input))', '{"a":2,"c":3,"b":4}'],
    ['{"\\u0061":1,"a":2}', 'json.encode(json.decode(input))', '{"a":2}'],
    ['{"10":1,"9":2}', 'json.encode(json.decode(input))', '{"10":1,"9":2}'],
    ['{"__proto__":{"x":1}}', 'json.decode(input)["__proto__"].x', 1],
    [' \t\r\n[ 1 , { "a" : [ ] } ] ', 'json.encode(json.decode(input))', '[1,{"a":[]}]'],
    ['"x"', '#json.decode(input .. (" "):rep(100))', 1],
  ])('%s: %s', async (text, expression, value) => {
    expect(await valuesOf(`return (${expression})`, { input: text })).toEqual([value]);
  });

  test.each([
    ['', 1, 1, 'the text ends where a value should be'],
    ['\n\n  tru', 3, 6, "the text ends where 'true' should end"],
    ['nul!', 1, 4, "unexpected '!' where 'null' should end"],
    ['[1,]', 1, 4, "unexpected ']' where a value should be"],
    ['[1 2]', 1, 4, "unexpected '2' where ',' or ']' should be"],
    ['{"a" 1}', 1, 6, "unexpected '1' where ':' should be"],
    ['{"a":1,}', 1, 8, "unexpected '}' where a field name in double quotes should be"],
    ["{'a':1}", 1, 2, "unexpected ''' where a field name in double quotes should be"],
    ['[\n  "é", x]', 2, 8, "unexpected 'x' where a value should be"],
    ['[NaN]', 1, 2, "unexpected 'N' where a value should be"],
    ['1 😀', 1, 3, "unexpected '😀' after the end of the value"],
    ['\ufeff1', 1, 1, 'unexpected byte order mark where a value should be'],
    ['\0', 1, 1, 'unexpected byte 0 where a value should be'],
    ['+1', 1, 1, "unexpected '+' where a value should be"],
    ['01', 1, 1, "malformed number '01'"],
    ['[-]', 1, 2, "malformed number '-'"],
    ['1.', 1, 1, "malformed number '1.'"],
    ['1e+', 1, 1, "malformed number '1e+'"],
    ['0x1', 1, 2, "unexpected 'x' after the end of the value"],
    ['"abc', 1, 5, 'the text ends inside a string'],
    ['"abc\\"', 1, 7, 'the text ends inside a string'],
    ['"a\nb"', 1, 3, 'a control character (byte 10) inside a string; it must be escaped'],
    ['["a\\qb"]', 1, 4, "malformed escape '\\qb'"],
    ['"\\u12"', 1, 2, "malformed escape '\\u12'"],
    ['[]]', 1, 3, "unexpected ']' after the end of the value"],
  ])('refuses %j', async (text, line, column, what) => {
    const [ok, message] = (await valuesOf('return pcall(json.decode, input)', { input: text })) as [boolean, string];
    expect({ ok, message }).toEqual({ ok: false, message: `json.decode: invalid JSON at line ${line}, column ${column}: ${what}` });
  });

  test.each([513, 1_000_000])('refuses %i levels of nesting', async (levels) => {
    const message = 'json.decode: invalid JSON at line 1, column 513: nested more than 512 levels deep';
    const code = 'return pcall(json.decode, input), select(2, pcall(json.decode, input .. ("]"):rep(#input)))';
    expect(await valuesOf(code, { input: '['.repeat(levels) })).toEqual([false, message]);
  });

  test('refuses bytes that are not UTF-8, with their position', async () => {
    expect((await errorOf('json.decode("\\"ab\\xff\\"")')).message).toContain('json.decode: the text is not valid UTF-8 at byte 4.');
  });

  test('reads 512 levels, and they can be written again', async () => {
    const text = `${'[{"a":'.repeat(256)}1${'}]'.repeat(256)}`;
    expect(await valuesOf('return json.encode(json.decode(input)) == input', { input: text })).toEqual([true]);
  });

  test('reads a hundred thousand keys', async () => {
    const text = JSON.stringify(Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`key ${index}`, index])));
    const code = 'local t = json.decode(input) return t["key 77777"], json.encode(t) == input';
    expect(await valuesOf(code, { input: text })).toEqual([77777, true]);
  });

  test('makes tables that behave as any other', async () => {
    const code = `local t = json.decode('{"a":1,"b":2,"c":3,"list":[1,2,3]}')
      for k in pairs(t) do if k ~= "list" then t[k] = nil end end
      t.d, t.a = 4, 5
      table.insert(t.list, 1, 0) table.remove(t.list)
      local other = json.decode('{"a":1,"b":"a"}')
      return json.encode(t), #t.list, t.a, other.a, other[other.b]`;
    expect(await valuesOf(code)).toEqual(['{"list":[0,1,2],"a":5,"d":4}', 3, 5, 1, 1]);
  });

  test('strings of one text do not change with another', async () => {
    const code = `local kept = {}
      for i = 1, 300 do kept[i] = json.decode('{"key' .. i .. '":["value ' .. i .. '","' .. ("x"):rep(i) .. '"]}') end
      for i = 1, 300 do
        local pair = kept[i]["key" .. i]
        assert(pair[1] == "value " .. i and pair[2] == ("x"):rep(i))
      end`;
    expect(await valuesOf(code)).toBeNull();
  });
});

describe('json.encode', () => {
  test.each([
    ['{a = {b = function() end}}', 'the value.a.b is a function; only strings, numbers, booleans and tables can be passed on.'],
    ['{a = {1, nil, 3}}', 'the value.a is an array with holes: its keys are not 1, 2, 3 … without a gap.'],
    ['{a = {{1, x = 2}}}', 'the value.a[1] mixes array items with named fields; JSON has arrays or objects, not both.'],
    ['{x = 1, 2}', 'the value mixes array items with named fields; JSON has arrays or objects, not both.'],
    ['{[true] = 1}', 'the value mixes array items with named fields; JSON has arrays or objects, not both.'],
    ['{a = 0/0}', 'the value.a is NaN, which JSON cannot hold.'],
    ['{{b = -1/0}}', 'the value[1].b is infinite, which JSON cannot hold.'],
    ['{a = "ok\\xffbad"}', 'the value.a is not valid UTF-8 at byte 3.'],
    ['"\\xed\\xa0\\x80"', 'the value is not valid UTF-8 at byte 2.'],
    ['{a = {{["\\xff"] = 1}}}', 'a key of the value.a[1] is not valid UTF-8 at byte 1.'],
    ['coroutine.create(print)', 'the value is a thread; only strings, numbers, booleans and tables can be passed on.'],
    ['(function() local t = {} t.a = {t} return t end)()', 'the value.a[1] refers back to a table that contains it (a cycle).'],
    ['(function() local t = {} for i = 1, 512 do t = {t} end return t end)()', 'is nested more than 512 levels deep.'],
  ])('refuses %s by name', async (expression, message) => {
    const error = await errorOf(`json.encode(${expression})`);
    expect(error.message).toContain('test:1: json.encode: the value'.slice(0, message.startsWith('a key') ? 21 : undefined));
    expect(error.message).toContain(message);
  });

  test.each([
    ['json.encode((function() local t = {} t[3], t[2], t[1] = "c", "b", "a" return t end)())', '["a","b","c"]'],
    ['json.encode{json.null, json.array(), json.object(), {}}', '[null,[],{},{}]'],
    ['json.encode(json.array(), {pretty = true})', '[]'],
    ['json.encode({a = {{}}}, {pretty = true})', '{\n  "a": [\n    {}\n  ]\n}'],
    ['json.encode{-1, 0, -0.0, 2147483647, 2147483648, 10, 1e21, 1e-7, 0.1, 9007199254740991}', undefined],
    ['(function() local t = {1} return json.encode{t, t} end)()', '[[1],[1]]'],
    ['#json.encode(("\\1"):rep(100000))', 600_002],
    ['json.encode(nil)', 'null'],
  ])('%s', async (expression, value) => {
    const numbers = JSON.stringify([-1, 0, -0, 2147483647, 2147483648, 10, 1e21, 1e-7, 0.1, 9007199254740991]);
    expect(await valuesOf(`return ${expression}`)).toEqual([value ?? numbers]);
  });
});

describe('limits', () => {
  const cpuMs = 300;
  test.each([
    ['a huge array', 'json.decode("[" .. ("0,"):rep(3e6) .. "0]")'],
    ['many objects', 'json.decode("[" .. (\'{"a":{}},\'):rep(1e6) .. "0]")'],
    ['strings that are all different', 'local t = {} for i = 1, 3e5 do t[i] = i .. "" end json.decode(json.encode(t))'],
    ['a table that is shared so often that its text has no end', 'local t = {} for i = 1, 40 do t = {t, t} end json.encode(t)'],
    ['control characters', 'local s = ("\\1"):rep(2e6) json.encode{s, s, s, s}'],
  ])('%s: the memory limit ends it, and the process goes on', async (_, code) => {
    const { error } = await run(`pcall(function() ${code} end)`, { limits: { memoryBytes: 32 * 2 ** 20, cpuMs: AMPLE_CPU_MS } });
    expect(error?.code).toBe('MEMORY_LIMIT');
  });

  test.each([
    ['json.decode', 'local list = "[" .. ("{},"):rep(3e6) .. "0]" json.decode(list)'],
    ['json.encode', 'local t = {} for i = 1, 40 do t = {t, t} end json.encode(t)'],
  ])('%s ends with the CPU limit', async (_, code) => {
    const started = computedMs();
    const { error } = await run(`pcall(function() ${code} end)`, { limits: { memoryBytes: 2 ** 31, cpuMs } });
    expect(error?.code).toBe('CPU_LIMIT');
    expect(computedMs() - started).toBeLessThan(cpuMs + 1000);
  });

  test('a string of fifty megabytes is read within them', async () => {
    const code = 'return #json.decode(\'"\' .. ("a"):rep(5e7) .. \'"\')';
    expect(await valuesOf(code, { limits: { memoryBytes: 2 ** 29 } })).toEqual([5e7]);
  });
});

test.each([
  ['a high half', '["a\\ud83db"]', 4],
  ['a low half', '["\\ude00"]', 3],
  ['the halves in the wrong order', '["\\ude00\\ud83d"]', 3],
  ['a high half before another escape', '["\\ud83d\\u0041"]', 3],
  ['a half before a pair', '["\\ud83d\\ud83d\\ude00"]', 3],
  ['a half in the name of a member', '{"\\ud83d":1}', 3],
])('JSON with %s alone is refused with its place', async (_, text, column) => {
  const { error } = await run(`json.decode(${JSON.stringify(text).replaceAll('\\\\u', '\\\\u')})`, {});
  expect(error?.message).toMatch(new RegExp(`invalid JSON at line 1, column ${column}: half of a surrogate pair`));
  expect(() => parseJsonExactly(text)).toThrow(`half of a surrogate pair in JSON at position ${column - 1}`);
});
