import type { CommandContext } from '../context.ts';
import { printJson, printNote, printTable } from '../terminal/output.ts';

interface JsonOptions {
  readonly json?: true;
  readonly pretty?: true;
}

/** Prints the tools of one server, or of all. */
export async function showTools(context: CommandContext, server: string | undefined, { json, pretty }: JsonOptions): Promise<void> {
  const host = await context.host();
  try {
    const { tools, problems } = server === undefined ? await host.mcp.allTools() : { tools: await host.mcp.tools(server), problems: [] };
    if (json === true) {
      printJson({ success: true, tools, problems }, pretty === true);
      return;
    }
    printTable(
      ['Function', 'Operation', 'Description'],
      tools.map((row) => [row.function, row.operation, firstLine(row.description)]),
    );
    for (const { message } of problems) printNote(message);
  } finally {
    await host.close();
  }
}

function firstLine(text: string): string {
  const [line = ''] = text.split('\n');
  return line.length > 100 ? `${line.slice(0, 100)}…` : line;
}
