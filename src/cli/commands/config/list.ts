import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { integrationSummaries } from '../../../runtime/index.ts';
import { type ListedSetting, listSettings, readSettings } from '../../../settings/index.ts';
import type { CommandContext } from '../../context.ts';
import { printJson, printTable } from '../../terminal/output.ts';

interface ListOptions {
  readonly origin?: true;
  readonly json?: true;
  readonly pretty?: true;
}

/** `kosmo config:list`: every setting that counts. */
export function addConfigCommands(program: Command, context: CommandContext): void {
  program
    .command('config:list')
    .description('list the settings in effect')
    .option('--origin', 'tell where each comes from')
    .option('--json', 'print one JSON document instead of text')
    .option('--pretty', 'indent the JSON document')
    .addHelpText('after', '\nExamples:\n  kosmo config:list --origin\n  kosmo config:list --json')
    .action(async ({ origin, json, pretty }: ListOptions) => {
      const settings = await readSettings(context);
      const listed = listSettings(settings, integrationSummaries);
      const { projectFolder, layers } = settings.config;
      if (json === true) {
        const files = layers.map(({ scope, file }) => ({ scope, file, exists: existsSync(file) }));
        printJson({ success: true, project_folder: projectFolder, files, settings: listed }, pretty === true);
        return;
      }
      printTable(
        ['Setting', 'Value', ...(origin === true ? ['From'] : [])],
        listed.map((setting) => [setting.name, showValue(setting), ...(origin === true ? [showOrigin(setting)] : [])]),
      );
    });
}

function showValue({ value, secret, origin }: ListedSetting): string {
  if (secret) return '(secret)';
  if (value === null) return origin.from === 'environment' ? '(not set)' : '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function showOrigin({ origin: { from, file, line, variable } }: ListedSetting): string {
  if (variable !== null) return variable;
  if (file === null) return from;
  return line === null ? file : `${file}:${line}`;
}
