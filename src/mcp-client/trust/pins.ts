import { createHash } from 'node:crypto';
import path from 'node:path';
import { homeFolder } from '../../config/index.ts';
import { KosmoError } from '../../errors/index.ts';
import type { JsonValue } from '../../json/index.ts';
import { createPrivateDirectory } from '../../platform/private-directory.ts';
import { readRegularText } from '../../platform/read-regular-file.ts';
import { replaceFile } from '../../platform/replace-file.ts';
import { isRecord } from '../config/server-entry.ts';
import type { ServerEntry } from '../config/servers.ts';
import { canonical, needsTrust, readToolHashes, recordToolHashes, subjectOf } from './trust.ts';

type Environment = Readonly<Record<string, string | undefined>>;
type Item = Readonly<Record<string, JsonValue>>;

/** The text of each part of a tool's definition, by its name for people. */
type Definition = Readonly<Record<string, string>>;

/** A difference between a tool and its pin: the definition that the user trusted, or that kosmo saw first. */
export interface ToolDrift {
  readonly tool: string;
  /** The parts that differ; empty for a new tool. */
  readonly parts: readonly string[];
  readonly isNew: boolean;
  /** Whether calls are refused until the user accepts the difference. */
  readonly isRefused: boolean;
  readonly before: Definition | undefined;
  readonly after: Definition;
}

export type Drifts = ReadonlyMap<string, ToolDrift>;

interface Pins {
  /** The configuration of the server when its tools were pinned. */
  readonly fingerprint: string;
  readonly tools: Readonly<Record<string, Definition>>;
}

const MAX_FILE_BYTES = 64 * 1024 ** 2;

/**
 * Compares the tools of a server with their pins, by name of the tool. Any difference is refused for a server of a project. For the user's
 * own servers only a write that became a read is refused. The first list of a server becomes its pins, unless `canPin` is false.
 */
export async function comparePins(entry: ServerEntry, items: readonly Item[], env: Environment, canPin = true): Promise<Drifts> {
  // A program that embeds kosmo has no files of its own.
  if (entry.source === 'runtime') return new Map();
  const now = definitionsOf(items);
  const { fingerprint } = subjectOf(entry, env);
  const pins = readPins(entry, env);
  const known = pins?.fingerprint === fingerprint ? pins.tools : undefined;
  const trusted = needsTrust(entry) ? await readToolHashes(entry, env) : undefined;
  const isPinned = needsTrust(entry) ? trusted !== undefined : known !== undefined;
  if (!isPinned) {
    // A server that is not ready yet may list nothing.
    if (canPin && items.length > 0) await savePins(entry, { fingerprint, tools: now }, env);
    return new Map();
  }
  const found = Object.entries(now).flatMap(([tool, after]): ToolDrift[] => {
    const stored = known !== undefined && Object.hasOwn(known, tool) ? known[tool] : undefined;
    if (trusted === undefined) return stored !== undefined && hash(stored) === hash(after) ? [] : [drift(entry, tool, stored, after)];
    const expected = Object.hasOwn(trusted, tool) ? trusted[tool] : undefined;
    if (expected === hash(after)) return [];
    // The definitions are not part of trust.json. Without the right one kosmo knows only that the tool differs.
    const before = stored !== undefined && hash(stored) === expected ? stored : undefined;
    return [{ ...drift(entry, tool, before, after), isNew: expected === undefined }];
  });
  return new Map(found.map((one) => [one.tool, one]));
}

/** Makes the tools of a server its pins. Tools that the server no longer lists keep theirs. */
export async function acceptTools(entry: ServerEntry, items: readonly Item[], env: Environment): Promise<void> {
  const { fingerprint } = subjectOf(entry, env);
  const pins = readPins(entry, env);
  const before = pins?.fingerprint === fingerprint ? pins.tools : {};
  await savePins(entry, { fingerprint, tools: { ...before, ...definitionsOf(items) } }, env, true);
}

/** Whether the tools of a server were pinned before. */
export async function hasPins(entry: ServerEntry, env: Environment): Promise<boolean> {
  if (entry.source === 'runtime') return false;
  if (needsTrust(entry)) return (await readToolHashes(entry, env)) !== undefined;
  return readPins(entry, env)?.fingerprint === subjectOf(entry, env).fingerprint;
}

/** What changed, for people: "its description changed". */
export function driftText({ isNew, parts }: ToolDrift): string {
  if (isNew) return 'it is new';
  return parts.length === 0 ? 'its definition changed' : `its ${parts.join(', ')} changed`;
}

/** The error of a call of a tool that is refused. */
export function toolNotTrusted(server: string, { tool, ...drift }: ToolDrift): KosmoError {
  const since = drift.isNew ? '' : ' since you trusted it';
  return new KosmoError(
    'NOT_TRUSTED',
    `The tool '${tool}' of MCP server '${server}' is not trusted: ${driftText({ tool, ...drift })}${since}. Nothing was sent.`,
    { hint: `look at the difference, and trust it: kosmo mcp:trust ${server}`, details: { server, tool, changed: drift.parts } },
  );
}

