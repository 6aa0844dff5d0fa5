import type { Command } from 'commander';
import type { CommandContext } from '../context.ts';
import { listDocument, pageDocument } from '../page-document.ts';
import { displayText, printJson } from '../terminal/output.ts';
import { addJsonOptions } from './json.ts';

interface Options {
  readonly format: 'text' | 'markdown' | 'json';
  readonly json?: true;
  readonly pretty?: true;
}

/** Adds a command that prints a page of the documentation, or the list of pages: as text, or its examples alone. */
export function addPageCommand(command: Command, context: CommandContext, whole: 'text' | 'examples'): Command {
  command.argument('[page]', '{id}, {write}, errors …');
  return addJsonOptions(command)
    .addOption(command.createOption('--format <format>', 'how to print it').choices(['text', 'markdown', 'json']).default('text'))
    .action(async (page: string | undefined) => {
      const { format, json, pretty } = command.opts<Options>();
      // Also for the failure to find a page.
      if (format === 'json') command.setOptionValue('json', true);
      const host = await context.host();
      try {
        const form = format === 'markdown' ? format : whole;
        const shown = page === undefined ? listDocument(host) : pageDocument(host, page, form);
        if (json === true || format === 'json') printJson(shown, pretty === true);
        else context.stdout.write(`${displayText(shown.text)}\n`);
      } finally {
        await host.close();
      }
    });
}
