import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { kosmo } from '../helpers/cli.ts';
import { hasTmux, openTestTerminal, type TestTerminal } from '../helpers/terminal.ts';

let home: string;
let historyFile: string;
let open: TestTerminal[] = [];

beforeEach(() => {
  home = path.join(mkdtempSync(path.join(tmpdir(), 'kosmo-repl-')), 'home');
  historyFile = path.join(home, 'lua_history');
});

afterEach(async () => {
  for (const terminal of open) await terminal.close();
  open = [];
  rmSync(path.dirname(home), { recursive: true });
});

async function repl(...args: readonly string[]): Promise<TestTerminal> {
  const terminal = await openTestTerminal(['integrations:lua', '--repl', '--emulator', ...args], { KOSMO_HOME: home });
  open.push(terminal);
  await terminal.prompt();
  return terminal;
}

const ACQUIRE = 'r = app.integrations.agora.acquire_recording_resource{cname="room", uid="527841"}';

describe.skipIf(!hasTmux)('at a terminal', () => {
  test('expressions print their value, globals stay, locals do not, and errors do not end the session', async () => {
    const terminal = await repl('--arg', 'cname=room');
    expect(await terminal.line('1+1')).toBe('2');
    expect(await terminal.line('x = {a = 1}')).toBe('');
    expect(await terminal.line('x')).toBe('{\n  a: 1\n}');
    expect(await terminal.line('dump(x)')).toBe('{\n  a: 1\n}');
    expect(await terminal.line('local y = 5')).toBe('');
    expect(await terminal.line('y, input.cname')).toMatch(/^nil +room$/);
    expect(await terminal.line('error("boom")')).toBe('error: repl:1: boom');
    expect(await terminal.line('1 +* 2')).toMatch(/^error: repl:1: /);
    expect(await terminal.line('app.integrations.agora.stop_recording{}')).toContain('hint: docs.read("agora.stop_recording")');
    expect(await terminal.line('x.a')).toBe('1');
  });

  test('a function can be typed on several lines, and pasted', async () => {
    const terminal = await repl();
    await terminal.type('function twice(n)');
    await terminal.press('Enter');
    await terminal.see(/^\.\.\.>$/m);
    await terminal.type('return 2 * n');
    await terminal.press('Enter');
    await terminal.see(/return 2 \* n\n\.\.\.>$/);
    await terminal.type('end');
    await terminal.press('Enter');
    expect(await terminal.line('twice(21)')).toBe('42');
    await terminal.type('function thrice(n)\n\treturn 3 * n\nend\nthrice(5)\nthrice(6)\n');
    await terminal.see(/^15\n(?:.*\n)*18\nlua>$/m);
  });

  test(':help, :quit and an unknown command', async () => {
    const terminal = await repl();
    expect(await terminal.line(':help')).toContain('A local ends with its line');
    expect(await terminal.line(':x')).toBe('error: unknown command :x\nhint: there are :help and :quit; everything else is Lua');
    await terminal.type(':quit');
    await terminal.press('Enter');
    expect(await terminal.exitCode()).toBe(0);
  });

  test('history goes on in the next session, in a file for the owner alone, without answers to questions', async () => {
    const first = await repl();
    await first.line('greeting = "hello"');
    await first.line(' hidden = 1');
    await first.type(ACQUIRE);
    await first.press('Enter');
    await first.see('[y/N]');
    await first.type('yes');
    await first.press('Enter');
    await first.prompt();
    await first.press('Up');
    await first.see(/lua> r = .*\n(?:.*\n)*lua> r = .*$/);
    await first.press('C-c');
    await first.prompt();
    await first.press('C-d');
    expect(await first.exitCode()).toBe(0);
    expect(readFileSync(historyFile, 'utf8')).toBe(`greeting = "hello"\n${ACQUIRE}\n`);
    expect(statSync(historyFile).mode & 0o777).toBe(0o600);

    const second = await repl();
    await second.press('Up');
    await second.see('acquire_recording_resource');
    await second.press('Up');
    await second.see(/lua> greeting = "hello"$/);
    await second.press('Enter');
    await second.prompt();
    expect(await second.line('greeting')).toBe('hello');
  });

  test('a storage key that is typed in a call is not in the history', async () => {
    const terminal = await repl('--force');
    await terminal.line(ACQUIRE);
    await terminal.line(
      'app.integrations.agora.start_recording{resource_id=r.resourceId, mode="mix", cname="room", uid="527841", storage_config={vendor=1, region=0, bucket="b", accessKey="typed-access-key", secretKey="typed-secret-key"}}',
    );
    const history = readFileSync(historyFile, 'utf8');
    expect(history).toContain('start_recording');
    expect(history).not.toContain('typed-secret-key');
  });

  test('Tab completes functions of an integration, globals, docs, and methods of strings', async () => {
    const terminal = await repl();
    await terminal.type('app.int');
    await terminal.pressUntil('Tab', /lua> app\.integrations$/);
    await terminal.type('.agora.st');
    await terminal.pressUntil('Tab', /start_recording +stop_recording\n+lua> app\.integrations\.agora\.st$/);
    await terminal.type('o');
    await terminal.pressUntil('Tab', /lua> app\.integrations\.agora\.stop_recording$/);
    await terminal.press('C-c');
    await terminal.line('some_name = "abc"');
    for (const [typed, completed] of [
      ['some_n', 'some_name'],
      ['print(docs.sea', 'print(docs.search'],
      ['json.dec', 'json.decode'],
      ['regex.gs', 'regex.gsub'],
      ['some_name:upp', 'some_name:upper'],
      ['("x"):upp', '("x"):upper'],
    ] as const) {
      await terminal.prompt();
      await terminal.type(typed);
      await terminal.pressUntil('Tab', `lua> ${completed}`);
      await terminal.press('C-c');
    }
  });

  test.each([
    ['a loop', 'print("on") while true do end'],
    ['a pattern that backtracks', 'print("on") string.find(string.rep("a", 60), string.rep("a-", 30) .. "b")'],
    ['a sleep', 'print("on") sleep(600)'],
  ])('Ctrl-C stops %s and not the session', async (_what, code) => {
    const terminal = await repl();
    await terminal.line('kept = 7');
    await terminal.type(`defer(function() print("deferred") end) ${code}`);
    await terminal.press('Enter');
    await terminal.see(/^on$/m);
    await terminal.press('C-c');
    await terminal.see(/deferred\nerror: interrupted\nlua>$/m);
    expect(await terminal.line('kept')).toBe('7');
  });

  test('Ctrl-C stops a call that waits, and a coroutine left behind in it cannot go on', async () => {
    const terminal = await repl();
    await terminal.line('co = coroutine.create(function() print("on") sleep(600) end)');
    await terminal.type('coroutine.resume(co)');
    await terminal.press('Enter');
    await terminal.see(/^on$/m);
    await terminal.press('C-c');
    await terminal.see('error: interrupted');
    expect(await terminal.line('coroutine.resume(co)')).toMatch(/^false +cannot resume dead coroutine$/);
  });

  test('Ctrl-C clears what is typed; on an empty line it leaves when it comes twice', async () => {
    const terminal = await repl();
    await terminal.type('for i = 1, 2 do');
    await terminal.press('Enter');
    await terminal.see(/\.\.\.>$/);
    await terminal.press('C-c');
    await terminal.prompt();
    await terminal.type('nonsense');
    await terminal.press('C-c');
    expect(await terminal.line('1 + 2')).toBe('3');
    await terminal.press('C-c');
    await terminal.see('(press Ctrl-C again or Ctrl-D to leave)');
    await terminal.press('C-c');
    expect(await terminal.exitCode()).toBe(0);
  });

  test('a write asks, and the answer decides; Ctrl-C is no answer', async () => {
    const terminal = await repl();
    const ask = async (...keys: string[]): Promise<string> => {
      const before = (await terminal.prompt()).length;
      await terminal.type(ACQUIRE);
      await terminal.press('Enter');
      const question = /Allow this call\? \[y\/N\] \(a: always in this run\)$/;
      expect(await terminal.see(question)).toContain('agora.acquire_recording_resource (account default) changes something');
      await terminal.press(...keys);
      return (await terminal.prompt()).slice(before);
    };
    expect(await ask('n', 'Enter')).toMatch(/\(a: always in this run\) n\nerror: .*You declined .*\. Nothing was sent\./);
    expect(await terminal.line('r')).toBe('nil');
    expect(await ask('C-c')).toMatch(/\(a: always in this run\)\nerror: interrupted/);
    expect(await ask('y', 'e', 's', 'Enter')).toMatch(/\(a: always in this run\) yes\nlua>$/);
    expect(await terminal.line('#r.resourceId > 10')).toBe('true');
  });

  test('what is pasted behind a write is no answer to its question, and runs afterwards', async () => {
    const terminal = await repl();
    await terminal.type(`${ACQUIRE}\ny\nafter = 1\naf`);
    await terminal.see(/\[y\/N\] \(a: always in this run\)$/);
    await terminal.type('n');
    await terminal.press('Enter');
    await terminal.see(/You declined.*(?:.*\n)*nil\nlua> af$/);
    await terminal.type('ter');
    await terminal.press('Enter');
    await terminal.see(/^1\nlua>$/m);
  });

  test('Ctrl-D at a question is a no, and leaves', async () => {
    const terminal = await repl();
    await terminal.type(ACQUIRE);
    await terminal.press('Enter');
    await terminal.see(/\[y\/N\] \(a: always in this run\)$/);
    await terminal.press('C-d');
    expect(await terminal.exitCode()).toBe(0);
    expect(await terminal.see('error:')).toContain('You declined agora.acquire_recording_resource');
  });

  test('with --force a write does not ask', async () => {
    const terminal = await repl('--force');
    expect(await terminal.line(ACQUIRE)).toBe('');
    expect(await terminal.line('#r.resourceId > 10')).toBe('true');
  });
});

