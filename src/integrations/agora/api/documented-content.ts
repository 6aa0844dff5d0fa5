import { isObject, type JsonValue } from '../../../json/index.ts';
import type { AgoraEndpoint } from './endpoints.ts';

const isText = (value: JsonValue | undefined): boolean => typeof value === 'string' && value !== '';

/** The content that Agora documents for a success of an endpoint, and without which it is not one. */
interface DocumentedContent {
  readonly names: string;
  readonly has: (body: Readonly<Record<string, JsonValue>>) => boolean;
}

const SESSION_CONTENT: DocumentedContent = { names: 'sid or resourceId', has: ({ sid, resourceId }) => isText(sid) || isText(resourceId) };

/** By endpoint: the content that proves a success (Agora's reference, responses). */
export const DOCUMENTED_CONTENT: Readonly<Record<AgoraEndpoint, DocumentedContent>> = {
  acquire: { names: 'resourceId', has: ({ resourceId }) => isText(resourceId) },
  start: { names: 'sid', has: ({ sid }) => isText(sid) },
  query: { names: 'serverResponse', has: ({ serverResponse }) => isObject(serverResponse) },
  update: SESSION_CONTENT,
  updateLayout: SESSION_CONTENT,
  stop: { names: 'sid or serverResponse', has: ({ sid, serverResponse }) => isText(sid) || isObject(serverResponse) },
  ncsIp: { names: 'list data.service.hosts', has: ({ data }) => Array.isArray(field(field(data, 'service'), 'hosts')) },
};

function field(value: JsonValue | undefined, name: string): JsonValue | undefined {
  return isObject(value) ? value[name] : undefined;
}
