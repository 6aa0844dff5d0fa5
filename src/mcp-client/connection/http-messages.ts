import { isObject, type JsonValue, parseIfJson, restoreDigits } from '../../json/index.ts';

/** `request` is the id of the request that a response answers. */
export interface ResponseReader {
  /** The message as the SDK gets it; undefined if it is not a message. */
  readonly message: (value: JsonValue, request: string | undefined) => object | undefined;
  /** Takes each response that is not a success. */
  readonly failed: (request: string | undefined, response: Response) => void;
}

/** A `fetch` whose responses hold each message as the reader returns it, so that the SDK sees no other. */
export function readingFetch(fetchFrom: typeof fetch, { message: read, failed }: ResponseReader): typeof fetch {
  return async (url, init) => {
    // The SDK writes the messages itself, with `JSON.stringify`.
    const exact = typeof init?.body === 'string' ? { ...init, body: restoreDigits(init.body) } : init;
    const response = await fetchFrom(url, exact);
    const kind = response.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
    const request = requestIn(init?.body);
    if (!response.ok) failed(request, response);
    if (!response.ok || response.body === null) return response;
    if (kind === 'text/event-stream') return answer(response, response.body.pipeThrough(readEvents((value) => read(value, request))));
    if (kind !== 'application/json') return response;
    const text = await response.text();
    const value = parseIfJson(text);
    // Discovery documents of a login come this way, too.
    if (request === undefined || value === undefined) return answer(response, text);
    const messages = (Array.isArray(value) ? value : [value]).map((item) => read(item as JsonValue, request) ?? item);
    return answer(response, JSON.stringify(Array.isArray(value) ? messages : messages[0]));
  };
}

function answer(response: Response, body: string | ReadableStream<Uint8Array>): Response {
  const headers = new Headers(response.headers);
  // They describe the body as it came.
  for (const name of ['content-length', 'content-encoding']) headers.delete(name);
  const copy = new Response(body, { status: response.status, statusText: response.statusText, headers });
  Object.defineProperty(copy, 'url', { value: response.url });
  return copy;
}

function requestIn(body: unknown): string | undefined {
  const message = typeof body === 'string' ? parseIfJson(body) : undefined;
  return isObject(message) && message.id !== undefined && message.method !== undefined ? String(message.id) : undefined;
}

/** Replaces the message in each event of a stream. Ids and names of events stay. */
function readEvents(read: (value: JsonValue) => object | undefined): TransformStream<Uint8Array, Uint8Array> {
  const decoder = new TextDecoder();
  const encoder = new TextEncoder();
  let lines: string[] = [];
  let pieces: string[] = [];

  const event = (): string => {
    const data = lines.filter((line) => line.startsWith('data')).map((line) => line.slice('data'.length).replace(/^: ?/, ''));
    const value = data.length === 0 ? undefined : parseIfJson(data.join('\n'));
    const message = value === undefined ? undefined : read(value);
    const kept = message === undefined ? lines : [...lines.filter((line) => !line.startsWith('data')), `data: ${JSON.stringify(message)}`];
    lines = [];
    return `${kept.join('\n')}\n\n`;
  };
  const take = (line: string): string => {
    if (line === '') return event();
    lines.push(line);
    return '';
  };
  return new TransformStream({
    transform(chunk: Uint8Array, controller) {
      const [first = '', ...rest] = decoder.decode(chunk, { stream: true }).split('\n');
      pieces.push(first);
      let out = '';
      for (const next of rest) {
        // A long message comes in many chunks; they are joined once.
        const line = pieces.join('');
        out += take(line.endsWith('\r') ? line.slice(0, -1) : line);
        pieces = [next];
      }
      if (out !== '') controller.enqueue(encoder.encode(out));
    },
    flush(controller) {
      const last = pieces.join('');
      if (last !== '') lines.push(last);
      if (lines.length > 0) controller.enqueue(encoder.encode(event()));
    },
  });
}
