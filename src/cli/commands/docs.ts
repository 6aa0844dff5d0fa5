import type { Command } from 'commander';
import type { CommandContext } from '../context.ts';
import { addJsonOptions } from '../options/json.ts';
import { listDocument, pageDocument } from '../page-document.ts';
import { displayText, printJson } from '../terminal/output.ts';

interface Options {
  readonly json?: true;
  readonly pretty?: true;
}

const EXAMPLES = `
Examples:
  kosmo docs
  kosmo docs getting-started
  kosmo docs {write}
  PAGER=cat kosmo docs cli`;

/** `kosmo docs`: pages to be read by people. */
export function addDocsCommand(program: Command, context: CommandContext): void {
  const command = program.command('docs').description('read the documentation').argument('[page]', 'getting-started, cli, {id}, {write} …');
  addJsonOptions(command)
    .addHelpText('after', EXAMPLES)
    .action(async (page: string | undefined) => {
      const { json, pretty } = command.opts<Options>();
      const host = await context.host();
      try {
        const shown = page === undefined ? listDocument(host) : pageDocument(host, page, 'markdown');
        if (json === true) printJson(shown, pretty === true);
        else await show(displayText(shown.text), page !== undefined);
      } finally {
        await host.close();
      }
    });
}

async function show(text: string, isMarkdown: boolean): Promise<void> {
  const [{ renderDocument }, { showPaged }, { useColour, width }] = await Promise.all([
    import('../terminal/render-markdown.ts'),
    import('../terminal/pager.ts'),
    import('../terminal/capabilities.ts'),
  ]);
  await showPaged(`${isMarkdown ? renderDocument(text, { width: width(), colour: useColour() }) : text}\n`);
}
