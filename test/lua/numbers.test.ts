import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { errorOf, outputOf, valuesOf } from '../helpers/run-lua.ts';

const MOST = 2n ** 53n;

/** What an expression gives: a whole number, a truth value, or the error of dividing by zero. */
type Result = bigint | boolean | 'error';

interface Expression {
  /** The text, `leaf` giving that of the n-th number in it. */
  readonly text: (leaf: (value: bigint) => string) => string;
  /** Undefined when some intermediate result is beyond 2^53, or depends on one that is. */
  readonly result: Result | undefined;
}

const edges = [0n, 1n, 2n, 3n, 7n, 2n ** 16n, 2n ** 31n - 1n, 2n ** 31n, 2n ** 31n + 1n, 2n ** 32n - 1n, 2n ** 32n, MOST - 1n, MOST];
const wholeNumber: fc.Arbitrary<bigint> = fc.oneof(
  fc.constantFrom(...edges, ...edges.map((edge) => -edge)),
  fc.bigInt(-20n, 20n),
  fc.bigInt(-(2n ** 33n), 2n ** 33n),
  fc.bigInt(-MOST, MOST),
);

const { expression } = fc.letrec<{ expression: Expression; operation: Expression }>((tie) => ({
  expression: fc.oneof({ maxDepth: 4, withCrossShrink: true }, wholeNumber.map(number), tie('operation')),
  operation: fc.oneof(
    fc
      .tuple(fc.constantFrom('+', '-', '*', '//', '%'), tie('expression'), tie('expression'))
      .map(([operator, a, b]) => binary(operator, a, b)),
    tie('expression').map(negative),
  ),
}));
const comparison = fc
  .tuple(fc.constantFrom('==', '~=', '<', '<=', '>', '>='), expression, expression)
  .map(([operator, a, b]) => binary(operator, a, b));
const exact = fc.oneof({ arbitrary: expression, weight: 4 }, comparison).filter(({ result }) => result !== undefined);

describe('whole numbers up to 2^53', () => {
  it('are computed as BigInt does, by the compiler and by the machine', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(exact, { minLength: 30, maxLength: 30 }), async (expressions) => {
        const code = expressions.flatMap(({ text }) => {
          const values: bigint[] = [];
          const variables = text((value) => `v${values.push(value)}`);
          const names = values.map((_, index) => `v${index + 1}`).join(', ');
          return [`show(function() return ${text(String)} end)`, `show(function(${names}) return ${variables} end, ${values.join(', ')})`];
        });
        const output = await outputOf(`${SHOW}\n${code.join('\n')}`);
        expect(output.split('\n')).toEqual(expressions.flatMap(({ result }) => [String(result), String(result)]));
      }),
      { numRuns: 60 },
    );
  });

  it('count loops exactly, also at the ends of their range', async () => {
    const near = fc
      .tuple(fc.constantFrom(...edges, ...edges.map((edge) => -edge)), fc.bigInt(-5n, 5n))
      .map(([edge, offset]) => clip(edge + offset));
    const step = fc.oneof(
      fc.bigInt(-4n, 4n).filter((value) => value !== 0n),
      fc.constantFrom(2n ** 31n, -(2n ** 31n), 2n ** 40n, MOST, -MOST),
    );
    const loop = fc.tuple(near, fc.oneof(near, fc.bigInt(-5n, 5n)), step).map(([start, offset, by]) => {
      const limit = offset >= -5n && offset <= 5n ? clip(start + offset * by) : offset;
      return { start, limit, step: by, indices: indicesOf(start, limit, by) };
    });
    await fc.assert(
      fc.asyncProperty(fc.array(loop, { minLength: 30, maxLength: 30 }), async (loops) => {
        const code = loops.map(({ start, limit, step: by }) => `show(${start}, ${limit}, ${by})`);
        const output = await outputOf(`
          local function show(start, limit, step)
            local indices = {}
            for i = start, limit, step do
              indices[#indices + 1] = tostring(i)
              if #indices == 40 then break end
            end
            print(table.concat(indices, " "))
          end
          ${code.join('\n')}`);
        expect(output.split('\n')).toEqual(loops.map(({ indices }) => indices.join(' ')));
      }),
      { numRuns: 30 },
    );
  });

  it('keep their digits through tostring, tonumber, string.format and as table keys', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(wholeNumber, { minLength: 50, maxLength: 50 }), async (numbers) => {
        const output = await outputOf(`
          for _, n in ipairs({${numbers.join(', ')}}) do
            local text = tostring(n)
            local t = {[n] = "found"}
            print(n, n .. "", string.format("%d", n), tonumber(text) == n, string.format("%x", math.abs(n)),
              tonumber(string.format("%x", math.abs(n)), 16) == math.abs(n), t[tonumber(text)], t[n + 0.0], next(t) == n)
          end`);
        const expected = numbers.map((n) => `${n}\t${n}\t${n}\ttrue\t${(n < 0n ? -n : n).toString(16)}\ttrue\tfound\tfound\ttrue`);
        expect(output.split('\n')).toEqual(expected);
      }),
      { numRuns: 20 },
    );
  });
});

