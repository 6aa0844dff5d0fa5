import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { KOSMO, startEmulatorProcess } from '../helpers/cli.ts';
import { blocksOf, kosmoCommands, PAGES, proseOf, ROOT, readPage } from '../helpers/pages.ts';
import { runCli as kosmo } from '../helpers/run-cli.ts';

interface Option {
  readonly name: string;
  readonly short: string | null;
  readonly value: 'none' | 'optional' | 'required';
  readonly choices: readonly string[] | null;
}

interface Command {
  readonly name: string;
  readonly arguments: readonly { readonly required: boolean; readonly variadic: boolean }[];
  readonly options: readonly Option[];
}

const { commands } = JSON.parse((await kosmo(['introspect', '--json'])).stdout) as { readonly commands: readonly Command[] };
const { functions } = JSON.parse((await kosmo(['docs', '--json'])).stdout) as {
  readonly functions: readonly { readonly name: string; readonly input_schema: { readonly properties: object } }[];
};
const { workflows } = JSON.parse((await kosmo(['workflows', '--json'], { cwd: ROOT })).stdout) as {
  readonly workflows: readonly { readonly name: string; readonly input: { readonly properties: object } }[];
};

/** Words that every program knows. */
const ALONE = new Set(['--help', '--version', '-h', '-V', 'help']);

/** What is wrong with a command line, as `kosmo introspect` describes the program; null when nothing is. */
function problemOf([name = '', ...words]: readonly string[]): string | null {
  if (name === '' || ALONE.has(name)) return null;
  // The command of a server that is configured.
  const known = commands.find((each) => each.name === name) ?? (name.startsWith('mcp:') ? serverCommand(name) : undefined);
  if (known === undefined) return `there is no command ${name}`;
  const parameters = parametersOf(name, words);
  const given: string[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (word === '--') {
      given.push(...words.slice(at + 1));
      break;
    }
    if (!/^-./.test(word)) {
      given.push(word);
      continue;
    }
    const [flag = '', value] = word.split(/=(.*)/s);
    const option = known.options.find((each) => each.name === flag || each.short === flag);
    const isParameter = parameters === 'any' || parameters.has(flag.replace(/^--/, '').replaceAll('-', '_').replace(/\..*$/, ''));
    if (option === undefined && !isParameter) return `${name} has no ${flag}`;
    const takesNext = value === undefined && (option === undefined ? /^[^-]/.test(words[at + 1] ?? '-') : option.value === 'required');
    const chosen = value ?? (takesNext ? words[at + 1] : undefined);
    if (option?.value === 'required' && chosen === undefined) return `${flag} of ${name} lacks its value`;
    if (option?.choices && !option.choices.includes(chosen ?? '')) return `${flag} of ${name} cannot be ${chosen}`;
    if (takesNext) at += 1;
  }
  if (words.includes('--help')) return null;
  const least = known.arguments.filter(({ required }) => required).length;
  const most = known.arguments.some(({ variadic }) => variadic) ? Number.POSITIVE_INFINITY : known.arguments.length;
  return given.length < least || given.length > most ? `${name} takes other arguments than ${given.join(' ')}` : null;
}

function serverCommand(name: string): Command | undefined {
  const call = commands.find((each) => each.name === 'mcp:call');
  return /^mcp:(?:github|files)$/.test(name) ? call : undefined;
}

function parametersOf(name: string, words: readonly string[]): Set<string> | 'any' {
  if (name === 'integrations:call' || name === 'integrations:agora') {
    const wanted = name === 'integrations:call' ? words[0] : `agora.${words[0]}`;
    return new Set(Object.keys(functions.find((each) => each.name === wanted)?.input_schema.properties ?? {}));
  }
  if (name === 'run') {
    const workflow = workflows.find((each) => each.name === words[0]);
    return workflow === undefined ? 'any' : new Set(Object.keys(workflow.input.properties));
  }
  return name === 'mcp:call' || name === 'mcp:prompt' || serverCommand(name) !== undefined ? 'any' : new Set();
}

