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
  /** The same for the answer of an MCP server: pictures, sound and resources stay what they are. */
  readonly fromContentBlocks: (name: string, data: JsonValue) => ToolResult;
  readonly failure: (error: ErrorDetail) => ToolResult;
  /** Text for the model beside data for programs, which may be cut. */
  readonly report: (name: string, text: string, data: Readonly<Record<string, unknown>>, isError: boolean) => ToolResult;
}

export function createResults(kept: ResultStore, maxCharacters: number): Results {
  const report: Results['report'] = (name, given, members, isError) => {
    const text = replaceLoneSurrogates(given);
    const data = replaceLoneSurrogates(members);
    const json = JSON.stringify(data);
    const failed = isError ? ({ isError: true } as const) : {};
    if (text.length <= maxCharacters && json.length <= maxCharacters)
      return { content: [{ type: 'text', text }], structuredContent: data, ...failed };
    const uri = kept.keep(`${name}.json`, json, 'application/json');
    const marker = `\n\n[truncated: ${text.length} characters; the whole result is the resource ${uri}]`;
    return {
      content: [
        {
          type: 'text',
          text: text.length > maxCharacters ? `${truncate(text, Math.max(0, maxCharacters - marker.length))}${marker}` : text,
        },
        {
          type: 'resource_link',
          uri,
          name: `${name}.json`,
          mimeType: 'application/json',
          description: 'the whole result, until the gateway ends or newer ones need the room',
        },
      ],
      structuredContent:
        json.length <= maxCharacters
          ? data
          : { truncated: true, resource: uri, preview: truncate(json, Math.floor((maxCharacters - ENVELOPE_CHARACTERS) / 2)) },
      ...failed,
    };
  };
  const success: Results['success'] = (name, given) => {
    const data = replaceLoneSurrogates(given);
    const text = typeof data === 'string' ? data : JSON.stringify(data, null, 2);
    return report(name, text, isObject(data) ? data : { value: data }, false);
  };
  return {
    report,
    success,
    fromContentBlocks(name, data) {
      const blocks = Array.isArray(data) ? (data as readonly JsonValue[]).filter(isObject) : [];
      const isMixed = blocks.some(({ type }) => MEDIA.includes(type)) && blocks.length === (data as readonly JsonValue[]).length;
      return isMixed && JSON.stringify(blocks).length <= MAX_MEDIA_CHARACTERS
        ? { content: replaceLoneSurrogates(blocks) }
        : success(name, data);
    },
    failure(error) {
      const detail = withGatewayHint(error);
      const text = detail.hint === undefined ? detail.message : `${detail.message}\nhint: ${detail.hint}`;
      return report('error', text, { error: detail }, true);
    },
  };
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
