import type { ErrorDetail } from '../errors/index.ts';
import { isObject } from '../json/index.ts';
import type { LeftOpen, RunReport } from '../runtime/index.ts';
import type { GatewayTool, ToolOptions } from './gateway-tool.ts';
import { startPausableTimeout } from './pausable-timeout.ts';
import { isText, wrongArgument } from './tool-arguments.ts';
import { type Results, type ToolResult, withGatewayHint } from './tool-results.ts';

const DEFAULT_TIMEOUT_SECONDS = 60;
const MAX_TIMEOUT_SECONDS = 600;

const DEFINITION: GatewayTool['definition'] = {
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
};

/** The tool that runs a script. Its time limit stands still while the user is asked. */
export function executeLua({ host, results, policy }: ToolOptions): GatewayTool {
  return {
    definition: DEFINITION,
    async run({ code, input = {}, timeout = DEFAULT_TIMEOUT_SECONDS, ...others }, call) {
      const wrong = (name: string, wanted: string): ReturnType<typeof wrongArgument> => wrongArgument(results, name, wanted);
      const [unknown] = Object.keys(others);
      if (unknown !== undefined) return wrong(unknown, 'left out: execute_lua takes code, input and timeout');
      if (!isText(code)) return wrong('code', 'Lua source');
      if (!isObject(input)) return wrong('input', 'an object');
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
        // Progress of single calls says nothing about the progress of the script.
        onCall: (event) => event.event === 'progress' || call.tell(event),
        onLeftOpen: (resources) => {
          open = resources;
        },
        signal: limit.signal,
        elicit: (...asked) => limit.pause(() => call.holdPlace(() => call.elicit(...asked))),
        relay: { meta: call.meta },
      });
      limit.end();
      return reportScript(results, 'execute_lua', report, open);
    },
  };
}

/** The result of a tool that ran a script. */
export function reportScript(results: Results, name: string, report: RunReport, open: readonly LeftOpen[]): ToolResult {
  return results.report(name, summarize(report, open), dataOf(report), !report.success);
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