it('numbers print as JavaScript prints them', async () => {
  const listed = [0.1, 0.1 + 0.2, 1e15, 1e20, 1e21, 1e-6, 1e-7, 123456.789, 5e-324, Number.MAX_VALUE, 1 / 3, 100, 2 ** 53, 2 ** 63, -1.5];
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.double({ noNaN: true, noDefaultInfinity: true }).filter((x) => !Object.is(x, -0)),
        { maxLength: 200 },
      ),
      async (numbers) => {
        const output = await outputOf('for _, n in ipairs(input) do print(n) print(tostring(n)) print(n .. "") end', {
          input: [...listed, ...numbers],
        });
        expect(output.split('\n')).toEqual([...listed, ...numbers].flatMap((n) => [String(n), String(n), String(n)]));
      },
    ),
    { numRuns: 20 },
  );
});

// Each row: expressions, and what `print` makes of them. What can be a constant is tried as one and as a variable.
it.each([
  // printing
  [
    '10^-5, 10^-3, 2^-2, 10^-22, 3^-1, 0^-1, 2^0.5, 10^-5 == 1e-5',
    '0.00001 0.001 0.25 1e-22 0.3333333333333333 inf 1.4142135623730951 true',
  ],
  ['10/2, 7//2, 2^53, 1e15, 0.1 + 0.2, -0.0, 0.0', '5 3 9007199254740992 1000000000000000 0.30000000000000004 -0 0'],
  ['1/0, -1/0, tostring(0/0):gsub("-", "")', 'inf -inf nan 0'],
  ['86400*1000*30, 3000000000+1, 1562724971626, -2147483648 - 1', '2592000000 3000000001 1562724971626 -2147483649'],
  // numerals and tonumber
  ['0xffffffff, 0x7fffffff, 0x80000000, -0x80000000, 0x1p4, 0xA.8', '4294967295 2147483647 2147483648 -2147483648 16 10.5'],
  ['0x1fffffffffffff, 9007199254740993, 4294967296', '9007199254740991 9007199254740992 4294967296'],
  [
    'tonumber("0xffffffff"), tonumber("-0xffffffff"), tonumber(" 3000000000 "), tonumber("1e3"), tonumber("-0")',
    '4294967295 -4294967295 3000000000 1000 0',
  ],
  [
    'tonumber("ffffffff", 16), tonumber("-zz", 36), tonumber("1fffffffffffff", 16), tonumber("777", 8.0)',
    '4294967295 -1295 9007199254740991 511',
  ],
  [
    'tonumber("12z", 10), tonumber("", 10), tonumber("1.5", 10), tonumber("0x10", 16), tonumber("9", 9), tonumber("1e")',
    'nil nil nil nil nil nil',
  ],
  // division and remainder: Lua 5.3 manual 3.4.1, rounding towards minus infinity
  ['7 // -2, -7 // 2, 7 % -3, -7 % 3, 5.5 % 2, -5.5 % 2, 5 % math.huge', '-4 -4 -2 2 1.5 0.5 5'],
  ['3000000000 // 7, -3000000000 // 7, 3000000000 % -7, -3000000000 % 7, 3000000000 % 3000000000', '428571428 -428571429 -3 3 0'],
  ['9007199254740991 // 9007199254740992, -1 // 9007199254740992, 9007199254740991 // 2', '0 -1 4503599627370495'],
  ['1 // 0.0, -1 // 0.0, 0 * -3000000000, -6000000000 % 3, 0 // -3000000000', 'inf -inf 0 0 0'],
  // comparison
  ['3000000000 == 3e9, 2147483648 > 2147483647, 2^53 == 2^53 + 1, 1 == 1.0, "1" == 1, 3e9 < 3000000001', 'true true true true false true'],
  // bitwise operators: 32 bits
  ['0xffffffff & 0xff00ff00, 1 << 31, 0xf0000000 | 1, 0xffffffff ~ 0xf, 3e9 & 0xffff', '4278255360 2147483648 4026531841 4294967280 24064'],
  ['~0, ~5, -1 & 255, -1 & 0xffffffff, -1 ~ 1, -8 | 3, -1 << 4', '-1 -6 255 4294967295 -2 -5 -16'],
  ['1 << 32, 0xff << 28, -1 >> 28, 0x80000000 >> 31, 1 << -1, 8 >> -1, 1 >> 64', '0 4026531840 15 1 0 16 0'],
  ['"3" & 1.0, ~2.0, ~3000000000, -2147483648 | 0, 4294967295 | 0', '1 -3 1294967295 -2147483648 4294967295'],
  // tables
  ['({[3e9] = 1})[3000000000], ({[2^53] = 1})[9007199254740992], ({"a"})[1.0], ({[-0.0] = 1})[0], next({[-0.0] = 1})', '1 1 a 1 0 1'],
  ['select("#", table.unpack({1, 2, 3}, 2.0)), select(2.0, "a", "b"), select(-1, "a", "b"), select("#", select(3000000000, 1))', '2 b b 0'],
  ['table.concat({1, 2.0, 3000000000, 0.5}, " ")', '1 2 3000000000 0.5'],
  // strings
  ['("x"):rep(3.0), ("hello"):sub(2.0, 4.0), ("hello"):byte(2.0), (("hello"):find("l", 4.0)), #(""):rep(2^53)', 'xxx ell 101 4 0'],
  ['("hello"):sub(2, 2^53), ("hello"):sub(-2^53, 2), #("hello"):sub(2^53), string.char(72.0)', 'ello he 0 H'],
  ['string.format("%d %5d|%-5d|%05d|%+d|% d|%.3d", 3e9, 42, 42, -42, 42, 42, 7)', '3000000000    42|42   |-0042|+42| 42|007'],
  ['string.format("%i %u %d %d", 2^53, 2^53, -2^53, "10")', '9007199254740992 9007199254740992 -9007199254740992 10'],
  [
    'string.format("%x %X %#x %08x %o %x %x", 2^40, 255, 255, 0xbeef, 8, -1, -2^40)',
    '10000000000 FF 0xff 0000beef 10 ffffffff ffffff0000000000',
  ],
  [
    'string.format("%f %.2f %10.3f|%-8.2f|%08.3f|%+.1f|%.0f", 1/3, 2.345, 3.14159, 2.5, -3.14159, 2, 0.5)',
    '0.333333 2.35      3.142|2.50    |-003.142|+2.0|0',
  ],
  [
    'string.format("%.0f %.0f %.2f %.3f %.1f", 1.5, 2.5, 0.125, 1e21, 1e22)',
    '2 2 0.12 1000000000000000000000.000 10000000000000000000000.0',
  ],
  [
    'string.format("%e %.3e %E %g %g %g %.3g %G %#g", 12345.678, 0, 1, 1e20, 1e-5, 100000, 0.00012345, 1e-10, 1)',
    '1.234568e+04 0.000e+00 1.000000E+00 1e+20 1e-05 100000 0.000123 1E-10 1.00000',
  ],
  ['string.format("%g %f %5.1f %d%%", 1/0, -1/0, 0/0 ~= 0/0 and 1 or 0, 100)', 'inf -inf   1.0 100%'],
  ['string.format("%5s|%-5s|%.2s|%s|%c%c|%5c", "ab", "ab", "abcd", 3e9, 65, 66.0, 67)', '   ab|ab   |ab|3000000000|AB|    C'],
  ['string.format("%q %q %q %q", 3e9, 1/3, 1/0, "a\\n")', '3000000000 0x1.5555555555555p-2 1e9999 "a\\\n"'],
  ['string.format("%a %A", 1, 0.5)', '0x1p+0 0X1P-1'],
  ['string.unpack("<i8", string.pack("<i8", -2^40))', '-1099511627776 9'],
  [
    'string.packsize("j"), string.unpack("<I4", "\\255\\255\\255\\255"), string.unpack(">i3", "\\255\\255\\254"), string.unpack("<i16", string.pack("<i16", -2))',
    '8 4294967295 -2 -2 17',
  ],
  [
    'utf8.char(72.0, 8364), utf8.codepoint("€", 1.0), utf8.len("€€", 1.0), utf8.offset("€€", 2.0), utf8.len("x", 2^53 - 2^53 + 1)',
    'H€ 8364 2 4 1',
  ],
  // math
  [
    'math.maxinteger, math.mininteger, math.maxinteger == 2^53, math.maxinteger - 1',
    '9007199254740992 -9007199254740992 true 9007199254740991',
  ],
  [
    'math.type(1), math.type(1.0), math.type(3e9), math.type(2^53), math.type(2^54), math.type(1.5), math.type(-0.0), math.type("1")',
    'integer integer integer integer float float float nil',
  ],
  [
    'math.tointeger(3.0), math.tointeger(2^53), math.tointeger(2^54), math.tointeger(1.5), math.tointeger(-2^53)',
    '3 9007199254740992 nil nil -9007199254740992',
  ],
  [
    'math.floor(3e9 + 0.5), math.ceil(3e9 + 0.5), math.floor(-3e9 - 0.5), math.ceil(-0.5), math.floor(1e300), math.floor(1/0)',
    '3000000000 3000000001 -3000000001 0 1e+300 inf',
  ],
  [
    'math.abs(-2147483648), math.abs(-2^53), math.abs(-0.5), math.max(1, 3e9, 2), math.min(-3e9, 2)',
    '2147483648 9007199254740992 0.5 3000000000 -3000000000',
  ],
  ['math.fmod(-6, 4), math.fmod(-6000000000, 4000000000), math.fmod(-6e9, 3), math.fmod(5.5, 2)', '-2 -2000000000 0 1.5'],
  ['math.ult(1, -1), math.ult(-1, 1), math.ult(3e9, 2^53), math.modf(3e9 + 0.5)', 'true false true 3000000000 0.5'],
  // time
  ['os.time{year = 2040, month = 1, day = 1, hour = 12} - os.time{year = 2039, month = 12, day = 31, hour = 12}', '86400'],
  [
    'os.time{year = 50, month = 1, day = 1} < os.time{year = 1900, month = 1, day = 1}, os.time{year = 3000.0, month = 1, day = 1} > 2^34',
    'true true',
  ],
  ['os.date("!%Y-%m-%dT%H:%M:%SZ", 2^33), os.date("!%c %j %U %W %z", 0)', '2242-03-16T12:56:32Z Thu Jan  1 00:00:00 1970 001 00 00 +0000'],
  [
    'os.date("!*t", 4102444800).year, os.date("!*t", 4102444799).yday, os.date("!*t", 3e9 - 0.0).month, os.difftime(2^40, 1)',
    '2100 365 1 1099511627775',
  ],
  ['os.time{year = 1970, month = 1, day = 1, sec = 2^31} > 2^30', 'true'],
  ['os.date("*t", os.time{year = 2040, month = 6, day = 15}).day, os.time(os.date("*t", 3e9))', '15 3000000000'],
])('print(%s)', async (expressions, printed) => {
  const output = await outputOf(`print(${expressions})`);
  expect(output.replaceAll('\t', ' ')).toBe(printed);
});