/** The lines of a definition that differ, with `-` for the pin and `+` for the tool of today. */
export function driftLines({ before, after, parts, isNew }: ToolDrift): readonly string[] {
  const names = isNew || before === undefined ? Object.keys(after) : parts;
  return names.flatMap((part) => [
    `${part}:`,
    ...lineDifference((before?.[part] ?? '').split('\n'), (after[part] ?? '').split('\n')).filter((line) => line.length > 1),
  ]);
}

function drift(entry: ServerEntry, tool: string, before: Definition | undefined, after: Definition): ToolDrift {
  const parts = before === undefined ? [] : [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const becameRead = before !== undefined && isRead(after) && !isRead(before);
  return {
    tool,
    parts: parts.filter((part) => before?.[part] !== after[part]),
    isNew: before === undefined,
    isRefused: needsTrust(entry) || becameRead,
    before,
    after,
  };
}

function definitionsOf(items: readonly Item[]): Readonly<Record<string, Definition>> {
  const named = items.filter(({ name }) => typeof name === 'string' && name !== '');
  // Of several tools with one name the first counts.
  return Object.fromEntries(named.toReversed().map((item) => [item.name as string, definitionOf(item)]));
}

function definitionOf({ title, description, inputSchema, outputSchema, annotations }: Item): Definition {
  const text = (value: JsonValue | undefined): string | undefined => (typeof value === 'string' ? value : json(value));
  const parts = {
    title: text(title),
    description: text(description),
    parameters: json(inputSchema),
    result: json(outputSchema),
    annotations: json(annotations),
  };
  return Object.fromEntries(Object.entries(parts).filter((part): part is [string, string] => part[1] !== undefined));
}

function json(value: JsonValue | undefined): string | undefined {
  return value === undefined || value === null ? undefined : JSON.stringify(JSON.parse(canonical(value)), null, 2);
}

function isRead({ annotations }: Definition): boolean {
  return annotations !== undefined && (JSON.parse(annotations) as { readonly readOnlyHint?: unknown }).readOnlyHint === true;
}

async function savePins(entry: ServerEntry, pins: Pins, env: Environment, replace = false): Promise<void> {
  try {
    const file = pinFile(entry, env);
    createPrivateDirectory(path.dirname(file));
    replaceFile(file, JSON.stringify({ server: entry.server.name, ...pins }));
  } catch {
    // The next list of the server is compared with nothing, as this one was.
  }
  if (!needsTrust(entry)) return;
  const hashes = Object.fromEntries(Object.entries(pins.tools).map(([tool, definition]) => [tool, hash(definition)]));
  await recordToolHashes(entry, hashes, env, replace);
}

function readPins(entry: ServerEntry, env: Environment): Pins | undefined {
  try {
    const pins: unknown = JSON.parse(readRegularText(pinFile(entry, env), MAX_FILE_BYTES) ?? '');
    if (!isRecord(pins) || typeof pins.fingerprint !== 'string' || !isRecord(pins.tools)) return undefined;
    return Object.values(pins.tools).every(isRecord) ? (pins as unknown as Pins) : undefined;
  } catch {
    return undefined;
  }
}

function pinFile(entry: ServerEntry, env: Environment): string {
  const owner = needsTrust(entry) ? entry.projectFolder : '';
  const name = createHash('sha256').update(`${entry.server.name}\n${owner}`).digest('hex').slice(0, 32);
  return path.join(homeFolder(env), 'mcp-pins', `${name}.json`);
}

function hash(definition: Definition): string {
  return createHash('sha256').update(canonical(definition)).digest('hex').slice(0, 32);
}

/** Lines that both texts may have for an exact comparison; longer ones are shown as replaced. */
const MAX_CELLS = 1_000_000;

// The longest common subsequence, by lengths of those of the rests.
function lineDifference(before: readonly string[], after: readonly string[]): readonly string[] {
  const removed = (lines: readonly string[]): string[] => lines.map((line) => `-${line}`);
  const added = (lines: readonly string[]): string[] => lines.map((line) => `+${line}`);
  if (before.length * after.length > MAX_CELLS) return [...removed(before), ...added(after)];
  const width = after.length + 1;
  const lengths = new Uint32Array((before.length + 1) * width);
  const at = (i: number, j: number): number => lengths[i * width + j] ?? 0;
  for (let i = before.length - 1; i >= 0; i -= 1) {
    for (let j = after.length - 1; j >= 0; j -= 1)
      lengths[i * width + j] = before[i] === after[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  }
  const lines: string[] = [];
  let [i, j] = [0, 0];
  while (i < before.length && j < after.length) {
    if (before[i] === after[j]) [i, j] = [i + 1, j + 1];
    else if (at(i + 1, j) >= at(i, j + 1)) lines.push(...removed([before[i++] ?? '']));
    else lines.push(...added([after[j++] ?? '']));
  }
  return [...lines, ...removed(before.slice(i)), ...added(after.slice(j))];
}
