import { readFileSync } from 'node:fs';
import type { TakeOptions } from '../../runs/index.ts';
import type { CommandContext } from '../context.ts';
import type { ScriptOptions } from '../options/script.ts';
import { follow, noteChange, runPlace } from './durable.ts';
import { prepareRun, runOpened } from './run-script.ts';

/** How a run is taken, and whether others are run as well. */
export interface ResumeOptions extends TakeOptions {
  /** Print no JSON document and leave the host open for other runs. @default false */
  readonly isOneOfMany?: boolean;
}

/**
 * Goes on with a run: with the text, input and limits that it began with, and the approvals of this command line. Returns the exit code.
 */
export async function resumeRun(
  context: CommandContext,
  id: string,
  flags: ScriptOptions,
  { isOneOfMany = false, ...take }: ResumeOptions = {},
): Promise<number> {
  const { takeOver } = await import('../../runs/index.ts');
  const journal = await takeOver(runPlace(context), id, { parks: flags.park === true, ...take });
  const { settings, script, chunk } = journal.facts;
  const { file } = settings;
  if (typeof file === 'string' && readText(file) !== script) noteChange(id, chunk);
  const options: ScriptOptions = { ...flags, ...(settings.options as ScriptOptions), durable: true };
  const opened = follow(journal, id, context);
  try {
    const integrations = settings.integrations !== false;
    return await runOpened(opened, { run: prepareRun(options), options, context, integrations, isOneOfMany });
  } catch (thrown) {
    opened.close();
    throw thrown;
  }
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return undefined;
  }
}
