import type { Command } from 'commander';
import { addJsonOptions } from '../../options/json.ts';
import type { JsonOptions } from '../../options/mcp-scope.ts';
import { printJson, printValue } from '../../terminal/output.ts';

const STEPS: readonly { readonly title: string; readonly command: string }[] = [
  { title: 'add a program of the project', command: 'kosmo mcp:add files -- npx -y @modelcontextprotocol/server-filesystem .' },
  { title: 'add an address, for all of your projects', command: 'kosmo mcp:add docs https://mcp.example.com/mcp --global' },
  { title: 'keep a token encrypted, and hand it over', command: 'printf %s "$TOKEN" | kosmo mcp:secret:set github token --stdin' },
  {
    title: 'use it in a header',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is how files write it
    command: "kosmo mcp:add github https://api.githubcopilot.com/mcp/ --header 'Authorization: Bearer ${KOSMO_SECRET:mcp.github.token}'",
  },
  { title: 'let what the project brought run', command: 'kosmo mcp:trust files' },
  { title: 'allow reading, and ask before writing', command: 'kosmo mcp:add files --read=allow --write=ask' },
  { title: 'find out why something does not work', command: 'kosmo mcp:doctor' },
  { title: 'call a tool', command: 'kosmo mcp:call files.list_directory --path=.' },
  { title: 'call it from Lua', command: 'kosmo mcp:lua --eval \'dump(app.mcp.files.list_directory({ path = "." }))\'' },
];

const EXAMPLES = `
Examples:
  kosmo mcp:examples`;

/** `kosmo mcp:examples`: the commands from a new server to a call of it. */
export function addMcpExamplesCommand(program: Command): void {
  addJsonOptions(program.command('mcp:examples').description('show example commands')).addHelpText('after', EXAMPLES).action(showExamples);
}

function showExamples({ json, pretty }: JsonOptions): void {
  if (json === true) printJson({ success: true, examples: STEPS }, pretty === true);
  else printValue(STEPS.map(({ title, command }) => `# ${title}\n${command}`).join('\n\n'));
}
