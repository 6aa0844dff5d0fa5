import { isObject, type JsonObject, type JsonValue } from '../../json/index.ts';
import { withoutNulls } from './handshake.ts';

/** The result of a request as kosmo uses it, with sentences about its odd parts. Those stay as they are. */
export interface ReadResult {
  readonly result: JsonObject;
  readonly notes: readonly string[];
}

type Note = (text: string) => void;

const READERS: Readonly<Record<string, (result: JsonObject, note: Note) => JsonObject>> = {
  'tools/call': readCall,
  'resources/read': readContents,
  'prompts/get': readPrompt,
};

const MAX_NOTES = 10;

/** Reads a result part by part: null counts as absent, and an odd part stays and is noted. Undefined if the result is not an object. */
export function checkResult(method: string, raw: JsonValue | undefined): ReadResult | undefined {
  if (!isObject(raw)) return undefined;
  const notes: string[] = [];
  const reader = READERS[method];
  const result = withoutNulls(raw);
  return {
    result: reader === undefined ? result : reader(result, (text) => notes.length < MAX_NOTES && notes.push(text)),
    notes,
  };
}

function readCall(result: JsonObject, note: Note): JsonObject {
  const { content, isError, ...rest } = result;
  const parts = partsOf(content, 'content', note);
  return {
    ...rest,
    content: parts.map((part, i) => readPart(part, `part ${i + 1} of the result`, note)),
    ...(isError === undefined ? {} : { isError: readFlag(isError, note) }),
  };
}

function readFlag(value: JsonValue, note: Note): boolean {
  if (typeof value === 'boolean') return value;
  note(`isError is ${JSON.stringify(value)}, not true or false`);
  return value === 'true' || value === 1;
}

// A text or one object stands for a list of one part.
function partsOf(value: JsonValue | undefined, member: string, note: Note): readonly JsonValue[] {
  if (value === undefined) return [];
  if (Array.isArray(value)) return value as readonly JsonValue[];
  note(`${member} is not a list`);
  return [typeof value === 'string' ? { type: 'text', text: value } : value];
}

const isText = (value: JsonValue | undefined): boolean => typeof value === 'string';
const isBase64 = (value: JsonValue | undefined): boolean =>
  typeof value === 'string' && value.length % 4 !== 1 && !/[^A-Za-z0-9+/\-_=\s]/.test(value);

/** The members that a part of each type needs. */
const PARTS: Readonly<Record<string, Readonly<Record<string, (value: JsonValue | undefined) => boolean>>>> = {
  text: { text: isText },
  image: { data: isBase64, mimeType: isText },
  audio: { data: isBase64, mimeType: isText },
  resource_link: { uri: isText, name: isText },
  resource: { resource: isObject },
};

function readPart(part: JsonValue, where: string, note: Note): JsonValue {
  if (!isObject(part)) {
    note(`${where} is not an object`);
    return part;
  }
  const { type } = part;
  const needs = typeof type === 'string' && Object.hasOwn(PARTS, type) ? PARTS[type] : undefined;
  if (needs === undefined) {
    note(`${where} has the unknown type ${JSON.stringify(type ?? null)}`);
    return part;
  }
  const odd = Object.entries(needs).find(([member, fits]) => !fits(part[member]));
  if (odd !== undefined) note(`${where} (${type}) has no valid ${odd[0]}`);
  const { annotations, resource, ...rest } = withoutNulls(part);
  return {
    ...rest,
    ...(annotations === undefined ? {} : { annotations: isObject(annotations) ? withoutNulls(annotations) : annotations }),
    ...(resource === undefined ? {} : { resource: isObject(resource) ? withoutNulls(resource) : resource }),
  };
}

function readContents({ contents, ...rest }: JsonObject, note: Note): JsonObject {
  const parts = partsOf(contents, 'contents', note).map((part, i) => {
    if (!isObject(part)) note(`content ${i + 1} of the resource is not an object`);
    else if (!isText(part.uri)) note(`content ${i + 1} of the resource has no uri`);
    return isObject(part) ? withoutNulls(part) : part;
  });
  return { ...rest, contents: parts };
}

function readPrompt({ messages, ...rest }: JsonObject, note: Note): JsonObject {
  const read = partsOf(messages, 'messages', note).map((message, i) => {
    const where = `message ${i + 1} of the prompt`;
    if (!isObject(message)) {
      note(`${where} is not an object`);
      return message;
    }
    const { role, content } = message;
    if (role !== 'user' && role !== 'assistant') note(`${where} has the unknown role ${JSON.stringify(role ?? null)}`);
    if (Array.isArray(content)) note(`the content of ${where} is a list`);
    return { ...withoutNulls(message), ...(isObject(content) ? { content: readPart(content, where, note) } : {}) };
  });
  return { ...rest, messages: read };
}
