import type { Command } from 'commander';
import type { CommandContext } from '../../context.ts';
import { addJsonOptions } from '../../options/json.ts';
import { listDocument, pageDocument } from '../../page-document.ts';
import { displayText, printJson } from '../../terminal/output.ts';

interface Options {
  readonly format: 'text' | 'markdown' | 'json';
  readonly json?: true;
  readonly pretty?: true;
}

/** `integrations:docs` and `integrations:examples`. */
export function addDocumentationCommands(program: Command, context: CommandContext): void {
  const add = (name: string, description: string, whole: 'text' | 'examples'): void => {
    const command = program
      .command(`integrations:${name}`)
      .description(description)
      .argument('[page]', 'agora, agora.start_recording, errors …');
    addJsonOptions(command)
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
  };
  add('docs', 'print a documentation page', 'text');
  add('examples', 'print example calls', 'examples');
}
