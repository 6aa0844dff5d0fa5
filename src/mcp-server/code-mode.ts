import { type ErrorDetail, KosmoError } from '../errors/index.ts';
import type { JsonValue } from '../json/index.ts';
import type { Host, LeftOpen, RunOptions, RunReport } from '../runtime/index.ts';
import type { Exposure } from './exposure.ts';
import type { GatewayTool, ToolCall } from './gateway-tool.ts';
import { startPausableTimeout } from './pausable-timeout.ts';
import { type Results, type ToolResult, withGatewayHint } from './tool-results.ts';

export interface CodeModeOptions {
  readonly host: Host;
  readonly exposure: Exposure;
  readonly results: Results;
  readonly policy: (call: ToolCall) => RunOptions['policy'];
}

const DEFAULT_TIMEOUT_SECONDS = 60;
const MAX_TIMEOUT_SECONDS = 600;

const LOCAL = { readOnlyHint: true, destructiveHint: false, openWorldHint: false };

/** The four tools with which an agent finds out what there is, reads it, and runs one script instead of many calls. */
export function codeModeTools({ host, exposure, results, policy }: CodeModeOptions): readonly GatewayTool[] {
  const restrict = exposure.refusal;
  const servers = async (): Promise<string> => {
    const names = (await host.mcp.names()).filter((name) => exposure.upstreamRefusal(name, 'tools') === undefined);
    return names.length === 0 ? '' : `\n\nMCP servers, each with a page of its tools: ${names.map((name) => `mcp.${name}`).join(', ')}`;
  };
  // A page is for reading: who would get it as data, too, pays for it twice.
  const text = (name: string, found: { readonly text: string; readonly found: boolean }): ToolResult => {
    const { structuredContent: _data, ...page } = results.report(name, found.text, { text: found.text }, !found.found);
    return page;
  };
  return [
    {
      definition: {
        name: 'lua_list_docs',
        title: 'List Lua functions and guides',
        description: 'List the functions that a script can call, and the guides.',
        inputSchema: { type: 'object', properties: {} },
        annotations: LOCAL,
      },
      run: async () => text('documentation', { text: host.listDocs(restrict).text + (await servers()), found: true }),
    },
    {
      definition: {
        name: 'lua_search_docs',
        title: 'Search the documentation',
        description: 'Find functions, parameters and guides by words.',
        inputSchema: { type: 'object', properties: { query: { type: 'string' } }, required: ['query'] },
        annotations: LOCAL,
      },
      run: async ({ query }) =>
        isText(query) ? text('search', { text: host.searchDocs(query, restrict), found: true }) : wrong('query', 'words'),
    },
    {
      definition: {
        name: 'lua_read_doc',
        title: 'Read a page of the documentation',
        description: 'Read a page, such as agora.start_recording or overview: parameters, results, errors, a script that works.',
        inputSchema: { type: 'object', properties: { page: { type: 'string' } }, required: ['page'] },
        annotations: LOCAL,
      },
      async run({ page }) {
        if (!isText(page)) return wrong('page', 'the name of a page');
        const ofServer = await host.mcp.readDocs(page, restrict);
        return text(page, ofServer === undefined ? host.readDocs(page, { restrict }) : { text: ofServer, found: true });
      },
    },
    {
      definition: {
        name: 'execute_lua',
        title: 'Run a Lua script',
        description:
          'Run a Lua 5.3 script that calls app.integrations.<id>.<function>{...}. print and return tell what you want to see. pcall catches errors, parallel.map runs calls at once, sleep(s) waits, input is the table given.',
        inputSchema: {
          type: 'object',
          properties: {
            code: { type: 'string' },
            input: { type: 'object', description: 'The global `input`.' },
            timeout: { type: 'number', description: `Seconds, ${DEFAULT_TIMEOUT_SECONDS} unless given, at most ${MAX_TIMEOUT_SECONDS}.` },
          },
          required: ['code'],
        },
        annotations: { readOnlyHint: false, destructiveHint: true, openWorldHint: true },
      },
      async run({ code, input = {}, timeout = DEFAULT_TIMEOUT_SECONDS, ...others }, call) {
        const [unknown] = Object.keys(others);
        if (unknown !== undefined) return wrong(unknown, 'left out: execute_lua takes code, input and timeout');
        if (!isText(code)) return wrong('code', 'Lua source');
        if (typeof input !== 'object' || input === null || Array.isArray(input)) return wrong('input', 'an object');
        if (typeof timeout !== 'number' || !(timeout > 0 && timeout <= MAX_TIMEOUT_SECONDS))
          return wrong('timeout', `seconds, more than 0 and at most ${MAX_TIMEOUT_SECONDS}`);
        const limit = startPausableTimeout(timeout, call.signal);
        const { ask } = call;
        const pausable = ask === undefined ? {} : { ask: (...asked: Parameters<typeof ask>) => limit.pause(() => ask(...asked)) };
        let open: readonly LeftOpen[] = [];
        const report = await host.run(code, {
          chunk: 'script',
          policy: policy({ ...call, ...pausable }),
          input,
          // What counts is how far the script is.
          onCall: (event) => event.event === 'progress' || call.tell(event),
          onLeftOpen: (resources) => {
            open = resources;
          },
          signal: limit.signal,
        });
        limit.end();
        return results.report('execute_lua', summarize(report, open), dataOf(report), !report.success);
      },
    },
  ];

  function wrong(name: string, wanted: string): ToolResult {
    return results.failure(new KosmoError('INVALID_ARGUMENTS', `${name} must be ${wanted}. Nothing was run.`).toJSON());
  }
}

function isText(value: JsonValue | undefined): value is string {
  return typeof value === 'string' && value.trim() !== '';
}

function dataOf({
  success,
  output,
  result,
  error_detail: error,
  call_log,
  open_recordings,
  execution_time_ms,
}: RunReport): Record<string, unknown> {
  return { success, output, result, error, call_log, open_recordings, execution_time_ms };
}

// For a model: the output, then the result or the error, then the calls and the open resources.
function summarize({ output, result, error_detail: error, call_log: calls }: RunReport, open: readonly LeftOpen[]): string {
  const parts = [
    output,
    result === null ? '' : `returned: ${JSON.stringify(result.length === 1 ? result[0] : result)}`,
    error === null ? '' : describeError(error),
    calls.length === 0 ? '' : `calls: ${countAlike(calls.map(({ name, status, code }) => `${name} ${code ?? status}`))}`,
    ...open.map(({ sentence, facts }) => `stop this: ${sentence} ${JSON.stringify(facts)}`),
  ];
  return parts.filter((part) => part !== '').join('\n') || 'The script printed and returned nothing.';
}

function countAlike(texts: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts].map(([text, count]) => (count === 1 ? text : `${text} (${count} times)`)).join(', ');
}

function describeError(error: ErrorDetail): string {
  const { code, message, hint, traceback } = withGatewayHint(error);
  const lines = [`error ${code}: ${message}`, typeof traceback === 'string' ? traceback : '', hint === undefined ? '' : `hint: ${hint}`];
  return lines.filter((line) => line !== '').join('\n');
}
