import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonValue } from '../../src/json/index.ts';
import { errorOf, outputOf, run, valuesOf } from '../helpers/run-lua.ts';

describe('returned values', () => {
  test.each([
    ['return 42', [42]],
    ['return "hello"', ['hello']],
    ['return 10*5+3', [53]],
    ['local function f(n) return n < 2 and n or f(n-1) + f(n-2) end return f(10)', [55]],
    ['return {10,20,30}', [[10, 20, 30]]],
    ['return {outer={inner="deep"}}', [{ outer: { inner: 'deep' } }]],
    ['return 1, nil, "x"', [1, null, 'x']],
    ['return nil', [null]],
    ['local x = 1', null],
    ['return {}', [{}]],
    ['return json.array()', [[]]],
    ['return {__proto__ = 1, constructor = 2}', [JSON.parse('{"__proto__":1,"constructor":2}')]],
  ])('%s', async (code, result) => {
    expect(await valuesOf(code)).toEqual(result);
  });
});

describe('arguments of a host call', () => {
  test.each([
    ['{}', {}],
    ['json.array{}', []],
    ['json.decode("[]")', []],
    ['{1, 2}', [1, 2]],
    ['{a = {}, b = json.null}', { a: {}, b: null }],
    ['4294967295', 4294967295],
    ['10/2', 5],
    ['nil', null],
    ['"é😀"', 'é😀'],
  ])('%s arrives as JSON', async (expression, value) => {
    const seen: unknown[] = [];
    const globals = { take: { kind: 'function' as const, call: (args: unknown) => seen.push(args) } };
    await valuesOf(`take(${expression})`, { globals });
    expect(seen).toEqual([[value]]);
  });

  test.each([
    ['{a = {b = function() end}}', 'a.b is a function; only strings, numbers, booleans and tables can be passed on.'],
    ['{a = {1, nil, 3}}', 'a is an array with holes: its keys are not 1, 2, 3 … without a gap.'],
    ['{a = {1, x = 2}}', 'a mixes array items with named fields; JSON has arrays or objects, not both.'],
    ['{a = 0/0}', 'a is NaN, which JSON cannot hold.'],
    ['{a = {{b = 1/0}}}', 'a[1].b is infinite, which JSON cannot hold.'],
    ['{a = "ok\\xffbad"}', 'a is not valid UTF-8 at byte 3.'],
    ['{[1.5] = 1}', 'the table is an array with holes: its keys are not 1, 2, 3 … without a gap.'],
    ['"x", function() end', 'argument 2 is a function; only strings, numbers, booleans and tables can be passed on.'],
    ['coroutine.create(print)', 'argument 1 is a thread; only strings, numbers, booleans and tables can be passed on.'],
  ])('%s is refused by name', async (expression, message) => {
    const error = await errorOf(`host.echo(${expression})`);
    expect(error.code).toBe('INVALID_ARGUMENTS');
    expect(error.message).toBe(message);
  });

  test.each([
    ['host.echo({a = json})', 'a is json, which holds functions; only data can be passed on.'],
    ['json.encode({docs = {host}})', 'docs[1] is host, which holds functions; only data can be passed on.'],
    ['return host', 'the returned value is host, which holds functions; only data can be passed on.'],
  ])('%s is refused: a table of the host is no data', async (code, message) => {
    expect((await errorOf(code)).message).toContain(message);
  });

  test('dump shows a table of the host as what it is', async () => {
    expect(await outputOf('dump({h = host, e = {}})')).toBe('{\n  e: {},\n  h: <host>\n}');
  });

  test('a cycle is refused by the path that closes it', async () => {
    expect((await errorOf('local t = {} t.a = {t} host.echo(t)')).message).toBe('a[1] refers back to a table that contains it (a cycle).');
  });
});

test('JSON values survive the way into Lua and back', async () => {
  const json = fc.jsonValue({ maxDepth: 5 }).filter((value) => !hasNull(value as JsonValue));
  await fc.assert(
    fc.asyncProperty(json, async (value) => {
      const expected = JSON.parse(JSON.stringify(value)) as JsonValue;
      expect(await valuesOf('return input', { input: expected })).toEqual([expected]);
    }),
    { numRuns: 200 },
  );
});

function hasNull(value: JsonValue): boolean {
  if (value === null) return true;
  return typeof value === 'object' && Object.values(value).some(hasNull);
}

