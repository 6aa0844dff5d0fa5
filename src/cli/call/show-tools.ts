import type { CommandContext } from '../context.ts';
import { printJson, printNote, printTable } from '../terminal/output.ts';
import { readTimeout } from './report.ts';

interface JsonOptions {
  readonly json?: true;
  readonly pretty?: true;
  readonly timeout?: string;
}

/** Prints the tools of one server, or of all. */
export async function showTools(
  context: CommandContext,
  server: string | undefined,
  { json, pretty, timeout }: JsonOptions,
): Promise<void> {
  const host = await context.host({ mcpTimeoutMs: readTimeout(timeout) });
  try {
    const { tools, problems } = await host.mcp.allTools(server);
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
