import type { Command } from 'commander';
import { hostOptions } from '../../context.ts';
import { addJsonOptions } from '../../options/json.ts';
import { listDocument, pageDocument } from '../../page-document.ts';
import { displayText, printJson } from '../../terminal/output.ts';

interface Options {
  readonly format: 'text' | 'markdown' | 'json';
  readonly json?: true;
  readonly pretty?: true;
}

/** `integrations:docs` and `integrations:examples`. */
export function addDocumentationCommands(program: Command, packageRoot: string): void {
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
        const { createHost } = await import('../../../runtime/index.ts');
        const host = await createHost(hostOptions(packageRoot));
        try {
          const form = format === 'markdown' ? format : whole;
          const shown = page === undefined ? listDocument(host) : pageDocument(host, page, form);
          if (json === true || format === 'json') printJson(shown, pretty === true);
          else process.stdout.write(`${displayText(shown.text)}\n`);
        } finally {
          await host.close();
        }
      });
  };
  add('docs', 'print a page of the documentation, or the list of pages', 'text');
  add('examples', 'print the calls of a function, or the page of an integration', 'examples');
}
