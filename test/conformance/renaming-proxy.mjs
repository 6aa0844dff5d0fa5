// Between the suite and the gateway: `node renaming-proxy.mjs <gateway>`. Prints its address.
// The suite knows the names of the fixture server, the gateway adds the name of the server to them.

import { createServer } from 'node:http';
import { Readable, Transform } from 'node:stream';
import { text } from 'node:stream/consumers';

const gateway = process.argv[2];
const TOOL = 'mcp__up__';
const PROMPT = 'mcp__up__prompt__';
const RESOURCE = 'kosmo://mcp/up/';

const TOOL_NAME = /^(?:test_|json_schema_)/;
const toGatewayUri = (uri) => (uri.startsWith('test://') ? `${RESOURCE}${Buffer.from(uri).toString('base64url')}` : uri);

/** A message of the suite as the gateway understands it. */
function toGateway(message) {
  const { method, params } = message;
  if (params === undefined) return message;
  const { name, uri, ref } = params;
  const renamed = { ...params };
  if (method === 'tools/call' && TOOL_NAME.test(name)) renamed.name = TOOL + name;
  if (method === 'prompts/get') renamed.name = PROMPT + name;
  if (typeof uri === 'string') renamed.uri = toGatewayUri(uri);
  if (ref?.type === 'ref/prompt') renamed.ref = { ...ref, name: PROMPT + ref.name };
  if (ref?.type === 'ref/resource') renamed.ref = { ...ref, uri: toGatewayUri(ref.uri) };
  return { ...message, params: renamed };
}

/** JSON of the gateway with the names that the suite knows. */
function toSuite(json) {
  return json
    .replaceAll(PROMPT, '')
    .replaceAll(TOOL, '')
    .replaceAll(`${RESOURCE}at/`, '')
    .replaceAll(/kosmo:\/\/mcp\/up\/([\w-]+)/g, (_all, uri) => Buffer.from(uri, 'base64url').toString());
}

/** The headers of a request: those that repeat the body follow it. */
function headersFor(headers, message) {
  const { host: _host, connection: _connection, 'content-length': _length, ...others } = headers;
  const name = message?.params?.name ?? message?.params?.uri;
  return headers['mcp-name'] === undefined || name === undefined ? others : { ...others, 'mcp-name': name };
}

// Events are complete at a line break.
function renameLines() {
  let rest = '';
  return new Transform({
    transform(chunk, _encoding, done) {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop();
      done(null, lines.map((line) => `${toSuite(line)}\n`).join(''));
    },
    flush: (done) => done(null, toSuite(rest)),
  });
}

async function forward(incoming, outgoing) {
  const gone = new AbortController();
  outgoing.once('close', () => gone.abort());
  const body = await text(incoming);
  const message = parse(body);
  const response = await fetch(gateway, {
    method: incoming.method,
    headers: headersFor(incoming.headers, message && toGateway(message)),
    signal: gone.signal,
    ...(body === '' ? {} : { body: message === undefined ? body : JSON.stringify(toGateway(message)) }),
  });
  const { 'content-length': _length, 'content-encoding': _encoding, ...headers } = Object.fromEntries(response.headers);
  outgoing.writeHead(response.status, headers);
  outgoing.flushHeaders();
  if (response.body === null) outgoing.end();
  else
    Readable.fromWeb(response.body)
      .on('error', () => outgoing.destroy())
      .pipe(renameLines())
      .pipe(outgoing);
}

function parse(body) {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

const http = createServer((incoming, outgoing) => forward(incoming, outgoing).catch(() => outgoing.destroy()));
http.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${http.address().port}/mcp`));
