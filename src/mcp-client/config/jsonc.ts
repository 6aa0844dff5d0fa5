import type { Node } from 'jsonc-parser';

/** What is wrong with a text that is not JSON with comments, and where. */
export class JsoncError extends Error {
  readonly line: number;

  constructor(message: string, line: number) {
    super(message);
    this.line = line;
  }
}

/** Parses JSON that may have comments and trailing commas, as editors write it. Throws `JsoncError`. */
export async function parseJsonc(text: string): Promise<unknown> {
  try {
    // Most files are plain JSON, which needs no parser of ours.
    return JSON.parse(text) as unknown;
  } catch {
    return parseWithComments(text);
  }
}

async function parseWithComments(text: string): Promise<unknown> {
  const { parseTree, printParseErrorCode } = await import('jsonc-parser');
  const errors: { error: number; offset: number; length: number }[] = [];
  let root: Node | undefined;
  try {
    root = parseTree(text, errors, { allowTrailingComma: true });
  } catch {
    throw new JsoncError('nested too deep', 1);
  }
  const [first] = errors;
  if (first !== undefined) {
    const words = printParseErrorCode(first.error)
      .replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ')
      .toLowerCase();
    throw new JsoncError(words, text.slice(0, first.offset).split('\n').length);
  }
  if (root === undefined) throw new JsoncError('value expected', 1);
  return toValue(root);
}

// Not the library's own getNodeValue, which would let a member `__proto__` become the prototype.
function toValue(node: Node): unknown {
  if (node.type === 'array') return (node.children ?? []).map(toValue);
  if (node.type !== 'object') return node.value as unknown;
  return Object.fromEntries((node.children ?? []).map(({ children: [key, value] = [] }) => [key?.value, value && toValue(value)]));
}
