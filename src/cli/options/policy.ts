import type { Command } from 'commander';
import { type PolicyOptions, parseFunction } from '../../policy/index.ts';
import { type CallCap, integrationSummaries } from '../../runtime/index.ts';
import { approvalPrompt, type Prompt } from '../terminal/prompt.ts';
import { usage } from './parse-values.ts';

/** What a command line says about the policy of its run. */
export interface PolicyFlags {
  readonly force?: true;
  readonly allow?: readonly string[];
}

/** Adds `--allow` to a command that has `--force`. */
export function addAllowFlag(command: Command): Command {
  return command.option('--allow <function>', 'allow this function without asking (repeatable), e.g. {write}', collect);
}

/** The policy of a run: what the flags allow, and the person at the terminal. Throws `USAGE` for a function that does not exist. */
export function readPolicy({ force, allow = [] }: PolicyFlags, question?: Prompt): PolicyOptions {
  const allowed = allow.map((name) => parseFunction(name, integrationSummaries));
  const ask = approvalPrompt(question);
  return { force: force === true, allow: allowed, ...(ask === undefined ? {} : { ask }) };
}

/** A cap of the command line: `agora.start_recording=3`. Throws `USAGE`. */
export function parseCap(text: string): CallCap {
  const [, name = '', count = ''] = /^(.+)=(\d+)$/.exec(text) ?? [];
  const max = Number(count);
  if (name === '' || !Number.isSafeInteger(max) || max < 1)
    throw usage(
      `--max ${text}: expected <function>=<count> with a count of 1 or more`,
      'for example --max NAME=3, NAME as in integrations:search',
    );
  return {
    function: parseFunction(name, integrationSummaries, '--max takes the name of one function', 'as integrations:search lists it'),
    max,
    source: `--max ${text}`,
  };
}

function collect(value: string, all: readonly string[] = []): readonly string[] {
  return [...all, value];
}
