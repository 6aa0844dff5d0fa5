import type { IncomingMessage } from 'node:http';
import { type Fields, isFields } from './checks.ts';
import type { EmulatorAccount } from './options.ts';
import { failure, gatewayFailure, RequestRefused } from './response.ts';

const MAX_BODY_BYTES = 1024 * 1024;

/** The account of an Authorization header; answers 401 without one (status-codes: rows "any", 401). */
export function authenticate(header: string | undefined, accounts: readonly EmulatorAccount[]): EmulatorAccount {
  if (header === undefined) throw new RequestRefused(gatewayFailure(401, 'Unauthorized'));
  const [, encoded = ''] = /^Basic +(\S+)$/i.exec(header) ?? [];
  const given = Buffer.from(encoded, 'base64').toString('utf8');
  const account = accounts.find(({ customerId, customerSecret }) => given === `${customerId}:${customerSecret}`);
  if (account === undefined) throw new RequestRefused(gatewayFailure(401, 'Invalid authentication credentials'));
  return account;
}

/** The JSON object that a POST carries; answers code 8, "header, URL, method or JSON wrong", where it carries none. */
export async function readBody(request: IncomingMessage): Promise<Fields> {
  const body = await readJson(request);
  if (!isFields(body)) throw new RequestRefused(failure(400, 8, 'the body is not a JSON object'));
  return body;
}

/** The JSON of a request, undefined where it is not JSON; answers code 8 where the type is another or the text is too long. */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  if (!/^application\/json\s*(;|$)/i.test(request.headers['content-type'] ?? '')) {
    throw new RequestRefused(failure(400, 8, 'Content-Type must be application/json;charset=utf-8'));
  }
  return parse(await readText(request));
}

/** Whether a request carries a form, as the page for people sends it. */
export function isForm({ headers }: IncomingMessage): boolean {
  return /^application\/x-www-form-urlencoded\s*(;|$)/i.test(headers['content-type'] ?? '');
}

export async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  return new URLSearchParams(await readText(request));
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw new RequestRefused(failure(400, 8, `the body is larger than ${MAX_BODY_BYTES} bytes`));
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
