import { isSpecType } from '@modelcontextprotocol/server';
import type { Members } from './exposed-servers.ts';

type Block = Readonly<Record<string, unknown>>;

/**
 * Content that every client accepts. Clients drop a whole result for one part that the protocol does not know, so such a part becomes a
 * text with its JSON. Members that do not fit are left out.
 */
export function fitContent(blocks: readonly unknown[]): readonly Block[] {
  return blocks.map(fitBlock);
}

function fitBlock(block: unknown): Block {
  if (isPlainText(block)) return block;
  const fitting = [block, withoutOptional(block)].find((candidate) => isSpecType.ContentBlock(candidate));
  return (fitting as Block | undefined) ?? { type: 'text', text: typeof block === 'string' ? block : JSON.stringify(block) };
}

// Without a look at every character of a long text.
function isPlainText(block: unknown): block is Block {
  if (typeof block !== 'object' || block === null) return false;
  const { type, text, ...others } = block as Block;
  return type === 'text' && typeof text === 'string' && Object.keys(others).length === 0;
}

function withoutOptional(block: unknown): unknown {
  if (typeof block !== 'object' || block === null) return block;
  const { annotations: _annotations, _meta, icons: _icons, ...needed } = block as Block;
  return needed;
}

/** The result of `resources/read` without contents that no client accepts. */
export function fitContents(result: Members): Members {
  const contents = Array.isArray(result.contents) ? (result.contents as readonly Members[]) : [];
  return {
    ...result,
    contents: contents.map(({ uri, mimeType, text, blob, ...more }) => ({
      ...more,
      uri: String(uri ?? ''),
      ...(typeof mimeType === 'string' ? { mimeType } : {}),
      ...(typeof blob === 'string' ? { blob } : { text: typeof text === 'string' ? text : JSON.stringify(text ?? '') }),
    })),
  };
}

/** The result of `prompts/get` with messages that every client accepts: a list of parts becomes a message for each. */
export function fitMessages(result: Members): Members {
  const messages = Array.isArray(result.messages) ? (result.messages as readonly Members[]) : [];
  return {
    ...result,
    messages: messages.flatMap(({ role, content }) =>
      fitContent(Array.isArray(content) ? content : [content]).map((part) => ({
        role: role === 'assistant' ? 'assistant' : 'user',
        content: part as Members,
      })),
    ),
  };
}