it.each([
  ['1 // 0', 'attempt to divide by zero'],
  ['3000000000 // 0', 'attempt to divide by zero'],
  ['1 // (3000000000 - 3e9)', 'attempt to divide by zero'],
  ['1 % 0', "attempt to perform 'n%0'"],
  ['3000000000 % 0', "attempt to perform 'n%0'"],
  ['math.fmod(3000000000, 0)', "bad argument #2 to 'fmod' (zero)"],
  ['4294967296 & 1', 'number does not fit in 32 bits'],
  ['1 | -2147483649', 'number does not fit in 32 bits'],
  ['~1e10', 'number does not fit in 32 bits'],
  ['1 << 2^40', 'number does not fit in 32 bits'],
  ['1.5 & 1', 'number has no integer representation'],
  ['string.format("%d", 1.5)', 'number has no integer representation'],
  ['string.format("%x", 2^54)', 'number has no integer representation'],
  ['string.format("%d", 0/0)', 'number has no integer representation'],
  ['string.format("%d", "x")', 'number expected, got string'],
  ['("x"):rep(1.5)', 'number has no integer representation'],
  ['("x"):rep(2^40)', 'resulting string too large'],
  ['("x"):sub(1/0)', 'number has no integer representation'],
  ['string.char(3e9)', "bad argument #1 to 'char' (value out of range)"],
  ['string.pack("i4", 2^31)', 'integer overflow'],
  ['string.pack("I4", -1)', 'unsigned overflow'],
  ['string.unpack("<I8", ("\\255"):rep(8))', '8-byte integer does not fit into Lua Integer'],
  ['utf8.char(3e9)', 'value out of range'],
  ['select(-3e9, 1)', 'index out of range'],
  ['table.unpack({}, 1, 3e9)', 'too many results to unpack'],
  ['table.unpack({}, -2^53, 2^53)', 'too many results to unpack'],
  ['table.insert({}, 3e9, 1)', 'position out of bounds'],
  ['table.remove({}, 3e9)', 'position out of bounds'],
  ['table.concat({}, "", 1, 2^53)', "invalid value (nil) at index 1 in table for 'concat'"],
  ['table.move({}, 1, 2^53, 2)', 'destination wrap around'],
  ['table.sort(setmetatable({}, {__len = function() return 2^40 end}))', 'array too big'],
  ['math.random(2^53 + 2)', 'number has no integer representation'],
  ['math.random(-2^53, 2^53)', 'interval too large'],
  ['math.random(0)', 'interval is empty'],
  ['math.max("x")', 'number expected, got string'],
  ['os.date("%Ez")', "invalid conversion specifier '%Ez'"],
  ['os.date("%c", 2^53)', 'time result cannot be represented in this installation'],
  ['os.time{year = 2^40, month = 1, day = 1}', "field 'year' is out-of-bound"],
  ['os.time{year = 2000, month = -2^31, day = 1}', "field 'month' is out-of-bound"],
  ['os.time{year = 2000, month = 1, day = 1e12}', "field 'day' is out-of-bound"],
  ['os.time{year = 300000, month = 1, day = 1}', 'time result cannot be represented in this installation'],
  ['os.time{year = 2000.5, month = 1, day = 1}', "field 'year' is not an integer"],
])('%s is refused: %s', async (expression, message) => {
  expect((await errorOf(`return ${expression}`)).message).toContain(message);
});

