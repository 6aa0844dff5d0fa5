import type { CallProgress, Elicit } from '../../integration/index.ts';
import type { JsonObject } from '../../json/index.ts';
import type { ServerIntroduction, Verdict } from './handshake.ts';
import type { Listed, ListKind } from './lists.ts';

// No type of the SDK stands here: the types of the package reach this file, and the SDK is bundled, no dependency of the package.

export interface RequestOptions {
  readonly signal?: AbortSignal;
  /** @default that of the server */
  readonly timeoutMs?: number;
  /** The deadline that was asked for, if `timeoutMs` is the rest of it. */
  readonly givenMs?: number | undefined;
  /** Whether the request may change something: then its outcome is unknown once it was sent. @default false */
  readonly writes?: boolean;
  /** Told how far the server says it is. @default the server is not asked to say it */
  readonly onProgress?: (progress: CallProgress) => void;
  /** Takes a sentence about an odd part of the result. @default undefined (not reported) */
  readonly warn?: (note: string) => void;
  /** Answers questions of the server to the user. @default undefined (`ELICITATION_REQUIRED`) */
  readonly elicit?: Elicit | undefined;
  /** The schema of the tool that is called: some of its parameters may go as headers, too. */
  readonly schema?: JsonObject;
}

/** An open connection to one server. Everything it throws is a `KosmoError` that names the server, or a `ConnectionStale`. */
export interface McpConnection {
  readonly request: (method: string, params: JsonObject, options?: RequestOptions) => Promise<JsonObject>;
  /** All items of a list, page after page; empty if the server has nothing of the kind. */
  readonly list: (kind: ListKind, options?: RequestOptions) => Promise<Listed>;
  /** What the server says of itself. */
  readonly introduction: ServerIntroduction;
  /** Its revision, for the next connection. */
  readonly verdict: Verdict;
  /** Whether parameters of its tools may go as headers. */
  readonly hasParamHeaders: boolean;
  readonly isOpen: () => boolean;
  readonly close: () => Promise<void>;
}
