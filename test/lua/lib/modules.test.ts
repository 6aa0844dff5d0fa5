import { describe, expect, test } from 'vitest';
import { KosmoError } from '../../../src/errors/index.ts';
import type { JsonValue } from '../../../src/json/index.ts';
import type { HostPorts } from '../../../src/lua/index.ts';
import { runLua } from '../../../src/lua/sandbox.ts';

const modules = (texts: Readonly<Record<string, string>>): HostPorts => ({
  findModule: {
    kind: 'function',
    immediate: true,
    call(args) {
      const [name] = args as readonly JsonValue[];
      const source = texts[String(name)];
      if (source === undefined) throw new KosmoError('MODULE_ERROR', `there is no module '${name}'.`, { hint: 'write it' });
      return { chunk: `${String(name).replaceAll('.', '/')}.lua`, source };
    },
  },
});
const run = (code: string, texts: Readonly<Record<string, string>> = {}) => runLua(code, 'main.lua', { ports: modules(texts) });

describe('require', () => {
  test('runs a module once, with its name and file, and returns what it returns', async () => {
    const texts = { 'lib.a': 'print(...) return {n = 5}' };
    const { error, result, output } = await run(
      'return require("lib.a").n, require "lib.a" == require "lib.a", package.loaded["lib.a"].n',
      texts,
    );
    expect({ error, result, output }).toEqual({ error: undefined, result: [5, true, 5], output: 'lib.a\tlib/a.lua' });
  });

  test('returns true for a module that returns nothing, and libraries as they are', async () => {
    expect((await run('return require "a", require "string" == string', { a: 'x = 1' })).result).toEqual([true, true]);
  });

  test('a module may wait and call parallel', async () => {
    const texts = { a: 'sleep(0.001) return parallel.map({1, 2}, function(i) sleep(0.001) return i * 2 end)' };
    expect((await run('return require("a")', texts)).result).toEqual([[2, 4]]);
  });

  test.each([
    [{ a: 'require "b"', b: 'require "a"' }, 'a → b → a'],
    [{ a: 'require "a"' }, 'a → a'],
    [{ a: 'require "b"', b: 'require "c"', c: 'require "b"' }, 'b → c → b'],
  ])('%j is a circle that the error shows', async (texts, circle) => {
    const { error } = await run('require "a"', texts);
    expect(error?.code).toBe('MODULE_ERROR');
    expect(error?.message).toContain(`modules load each other in a circle: ${circle}.`);
  });

  test('errors point into the module', async () => {
    const { error } = await run('require "lib.a".f()', { 'lib.a': 'return {\nf = function() error("boom") end}' });
    expect(error?.message).toBe('lib/a.lua:2: boom');
    expect(error?.details.traceback).toContain('lib/a.lua:2: in field');
    expect((await run('require "a"', { a: 'x = = 1' })).error).toMatchObject({
      code: 'SYNTAX_ERROR',
      message: expect.stringContaining('a.lua:1:'),
    });
  });

  test('a module that failed can be required again', async () => {
    expect(
      (
        await run('n = 0 local ok = pcall(require, "a") return ok, require "a"', {
          a: 'n = n + 1 if n == 1 then error("once") end return n',
        })
      ).result,
    ).toEqual([false, 2]);
  });

  test('limits hold in modules', async () => {
    const { error } = await runLua('require "a"', 'main.lua', { ports: modules({ a: 'while true do end' }), limits: { cpuMs: 50 } });
    expect(error?.code).toBe('CPU_LIMIT');
    const large = await runLua('require "a"', 'main.lua', {
      ports: modules({ a: `x = "${'x'.repeat(900_000)}"` }),
      limits: { memoryBytes: 8e6 },
    });
    expect(large.error?.code).toBe('MEMORY_LIMIT');
  });

  test('changing package has no effect', async () => {
    const code = 'package.loaded = setmetatable({}, {__newindex = error}) package.path = 5 local a = require "a" return require "a" == a';
    expect((await run(code, { a: 'return {}' })).result).toEqual([true]);
    expect((await run('package.loaded.a = 1 return require "a"', { a: 'return 2' })).result).toEqual([2]);
  });

  test('binary code is no module, and a name must be text', async () => {
    expect((await run('require "a"', { a: '\u001bLua' })).error?.message).toContain('attempt to load a binary chunk');
    expect((await run('require {}')).error?.message).toContain('bad argument #1');
    expect((await run('require "none"')).error).toMatchObject({ code: 'MODULE_ERROR', hint: 'write it' });
  });

  test('two functions of parallel that load the same module at once are told to load it before', async () => {
    const { error } = await run('parallel.map({1, 2}, function() return require "a" end)', { a: 'sleep(0.01)' });
    expect(error?.message).toContain("another function of parallel is loading 'a'");
  });
});
