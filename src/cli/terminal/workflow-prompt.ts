import { describeCalls, type SessionOptions, type WorkflowAnswer, type WorkflowQuestion } from '../../runtime/index.ts';
import { isInteractive } from './capabilities.ts';
import { openTerminalPrompt, type Prompt, takeTurn } from './prompt.ts';
import { streams } from './streams.ts';
import { escapeControlCharacters, visibleLine } from './visible-text.ts';

/**
 * Asks on the terminal one question for all calls of a workflow; undefined without a terminal. `details` shows the calls and asks again.
 * Everything except yes and each is a no.
 */
export function workflowPrompt(question?: Prompt): SessionOptions['askWorkflow'] {
  if (!isInteractive()) return undefined;
  const prompt = question ?? openTerminalPrompt();
  return prompt && ((asked, signal) => takeTurn(() => ask(asked, prompt, signal)));
}

async function ask(question: WorkflowQuestion, prompt: Prompt, signal: AbortSignal): Promise<WorkflowAnswer> {
  streams().stderr.write('\n');
  for (;;) {
    signal.throwIfAborted();
    streams().stderr.write(`${visibleLine(sentenceOf(question), MAX_SENTENCE)}\n`);
    const answer = await prompt('Allow for this run? [y]es / [N]o / [e]ach call / [d]etails ', signal);
    const word = answer?.trim().toLowerCase() ?? '';
    if (/^y(?:es)?$/.test(word)) return 'run';
    if (/^e(?:ach)?(?: call)?$/.test(word)) return 'each';
    if (!/^d(?:etails)?$/.test(word)) return 'no';
    streams().stderr.write(`\n${detailsOf(question)}\n\n`);
  }
}

const MAX_SENTENCE = 2000;

function sentenceOf({ chunk, writes, calls, account }: WorkflowQuestion): string {
  const where = account === null ? '' : `, with account ${account}`;
  return `${workflowName(chunk)} wants to ${describeCalls(writes.length > 0 ? writes : calls)}${where}.`;
}

function workflowName(chunk: string): string {
  const [file = chunk] = /[^/\\]+$/.exec(chunk) ?? [];
  return file.replace(/\.lua$/, '');
}

function detailsOf({ chunk, description, calls, first }: WorkflowQuestion): string {
  const rows = calls.map(({ name, operation, max }) => {
    const kind = operation === undefined ? 'tool' : operation;
    return `  ${name.padEnd(Math.max(...calls.map((call) => call.name.length)))}  ${kind.padEnd(5)}  ${max === undefined ? 'no cap' : `at most ${max}`}`;
  });
  return [
    visibleLine(`${chunk}: ${description}`, MAX_SENTENCE),
    'Calls, each counted for one account in this run:',
    ...rows.map((row) => visibleLine(row, MAX_SENTENCE)),
    `The first: ${visibleLine(`${first.provider.path}.${first.name}`, 300)}`,
    escapeControlCharacters(JSON.stringify(first.args, null, 2)),
  ].join('\n');
}