async function piped(lines: readonly string[], ...args: readonly string[]): ReturnType<typeof kosmo> {
  return kosmo(['integrations:lua', '--repl', '--emulator', ...args], { stdin: `${lines.join('\n')}\n`, env: { KOSMO_HOME: home } });
}

describe('from a pipe', () => {
  test('lines run as if typed, without prompts, in one state, and leave no history', async () => {
    expect(await piped(['x = 20', 'function f()', '  return x + 1', 'end', '', 'f()', '-- nothing', ':quit', 'print("never")'])).toEqual({
      stdout: '21\n',
      stderr: '',
      code: 0,
    });
    expect(() => statSync(home)).toThrow('ENOENT');
  });

  test('bytes that are not UTF-8 stay what they are', async () => {
    const stdin = Buffer.from('s = "\xff\xfe" u = "é"\n#s, s:byte(1, -1)\n#u\n"\xc3\xa9"\n', 'latin1');
    const env = { KOSMO_HOME: home };
    expect(await kosmo(['integrations:lua', '--repl'], { stdin, env })).toMatchObject({ stdout: '2\t255\t254\n1\né\n', code: 0 });
  });

  test('the session goes on after an error; the exit code is that of the last line that failed', async () => {
    expect(await piped(['error("one")', 'app.integrations.agora.acquire_recording_resource{cname="room", uid=1}', 'print("on")'])).toEqual({
      stdout: 'on\n',
      stderr: expect.stringMatching(
        /^error: repl:1: one\nerror: .*requires approval\. Nothing was sent\.\nhint: run with --allow agora\.acquire_recording_resource /,
      ),
      code: 4,
    });
    expect(await piped(['for i = 1, 2 do'])).toMatchObject({ stdout: '', stderr: expect.stringContaining("'end' expected"), code: 1 });
  });

  test('limits on time hold for each line, and the memory limit for all that is kept', async () => {
    const loop = 'while true do end';
    expect(await piped([loop, loop, '1'], '--cpu-limit', '0.2')).toMatchObject({
      stdout: '1\n',
      stderr: expect.stringMatching(/CPU limit.*repl:1(?:.*\n)*.*CPU limit/),
      code: 6,
    });
    expect(await piped(['sleep(60)', '"on"'], '--timeout', '0.2')).toMatchObject({ stdout: 'on\n', code: 6 });
    const fill = 't = {} for i = 1, 1e8 do t[i] = {} end';
    expect(await piped(['kept = 1', fill, 't = nil', 'kept'], '--memory-limit', '32MiB')).toMatchObject({
      stdout: '1\n',
      stderr: expect.stringContaining('note: the globals are kept'),
      code: 6,
    });
  });

  test('the prompt and a script exclude each other', async () => {
    for (const args of [['x.lua'], ['-e', '1'], ['--json']]) {
      const { code, stderr, stdout } = await piped(['1'], ...args);
      expect([code, stderr + stdout]).toEqual([2, expect.stringContaining('leave out')]);
    }
  });

  test('a script that comes at once loads neither the prompt nor readline', async () => {
    const list = `process.on('exit',()=>console.log(process.moduleLoadList.filter((name)=>name.startsWith('NativeModule%20readline')).length))`;
    const { stdout } = await kosmo(['integrations:lua', '-e', '1'], { env: { NODE_OPTIONS: `--import=data:text/javascript,${list}` } });
    expect(stdout).toBe('0\n');
  });
});
