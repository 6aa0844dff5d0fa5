import type { ErrorDetail } from '../errors/index.ts';
import { isObject, type JsonValue } from '../json/index.ts';
import { replaceLoneSurrogates } from './replace-lone-surrogates.ts';
import type { ResultStore } from './result-store.ts';

/** A result of a tool as MCP knows it, as much of it as is made here. */
export interface ToolResult {
  readonly content: readonly ContentBlock[];
  readonly structuredContent?: Readonly<Record<string, unknown>>;
  readonly isError?: true;
  readonly [more: string]: unknown;
}

type ContentBlock =
  | JsonBlock
  | { readonly type: 'text'; readonly text: string }
  | {
      readonly type: 'resource_link';
      readonly uri: string;
      readonly name: string;
      readonly mimeType: string;
      readonly description: string;
    };

type JsonBlock = Readonly<Record<string, JsonValue>>;

/** Parts of an answer that are no text, by their type. */
const MEDIA: readonly unknown[] = ['image', 'audio', 'resource', 'resource_link'];

/** A picture has more characters than a text that is read. */
const MAX_MEDIA_CHARACTERS = 8 * 1024 * 1024;

/** What the data of a cut result has besides its preview, of which JSON can make twice as many characters. */
const ENVELOPE_CHARACTERS = 200;

/** Makes results of at most `maxCharacters` each; what does not fit is cut, marked, and kept whole as a resource. */
export interface Results {
  readonly success: (name: string, data: JsonValue) => ToolResult;
  /**
   * The result of a tool of an MCP server, as the server sent it. `data` is what scripts get of it, for a tool with an output schema: clients
   * require structured content from it.
   */
  readonly fromServer: (name: string, result: JsonBlock, data?: JsonValue) => ToolResult;
  readonly failure: (error: ErrorDetail) => ToolResult;
  /** Text for the model, and data for programs. Without data the result has no `structuredContent`. */
  readonly report: (name: string, text: string, data: Readonly<Record<string, unknown>> | undefined, isError: boolean) => ToolResult;
}

export function createResults(kept: ResultStore, maxCharacters: number): Results {
  const report: Results['report'] = (name, given, members, isError) => {
    const text = replaceLoneSurrogates(given);
    const data = replaceLoneSurrogates(members);
    const json = data === undefined ? '' : JSON.stringify(data);
    const failed = isError ? ({ isError: true } as const) : {};
    if (text.length <= maxCharacters && json.length <= maxCharacters)
      return { content: [{ type: 'text', text }], ...(data === undefined ? {} : { structuredContent: data }), ...failed };
    const { uri, link } = keepWhole(kept, name, data === undefined ? text : json, data === undefined ? 'text/plain' : 'application/json');
    const marker = `\n\n[truncated: ${text.length} characters; the whole result is the resource ${uri}]`;
    const cut = text.length > maxCharacters ? `${truncate(text, Math.max(0, maxCharacters - marker.length))}${marker}` : text;
    const preview = (): object => ({
      truncated: true,
      resource: uri,
      preview: truncate(json, Math.floor((maxCharacters - ENVELOPE_CHARACTERS) / 2)),
    });
    return {
      content: [{ type: 'text', text: cut }, link],
      ...(data === undefined ? {} : { structuredContent: json.length <= maxCharacters ? data : { ...preview() } }),
      ...failed,
    };
  };
  return {
    report,
    success(name, given) {
      const data = replaceLoneSurrogates(given);
      const text = typeof data === 'string' ? data : JSON.stringify(data, null, 2);
      return report(name, text, isObject(data) ? data : { value: data }, false);
    },
    fromServer(name, given, readData) {
      const result = replaceLoneSurrogates(given);
      const { content, structuredContent, isError, _meta } = result;
      const blocks = Array.isArray(content) ? (content as readonly JsonBlock[]) : [];
      const data = isObject(structuredContent) ? structuredContent : typedData(blocks, readData);
      const failed = isError === true ? ({ isError: true } as const) : {};
      const readable = JSON.stringify(blocks.filter((block) => !isMedia(block))).length;
      const fits = readable <= maxCharacters + ENVELOPE_CHARACTERS && JSON.stringify(data ?? null).length <= maxCharacters;
      if (fits && JSON.stringify(blocks).length <= MAX_MEDIA_CHARACTERS)
        return {
          content: blocks,
          ...(data === undefined ? {} : { structuredContent: data }),
          ...failed,
          ...(isObject(_meta) ? { _meta } : {}),
        };
      const texts = blocks.map((block) => (typeof block.text === 'string' && block.type === 'text' ? block.text : JSON.stringify(block)));
      return report(name, texts.join('\n'), data, isError === true);
    },
    failure(error) {
      const detail = withGatewayHint(error);
      const text = detail.hint === undefined ? detail.message : `${detail.message}\nhint: ${detail.hint}`;
      return report('error', text, { error: detail }, true);
    },
  };
}

// Pictures and sound stay parts only.
function typedData(blocks: readonly JsonBlock[], data: JsonValue | undefined): JsonBlock | undefined {
  if (data === undefined || isObject(data)) return data;
  return blocks.some(isMedia) ? {} : { value: data };
}

function isMedia(block: JsonBlock): boolean {
  return isObject(block) && MEDIA.includes(block.type);
}

function keepWhole(kept: ResultStore, name: string, text: string, mimeType: string): { readonly uri: string; readonly link: ContentBlock } {
  const file = mimeType === 'application/json' ? `${name}.json` : `${name}.txt`;
  const uri = kept.keep(file, text, mimeType);
  const description = 'the whole result, until the gateway ends or newer ones need the room';
  return { uri, link: { type: 'resource_link', uri, name: file, mimeType, description } };
}

// Between code points: half of a surrogate pair is no character.
function truncate(text: string, length: number): string {
  const last = text.charCodeAt(length - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? length - 1 : length);
}

/** The fix on the command line is not the fix for a client. */
const HINTS: Readonly<Record<string, string>> = {
  CPU_LIMIT: 'look for a loop that does not end',
  MEMORY_LIMIT: 'keep less at a time',
  TIMEOUT: 'give a longer timeout, or wait for less',
  APPROVAL_REQUIRED:
    'the operator of the gateway can allow it in the configuration of kosmo (kosmo policy:explain shows how), or start it with --allow <function>',
  POLICY_DENIED: 'the operator of the gateway can allow it in the configuration of kosmo (kosmo policy:explain shows how)',
};

/** An error with what a client can do about it. */
export function withGatewayHint(error: ErrorDetail): ErrorDetail {
  const hint = HINTS[error.code];
  return hint === undefined ? error : { ...error, hint };
}
