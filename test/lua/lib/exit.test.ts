import { expect, test } from 'vitest';
import { runLua } from '../../../src/lua/sandbox.ts';

const run = (code: string) => runLua(code, 'script', {});

test.each([
  ['exit(12, {a = 1}) print("no")', 12, [{ a: 1 }]],
  ['os.exit(10)', 10, null],
  ['exit(false)', 1, null],
  ['pcall(exit, 10) print("no")', 10, null],
  ['xpcall(function() exit(10) end, function() print("no") end) print("no")', 10, null],
  ['coroutine.wrap(function() pcall(exit, 10) print("no") end)() print("no")', 10, null],
  ['pcall(coroutine.resume, coroutine.create(function() exit(10) end)) print("no")', 10, null],
  ['parallel.map({1, 2, 3}, function(i) if i == 2 then exit(10, i) end sleep(30) end) print("no")', 10, [2]],
  ['parallel.all({function() exit(10) end, function() sleep(30) end}, {settle = true}) print("no")', 10, null],
  ['local t = setmetatable({}, {__index = function() exit(10) end}) print(t.x)', 10, null],
  ['print(setmetatable({}, {__tostring = function() exit(10) end}))', 10, null],
  ['table.sort({3, 2, 1}, function() exit(10) end)', 10, null],
  ['("x"):gsub("x", function() exit(10) end)', 10, null],
  ['load("exit(10)")()', 10, null],
  ['defer(function() print("deferred") end) exit(10)', 10, null, 'deferred'],
])('%s ends the script with its code', async (code, exitCode, result, output = '') => {
  const outcome = await run(code);
  expect(outcome.error).toMatchObject({ code: 'SCRIPT_EXIT', details: { exit_code: exitCode }, exitCode });
  expect({ result: outcome.result, output: outcome.output }).toEqual({ result, output });
});

test.each(['exit()', 'exit(0)', 'os.exit(true)', 'exit(nil)', 'exit(0.0)'])('%s is a success', async (code) => {
  expect(await run(`${code} print("no")`)).toMatchObject({ error: undefined, result: null, output: '' });
});

test('exit(0, result) returns the result', async () => {
  expect(await run('exit(0, "done")')).toMatchObject({ error: undefined, result: ['done'] });
});

test.each(['exit(2)', 'exit(9)', 'exit(100)', 'exit(-1)', 'exit(10.5)', 'exit("10")', 'exit({})', 'exit(0/0)'])(
  '%s says which codes there are',
  async (code) => {
    const { error } = await run(code);
    expect(error).toMatchObject({
      code: 'INVALID_ARGUMENTS',
      message: 'script:1: exit: the code must be 0, 1 or a whole number from 10 to 99.',
    });
  },
);

test('exit with a result that cannot be passed on is an error', async () => {
  expect((await run('exit(10, print)')).error).toMatchObject({ code: 'INVALID_ARGUMENTS' });
});

test('exit in a deferred function says why not, and the others run', async () => {
  const { error, output } = await run('defer(function() print("other") end) defer(function() exit(10) end)');
  expect(error?.message).toContain('exit: a deferred function runs after the end of the script');
  expect(output).toBe('other');
});

test('a deferred function that fails after exit(0) is the error of the run', async () => {
  expect((await run('defer(function() error("boom", 0) end) exit(0)')).error?.message).toBe('boom');
});

test('a sandbox can run again after an exit', async () => {
  const { Sandbox } = await import('../../../src/lua/sandbox.ts');
  const sandbox = new Sandbox();
  expect((await sandbox.run('exit(10)', 'one')).error?.code).toBe('SCRIPT_EXIT');
  expect(await sandbox.run('return 1', 'two')).toMatchObject({ error: undefined, result: [1] });
});
