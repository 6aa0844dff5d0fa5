import type { Command } from 'commander';
import type { CommandContext } from '../../context.ts';
import { addCancelCommand } from './cancel.ts';
import { addRunsCommand } from './list.ts';
import { addPruneCommand } from './prune.ts';
import { addResumeCommand } from './resume.ts';
import { addRetryCommand } from './retry.ts';
import { addShowCommand } from './show.ts';

/** The commands about runs that do not go on with one. */
export function addRunListCommands(program: Command, context: CommandContext): void {
  for (const add of [addRunsCommand, addShowCommand, addCancelCommand, addPruneCommand]) add(program, context);
}

/** The commands that go on with a run, or begin one again. */
export function addRunAgainCommands(program: Command, context: CommandContext): void {
  for (const add of [addResumeCommand, addRetryCommand]) add(program, context);
}
