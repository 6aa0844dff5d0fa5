import type { Operation } from '../../integration/index.ts';
import type { JsonValue } from '../../json/index.ts';
import { cutText } from '../../platform/cut-text.ts';
import { type JsonSchema, type ObjectSchema, readParameters } from '../../schema/index.ts';
import { type Drifts, driftText, type ToolDrift } from '../trust/pins.ts';
import { type LuaNames, luaNames } from './lua-names.ts';

/** A tool of a server. */
export interface McpTool {
  /** As the server has it. */
  readonly name: string;
  /** As scripts write it, where they can. */
  readonly shown: string;
  readonly description: string;
  readonly operation: Operation;
  /** As the server sent it. */
  readonly schema: ObjectSchema;
  /** What the server says of its answers; undefined where it says nothing. */
  readonly outputSchema: JsonSchema | undefined;
  /** What the server calls it for people. */
  readonly title: string | undefined;
  /** `destructiveHint`, `idempotentHint`, `openWorldHint`, where the server says so. */
  readonly hints: Readonly<Record<string, boolean>>;
  /** How it differs from the definition that the user trusted; undefined if it does not. */
  readonly drift?: ToolDrift | undefined;
}

export interface McpTools {
  readonly all: readonly McpTool[];
  /** Sentences about tools that cannot be used. */
  readonly problems: readonly string[];
  readonly names: LuaNames;
  /** The tool of a raw name, or of one that scripts write. */
  readonly find: (name: string) => McpTool | undefined;
}

const HINTS = ['destructiveHint', 'idempotentHint', 'openWorldHint'];

/**
 * What a server's list of tools means. Of tools of one name the first counts. A tool that is refused keeps its name only: an agent could obey
 * a description that the user has not seen.
 */
export function readTools(
  items: readonly Readonly<Record<string, JsonValue>>[],
  problems: readonly string[] = [],
  drifts: Drifts = new Map(),
): McpTools {
  const byName = new Map<string, Readonly<Record<string, JsonValue>>>();
  for (const item of items) {
    const { name } = item;
    if (typeof name === 'string' && name !== '' && !byName.has(name)) byName.set(name, item);
  }
  for (const [name, drift] of drifts) if (drift.isRefused && byName.has(name)) byName.set(name, { description: withheld(drift) });
  const names = luaNames([...byName.keys()]);
  const all = [...byName].map(([name, { description, title, annotations, inputSchema, outputSchema }]): McpTool => {
    const { readOnlyHint, title: shortTitle, ...hints } = (annotations ?? {}) as Readonly<Record<string, JsonValue>>;
    const titles = [title, shortTitle].filter((text) => typeof text === 'string' && text !== '');
    return {
      name,
      shown: names.luaName(name),
      description: typeof description === 'string' && description !== '' ? description : (titles[0]?.toString() ?? ''),
      title: titles[0]?.toString(),
      // What a server does not call reading may write.
      operation: readOnlyHint === true ? 'read' : 'write',
      schema: objectSchema(inputSchema),
      outputSchema: isSchema(outputSchema) ? outputSchema : undefined,
      hints: Object.fromEntries(HINTS.flatMap((hint) => (typeof hints[hint] === 'boolean' ? [[hint, hints[hint]]] : []))),
      drift: drifts.get(name),
    };
  });
  return {
    all,
    problems,
    names,
    find(name) {
      const raw = names.resolve(name);
      return raw === undefined ? findByCutName(all, name) : all.find((tool) => tool.name === raw);
    },
  };
}

function withheld(drift: ToolDrift): string {
  return `Not trusted: ${driftText(drift)}. kosmo mcp:trust shows the difference.`;
}

// Scripts keep at most so many characters of a name (`cutText`), and some servers have longer ones.
function findByCutName(tools: readonly McpTool[], name: string): McpTool | undefined {
  if (!name.endsWith('…')) return undefined;
  const [only, another] = tools.filter((tool) => [tool.name, tool.shown].some((full) => cutText(full, name.length) === name));
  return another === undefined ? only : undefined;
}

/** The parameters of a tool, for people and programs. */
export function parametersOf({ schema }: McpTool): readonly { name: string; type: string; required: boolean; description: string }[] {
  return readParameters(schema).map(({ name, type, required, description }) => ({ name, type, required, description }));
}

function objectSchema(value: JsonValue | undefined): ObjectSchema {
  const schema = isSchema(value) ? value : {};
  const { properties, required } = schema as Partial<ObjectSchema>;
  const named = Object.entries(isSchema(properties) ? properties : {}).map(([name, property]) => [
    name,
    isSchema(property) ? property : {},
  ]);
  return {
    ...(schema as JsonSchema),
    type: 'object',
    properties: Object.fromEntries(named),
    required: Array.isArray(required) ? required.filter((name) => typeof name === 'string') : [],
  };
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
