import type { Command } from 'commander';
import { KosmoError } from '../../../errors/index.ts';
import {
  driftLines,
  driftText,
  findServer,
  maskText,
  maskValue,
  needsTrust,
  readServers,
  recordTrust,
  reviewTools,
  type ServerEntry,
  scopeOf,
  subjectOf,
  type ToolDrift,
  type TrustSubject,
} from '../../../mcp-client/index.ts';
import type { CommandContext } from '../../context.ts';
import { addJsonOptions } from '../../options/json.ts';
import { type JsonOptions, printDone } from '../../options/mcp-scope.ts';
import { isInteractive } from '../../terminal/capabilities.ts';
import { openTerminalPrompt } from '../../terminal/prompt.ts';
import { visibleLine } from '../../terminal/visible-text.ts';

interface TrustOptions extends JsonOptions {
  readonly yes?: true;
}

const EXAMPLES = `
Examples:
  kosmo mcp:trust github
  kosmo mcp:trust github --yes

Trust is kept in your own files, for this project and for the server exactly as it is now: another command, argument, variable,
folder, address or header, and it is asked for again. What the programs themselves do is not looked at.`;

/** `kosmo mcp:trust`: shows what a server would run, and what changed, and trusts it. */
export function addMcpTrustCommand(program: Command, context: CommandContext): void {
  const trust = program.command('mcp:trust').description('review and trust an MCP server of the project').argument('<server>');
  addJsonOptions(trust)
    .option('--yes', 'trust it without being asked; --json does not ask either')
    .option('--project', 'for this project, as always')
    .addHelpText('after', EXAMPLES)
    .action((name: string, options: TrustOptions) => trustOne(context, name, options));
}

async function trustOne(context: CommandContext, name: string, { yes, ...format }: TrustOptions): Promise<void> {
  const { env, folder } = context;
  const entry = findServer(await readServers({ env, folder }), name);
  const subject = subjectOf(entry, env);
  const document = { server: name, fingerprint: subject.fingerprint, scope: scopeOf(entry), path: entry.path };
  const { drifts, accept } = await reviewTools(entry, env);
  if (drifts.length > 0) {
    if (format.json !== true) context.stderr.write(`${reviewOfTools(name, drifts)}\n`);
    if (yes !== true && format.json !== true)
      await confirm(context, name, `Trust ${drifts.length === 1 ? 'this tool' : 'these tools'} of ${name}? [y/N] `);
    await accept();
    const tools = drifts.map(({ tool }) => tool);
    printDone({ ...document, tools }, `${name} is trusted with ${tools.join(', ')} as shown`, format);
    return;
  }
  if (!needsTrust(entry)) {
    printDone(document, `${name} is in your own file, ${entry.path}, and needs no trust`, format);
    return;
  }
  if (format.json !== true) context.stderr.write(`${review(entry, subject)}\n`);
  if (yes !== true && format.json !== true) await confirm(context, name, 'Let it run? [y/N] ');
  await recordTrust(entry, subject, env);
  printDone(document, `${name} is trusted in ${entry.projectFolder}`, format);
}

async function confirm(context: CommandContext, name: string, question: string): Promise<void> {
  const prompt = isInteractive() ? openTerminalPrompt() : undefined;
  if (prompt === undefined) {
    throw new KosmoError('NOT_TRUSTED', `There is no terminal to ask whether to trust the MCP server '${name}'.`, {
      hint: `read what it would run, then: kosmo mcp:trust ${name} --yes`,
    });
  }
  const answer = await prompt(question, context.signal);
  if (!/^y(?:es)?$/i.test(answer?.trim() ?? '')) throw new KosmoError('NOT_TRUSTED', `You did not trust the MCP server '${name}'.`);
}

// Every line and the whole of it: text that the user does not see is text that an agent may obey.
function reviewOfTools(server: string, drifts: readonly ToolDrift[]): string {
  const sections = drifts.map((drift) => {
    const lines = driftLines(drift).map((line) => `  ${visibleLine(line, Number.POSITIVE_INFINITY)}`);
    return [`tool ${quoted(drift.tool)}: ${driftText(drift)}`, ...lines].join('\n');
  });
  return [`The tools of MCP server ${quoted(server)} differ from those that you trusted:`, ...sections].join('\n\n');
}

// The program or the address comes last, next to the prompt: nothing above can push it off the screen. Shows everything that decides what
// runs, except values that are certainly secret: a word after `--some-key` could be a program.
function review({ server, path }: ServerEntry, { launch }: TrustSubject): string {
  const rows: [string, string][] =
    server.transport === 'stdio'
      ? [
          ...Object.entries(server.env).map(([name, value]): [string, string] => [
            'with',
            `${quoted(name)}=${quoted(maskValue(name, value))}`,
          ]),
          ...(server.envFile === undefined
            ? []
            : [['with', `variables of ${quoted(launch?.envFile ?? server.envFile)}`] as [string, string]]),
          ['in', quoted(launch?.cwd ?? '')],
          ['runs', [quoted(launch?.command ?? server.command), ...server.args.map((text) => quoted(maskText(text)))].join(' ')],
        ]
      : [
          ...Object.entries(server.headers).map(([name, value]): [string, string] => [
            'sends',
            `${quoted(name)}: ${quoted(maskValue(name, value))}`,
          ]),
          ['connects to', quoted(maskText(server.url))],
        ];
  return [`MCP server ${quoted(server.name)} of ${quoted(path)}:`, ...rows.map(([what, text]) => `  ${what.padEnd(11)} ${text}`)].join(
    '\n',
  );
}

// As a shell would take it, so that one argument cannot look like two, nor like a line of kosmo.
function quoted(text: string): string {
  const line = visibleLine(text, MAX_PART_LENGTH);
  return /^[\w@%+=:,./${}-]+$/.test(line) ? line : `'${line.replaceAll("'", "'\\''")}'`;
}

/** A longer argument would push the program off the screen; the file has all of it. */
const MAX_PART_LENGTH = 2000;