describe('json', () => {
  test.each([
    ['json.decode(\'{"items":[1,2,3]}\').items[1]', 1],
    ['json.encode(json.decode(\'{"a":{},"b":[],"c":null}\', {null = true}))', '{"a":{},"b":[],"c":null}'],
    ['json.encode(json.decode(\'{"a":{},"b":[]}\'))', '{"a":{},"b":[]}'],
    ['json.decode(\'{"id":12345678901234567890}\').id', '12345678901234567890'],
    ['json.decode(\'{"s":"12345678901234567890"}\').s', '12345678901234567890'],
    ['json.encode({name = "é/", count = 42})', '{"name":"é/","count":42}'],
    ['json.encode({10/2, 0.5}, {pretty = true})', '[\n  5,\n  0.5\n]'],
    ['json.encode(json.null)', 'null'],
    ['json.encode(json.object())', '{}'],
    ['json.encode(json.decode(\'{"__proto__":{"x":1}}\'))', '{"__proto__":{"x":1}}'],
    ['json.decode("[null,1]")[1]', false],
    ['select("#", pcall(json.decode, "{bad"))', 2],
  ])('%s', async (expression, value) => {
    expect(await valuesOf(`return ${expression}`)).toEqual([value]);
  });

  test.each([
    ['json.decode(5)', 'test:1: json.decode: expected string, got number'],
    ['json.decode()', 'test:1: json.decode: expected string, got nil'],
    ['json.encode({f = print})', 'test:1: json.encode: the value.f is a function'],
    ['json.array(5)', 'test:1: json.array: expected table, got number'],
    [
      'json.decode("{bad")',
      "test:1: json.decode: invalid JSON at line 1, column 2: unexpected 'b' where a field name in double quotes should be",
    ],
    ['json.x = 1', 'test:1: json is read-only'],
  ])('%s fails with its own message', async (code, message) => {
    expect((await errorOf(code)).message).toContain(message);
  });
});

describe('regex', () => {
  test.each([
    ['regex.match("hello world 42", "(\\\\w+) (\\\\d+)")', ['world 42', 'world', '42']],
    ['regex.match("foobar", "foo(?=bar)")', ['foo']],
    ['regex.match("ABC", "/b/i")', ['B']],
    ['regex.match("ABC", "(?i)b")', ['B']],
    ['regex.match("a\\nb", "/^b$/m")', ['b']],
    ['regex.match("x-1", "[[:alpha:]]\\\\-(?P<d>\\\\d)(?P=d)?")[3]', null],
    ['regex.match("ab", "(x)?b")', ['b', false]],
    ['regex.match("1.5", "\\\\A[\\\\d.]+\\\\z")', ['1.5']],
    ['regex.match("no digits here", "\\\\d+")', null],
    [
      'regex.match_all("foo123bar456baz", "(\\\\d+)")',
      [
        ['123', '456'],
        ['123', '456'],
      ],
    ],
    ['regex.match_all("abc", "\\\\d")', []],
    ['regex.gsub("  hello   world  ", "\\\\s+", " ")', ' hello world '],
    ['regex.gsub("aaa", "a", "b", 2)', 'bba'],
    ['regex.gsub("john smith", "(\\\\w+) (?P<last>\\\\w+)", "${last}, $1 \\\\0")', 'smith, john john smith'],
    ['regex.match("😀!", "^.!$")', ['😀!']],
  ])('%s', async (expression, value) => {
    expect(await valuesOf(`return ${expression}`)).toEqual([value]);
  });

  test('named groups are there by number and by name', async () => {
    const code = `local m = regex.match("price: $19.99", "(?P<currency>\\\\$)(?P<amount>[\\\\d.]+)")
      print(m[1], m[2], m[3], m.currency, m.amount)`;
    expect(await outputOf(code)).toBe('$19.99\t$\t19.99\t$\t19.99');
  });

  test.each([
    ['regex.match(nil, "x")', 'regex.match: expected string subject, got nil'],
    ['regex.gsub("a", "a", 5)', 'regex.gsub: expected string replacement, got number'],
    ['regex.match("a", "(")', 'regex.match: bad pattern: '],
    ['regex.match("a", "a++")', 'possessive quantifiers'],
    ['regex.match("a", "(?>a)")', 'atomic groups (?>…) are not supported'],
    ['regex.match("a", "/a/q")', "unknown flag 'q'"],
  ])('%s raises an error', async (code, message) => {
    expect((await errorOf(code)).message).toContain(message);
  });

  test('a pattern that backtracks without end is stopped by the CPU limit', async () => {
    const { error } = await run('regex.match(("a"):rep(40) .. "b", "(a+)+$")', { limits: { cpuMs: 200 } });
    expect(error?.code).toBe('CPU_LIMIT');
  });
});
