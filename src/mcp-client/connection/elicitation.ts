import { KosmoError, redactText } from '../../errors/index.ts';
import type { InputRequest } from '../../integration/index.ts';
import { cutText } from '../../platform/cut-text.ts';

/** Characters of a server's question in a message. */
const MAX_QUESTION = 300;

/** Error of a call whose server asks the user a question that this run cannot answer. */
export function elicitationRequired(server: string, questions: Readonly<Record<string, InputRequest>>): KosmoError {
  const [first] = Object.values(questions);
  const text = first?.params.message;
  const url = first?.params.url;
  const said = typeof text === 'string' && text !== '' ? `: ${cutText(redactText(text.replaceAll(/\s+/g, ' ')), MAX_QUESTION)}` : '.';
  return new KosmoError('ELICITATION_REQUIRED', `MCP server '${server}' asks the user a question, which this run cannot answer${said}`, {
    details: { server, ...(typeof url === 'string' ? { url: redactText(url) } : {}) },
    hint: typeof url === 'string' ? 'open the url in a browser, then call again' : 'call the tool with kosmo mcp:call on a terminal',
  });
}