const problemsIn = (shell: string): readonly string[] =>
  kosmoCommands(shell).flatMap((words) => {
    const problem = problemOf(words);
    return problem === null ? [] : [`${problem}: kosmo ${words.join(' ')}`];
  });

test('the check of command lines finds what is wrong with one', () => {
  expect(kosmoCommands("A=b kosmo docs 'a b' > x # y\nsource <(kosmo completion bash) && npx kosmo config:list | jq .")).toEqual([
    ['docs', 'a b'],
    ['completion', 'bash'],
    ['config:list'],
  ]);
  expect(problemOf(['nothing:here'])).toContain('no command');
  expect(problemOf(['docs', '--bogus'])).toContain('no --bogus');
  expect(problemOf(['docs', 'a', 'b'])).toContain('other arguments');
  expect(problemOf(['integrations:call', 'agora.query_recording', '--sidd', 'S'])).toContain('no --sidd');
  expect(problemOf(['integrations:docs', '--format', 'xml'])).toContain('cannot be xml');
  expect(problemOf(['integrations:call', 'agora.query_recording', '--sid', 'S', '--account'])).toContain('lacks its value');
});

describe.each(PAGES)('%s', (page) => {
  test('its links lead to files and headings that exist', () => {
    const targets = [...proseOf(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
    const broken = targets.filter((target) => !/^https?:/.test(target) && !leadsSomewhere(page, target));
    expect(broken).toEqual([]);
  });

  test('its command lines name commands and options that exist', () => {
    expect(blocksOf(page, 'sh').flatMap(problemsIn)).toEqual([]);
    const named = [...proseOf(page).matchAll(/`kosmo ([a-z][\w:-]*)/g)].map(([, name = '']) => name);
    expect(named.filter((name) => !commands.some((each) => each.name === name) && name !== 'mcp:')).toEqual([]);
  });
});

function leadsSomewhere(page: string, target: string): boolean {
  const [file = '', anchor] = target.split('#');
  const wanted = file === '' ? page : path.join(path.dirname(page), file);
  if (!existsSync(path.join(ROOT, wanted))) return false;
  return anchor === undefined || anchorsOf(wanted).includes(anchor);
}

// As GitHub makes them.
const anchorsOf = (page: string): readonly string[] =>
  [...proseOf(page).matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );

test('README leads to every page', () => {
  const linked = readPage('README.md');
  expect(PAGES.filter((page) => page !== 'README.md' && !linked.includes(`(${page})`))).toEqual([]);
});

test('getting-started: an own account records against the emulator in three commands', async () => {
  const [, , rehearsal = ''] = blocksOf('lua-docs/getting-started.md', 'sh');
  const [serve = [], ...others] = kosmoCommands(rehearsal);
  expect(others).toHaveLength(2);
  // Any port will do, and a clock that runs faster.
  const emulator = await startEmulatorProcess([...serve.slice(1).map((word) => (word === '4000' ? '0' : word)), '--speed', '20']);
  const home = mkdtempSync(path.join(tmpdir(), 'kosmo-guide-'));
  try {
    for (const words of others) {
      const args = words.map((word) => word.replace('http://127.0.0.1:4000', emulator.url));
      const { code, stderr } = await kosmo(args, { cwd: ROOT, env: { KOSMO_HOME: home } });
      expect({ code, stderr }).toMatchObject({ code: 0 });
    }
  } finally {
    await emulator.stop();
    rmSync(home, { recursive: true });
  }
});

describe('ci-and-cron', () => {
  const page = 'lua-docs/ci-and-cron.md';

  test('the GitHub workflow parses, and its steps run what exists', () => {
    const [text = ''] = blocksOf(page, 'yaml');
    const workflow = parse(text) as {
      on: { schedule: { cron: string }[] };
      jobs: Record<string, { 'runs-on': string; steps: { run?: string; uses?: string }[] }>;
    };
    expect(workflow.on.schedule[0]?.cron).toMatch(SCHEDULE);
    const steps = Object.values(workflow.jobs).flatMap((job) => job.steps);
    expect(steps.every(({ run, uses }) => (run === undefined) !== (uses === undefined))).toBe(true);
    const runs = steps.flatMap(({ run }) => run ?? []).join('\n');
    expect(kosmoCommands(runs)).toHaveLength(2);
    expect(problemsIn(runs)).toEqual([]);
  });

  test('what the workflow allows is enough for its script', async () => {
    const [text = ''] = blocksOf(page, 'yaml');
    const record = kosmoCommands(/run: >\n([\s\S]*?)\n {6}- /.exec(text)?.[1]?.replaceAll('\n', ' ') ?? '')[0] ?? [];
    const input = readExample();
    const { code, stdout } = await kosmo([...record, '--emulator'], { cwd: ROOT, stdin: input });
    expect(JSON.parse(stdout)).toMatchObject({ success: true, error: null });
    expect(code).toBe(0);
  });

  test('the systemd units are valid', () => {
    const units = blocksOf(page, 'ini');
    expect(units).toHaveLength(3);
    const [service = '', timer = ''] = units;
    expect(problemsIn(/^ExecStart=(.*)$/m.exec(service)?.[1] ?? 'nothing')).toEqual([]);
    expect(kosmoCommands(/^ExecStart=(.*)$/m.exec(service)?.[1] ?? '')).toHaveLength(1);
    expect(timer).toMatch(/^\[Timer\]\nOnCalendar=\S/m);
    expect(units.every((unit) => /^\[Unit\]\nDescription=\S/m.test(unit))).toBe(true);
    verifyUnits(units.map((unit) => unit.replaceAll('/usr/local/bin/kosmo', KOSMO)));
  });

  test('the line of the crontab has five fields and a command that exists', () => {
    const [crontab = ''] = blocksOf(page, 'crontab');
    const line = crontab.trim().split('\n').at(-1) ?? '';
    const fields = line.split(' ');
    expect(fields.slice(0, 5).join(' ')).toMatch(SCHEDULE);
    const command = fields.slice(5).join(' ');
    expect(kosmoCommands(command)).toHaveLength(1);
    expect(problemsIn(command)).toEqual([]);
    expect(command).not.toMatch(/(?<!\\)%/);
  });
});

const SCHEDULE = /^(?:[\d*/,-]+ ){4}[\d*/,-]+$/;

const readExample = (): string => readPage('workflows/record_channel.example.json');

/** By systemd itself where it is there. */
function verifyUnits(units: readonly string[]): void {
  const folder = mkdtempSync(path.join(tmpdir(), 'kosmo-units-'));
  const files = ['kosmo-record.service', 'kosmo-record.timer', 'kosmo-failed@.service'].map((name) => path.join(folder, name));
  try {
    for (const [index, file] of files.entries()) writeFileSync(file, units[index] ?? '');
    execFileSync('systemd-analyze', ['verify', '--man=no', ...files], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('no line of the documentation runs a package that npx would fetch by its bare name', () => {
  const pages = [...readdirSync(path.join(ROOT, 'lua-docs')).map((name) => `lua-docs/${name}`), 'README.md'];
  const lines = pages.flatMap((page) => readFileSync(path.join(ROOT, page), 'utf8').split('\n'));
  const bare =
    /\bnpx (?!--no )(?:-\S+ )*kosmo\b|\bnpm (?:exec|x) (?!--no )\S*kosmo\b|\bnpm (?:i|install|add)\b[^`]* kosmo(?:@\S+)?(?=[`\s]|$)/;
  expect(lines.filter((line) => bare.test(line))).toEqual([]);
});
