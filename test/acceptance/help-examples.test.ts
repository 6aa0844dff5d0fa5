import { expect, test } from 'vitest';
import { runCli } from '../helpers/run-cli.ts';

interface Introspection {
  readonly commands: readonly {
    readonly name: string;
    readonly options: readonly { readonly name: string }[];
    readonly examples: readonly string[];
  }[];
}

const { commands } = JSON.parse((await runCli(['introspect', '--json'])).stdout) as Introspection;

/** The flags of these are also those of a function, a tool, a prompt or a workflow. */
const HAS_FLAGS_OF_OTHERS = /^(?:run|integrations:call|integrations:agora|mcp:call|mcp:prompt)$/;

const command = (name: string) => commands.find((candidate) => candidate.name === name);

test.each(commands.map(({ name }) => name))('%s has an example of itself', (name) => {
  expect(command(name)?.examples.some((line) => new RegExp(`\\bkosmo ${name}(?: |$)`).test(line))).toBe(true);
});

test('every flag of an example is one of its command', () => {
  const unknown = commands.flatMap(({ examples }) =>
    examples.flatMap((line) => {
      const [, name = '', words = ''] = /\bkosmo (\S+)(.*)$/.exec(line) ?? [];
      const known = command(name)?.options.map((option) => option.name) ?? [];
      if (HAS_FLAGS_OF_OTHERS.test(name)) return [];
      // What follows `--`, and what is quoted, belongs to another program.
      const own = words.replace(/ -- .*$/, '').replaceAll(/'[^']*'|"[^"]*"/g, '');
      const flags = [...own.matchAll(/ (--[\w-]+)/g)].map(([, flag = '']) => flag);
      return flags.filter((flag) => !known.includes(flag)).map((flag) => `${line}: ${flag}`);
    }),
  );
  expect(unknown).toEqual([]);
});