it('a loop whose step is too small to change its index ends', async () => {
  expect(await valuesOf('local n = 0 for x = 1e17, 2e17 do n = n + 1 end for x = 0.5, 1/0, 1e307 do n = n + 1 end return n < 400')).toEqual(
    [true],
  );
});

it.each([
  ['3, 1', '3 2 1', -1],
  ['1, 3.7', '1 2 3', 1],
  ['3, 1.2', '3 2', -1],
  ['1.0, 2', '1 2', 1],
  ['10/2, 7', '5 6 7', 1],
  ['0.5, 2', '0.5 1.5', 1],
  ['1, 0/0', '', 1],
  ['1, 0/0', '', -1],
  ['1, -1/0', '', 1],
  ['2147483646, 2147483649', '2147483646 2147483647 2147483648 2147483649', 1],
  ['-2147483647, -2147483649', '-2147483647 -2147483648 -2147483649', -1],
  ['2^53 - 1, 1/0', '9007199254740991 9007199254740992', 1],
  ['"1", 2', '1 2', 1],
])('for i = %s gives %s', async (bounds, indices, step) => {
  expect(await outputOf(`for i = ${bounds}, ${step} do print(i) end`)).toBe(indices.replaceAll(' ', '\n'));
});

it('random numbers cover large intervals, and a seed repeats them for its own state only', async () => {
  const code = `
    math.randomseed(42)
    local odd, high = 0, 0
    for i = 1, 1000 do
      local n = math.random(2^53)
      if n % 2 == 1 then odd = odd + 1 end
      if n > 2^52 then high = high + 1 end
      assert(n >= 1 and n <= 2^53 and math.type(n) == "integer")
      local m = math.random(-3000000000, 3000000000)
      assert(m >= -3000000000 and m <= 3000000000)
      local d = math.random(6)
      assert(d >= 1 and d <= 6)
    end
    assert(odd > 400 and odd < 600 and high > 400 and high < 600)
    return math.random(1000000), math.random(1000000)`;
  const first = await valuesOf(code);
  await run2();
  expect(await valuesOf(code)).toEqual(first);
  expect(await valuesOf('math.randomseed(43) return math.random(1000000), math.random(1000000)')).not.toEqual(first);

  async function run2(): Promise<void> {
    await valuesOf('math.randomseed(7) return math.random()');
  }
});

const SHOW = `
  local function show(fn, ...)
    local ok, result = pcall(fn, ...)
    print(ok and tostring(result) or (result:find("n%0", 1, true) or result:find("divide by zero")) and "error" or result)
  end`;

function number(value: bigint): Expression {
  return { text: (leaf) => (value < 0n ? `(${leaf(value)})` : leaf(value)), result: value };
}

function negative(operand: Expression): Expression {
  return { text: (leaf) => `(- ${operand.text(leaf)})`, result: typeof operand.result === 'bigint' ? -operand.result : operand.result };
}

function binary(operator: string, a: Expression, b: Expression): Expression {
  return { text: (leaf) => `(${a.text(leaf)} ${operator} ${b.text(leaf)})`, result: compute(operator, a.result, b.result) };
}

function compute(operator: string, a: Result | undefined, b: Result | undefined): Result | undefined {
  if (a === undefined || b === undefined) return undefined;
  if (typeof a !== 'bigint' || typeof b !== 'bigint') return 'error';
  const result = operators[operator]?.(a, b);
  return typeof result === 'bigint' && (result > MOST || result < -MOST) ? undefined : result;
}

const operators: Readonly<Record<string, (a: bigint, b: bigint) => Result>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '//': (a, b) => (b === 0n ? 'error' : (a - floorMod(a, b)) / b),
  '%': (a, b) => (b === 0n ? 'error' : floorMod(a, b)),
  '==': (a, b) => a === b,
  '~=': (a, b) => a !== b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
};

function floorMod(a: bigint, b: bigint): bigint {
  const rest = a % b;
  return rest !== 0n && rest < 0n !== b < 0n ? rest + b : rest;
}

function indicesOf(start: bigint, limit: bigint, step: bigint): bigint[] {
  const indices: bigint[] = [];
  for (let index = start; (step > 0n ? index <= limit : index >= limit) && indices.length < 40; index += step) indices.push(index);
  return indices;
}

function clip(value: bigint): bigint {
  return value > MOST ? MOST : value < -MOST ? -MOST : value;
}
