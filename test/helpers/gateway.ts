import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { Client, type ClientOptions, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { cleanEnvironment, KOSMO, TRANSCRIPT } from './cli.ts';

type CallOptions = NonNullable<Parameters<Client['callTool']>[1]>;

/** A result of a tool, as far as tests look into it. */
export interface ToolResult {
  /** All text, joined by newlines. */
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into it by the shape that they expect
  readonly data: any;
  readonly isError: boolean;
  readonly content: readonly { readonly type: string; readonly [field: string]: unknown }[];
}

export interface TestGateway {
  readonly client: Client;
  readonly names: () => Promise<readonly string[]>;
  readonly call: (name: string, args?: Record<string, unknown>, options?: CallOptions) => Promise<ToolResult>;
  readonly close: () => Promise<void>;
}

export interface TestGatewayOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Answers questions about approval; without it the client cannot be asked. */
  readonly approve?: (message: string) => boolean;
  readonly client?: ClientOptions;
  readonly cwd?: string;
  readonly bin?: string;
}

function newClient({ approve, client: options = {} }: TestGatewayOptions): Client {
  const capabilities = approve === undefined ? (options.capabilities ?? {}) : { elicitation: { form: {} } };
  const client = new Client({ name: 'test', version: '1' }, { ...options, capabilities });
  if (approve !== undefined) {
    client.setRequestHandler('elicitation/create', ({ params }) => ({
      action: 'accept',
      content: { approve: approve(params.message) },
    }));
  }
  return client;
}

function gatewayOf(client: Client, close: () => Promise<void>): TestGateway {
  return {
    client,
    names: async () => (await client.listTools()).tools.map(({ name }) => name),
    async call(name, args = {}, options = {}) {
      const result = await client.callTool({ name, arguments: args }, options);
      if (TRANSCRIPT !== undefined) appendFileSync(TRANSCRIPT, JSON.stringify(result));
      const content = result.content as ToolResult['content'];
      const texts = content.flatMap(({ type, text }) => (type === 'text' ? [String(text)] : []));
      return { text: texts.join('\n'), data: result.structuredContent, isError: result.isError === true, content };
    },
    close,
  };
}

/** `kosmo mcp:serve` over stdio, with the official client. */
export async function openGateway(args: readonly string[], options: TestGatewayOptions = {}): Promise<TestGateway> {
  const client = newClient(options);
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [options.bin ?? KOSMO, 'mcp:serve', ...args],
    env: cleanEnvironment(options.env ?? {}) as Record<string, string>,
    stderr: 'inherit',
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  await client.connect(transport);
  return gatewayOf(client, () => client.close());
}

export interface HttpTestGateway extends TestGateway {
  readonly url: string;
  /** Another client of the same server. */
  readonly connect: () => Promise<Client>;
}

/** `kosmo mcp:serve --http` as a process of its own, with the official client. */
export async function openHttpGateway(args: readonly string[], options: TestGatewayOptions = {}, token = ''): Promise<HttpTestGateway> {
  const secret: Record<string, string> = token === '' ? {} : { KOSMO_GATEWAY_TOKEN: token };
  const { process: server, line: url } = await startHttpGateway(args, { ...options, env: { ...options.env, ...secret } });
  const headers: Record<string, string> = token === '' ? {} : { authorization: `Bearer ${token}` };
  const connect = async (): Promise<Client> => {
    const client = newClient(options);
    await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } }));
    return client;
  };
  const client = await connect();
  return {
    ...gatewayOf(client, async () => {
      await client.close();
      server.kill('SIGTERM');
      await new Promise((resolve) => server.once('exit', resolve));
    }),
    url,
    connect,
  };
}

/** Starts the server and waits for the line with its address. */
export async function startHttpGateway(
  args: readonly string[],
  { env = {}, cwd }: Pick<TestGatewayOptions, 'env' | 'cwd'>,
): Promise<{ readonly process: ChildProcess; readonly line: string }> {
  const server = spawn(process.execPath, [KOSMO, 'mcp:serve', '--http', ...args], {
    env: cleanEnvironment(env),
    stdio: ['ignore', 'pipe', 'inherit'],
    ...(cwd === undefined ? {} : { cwd }),
  });
  const lines = createInterface({ input: server.stdout });
  const line = await new Promise<string>((resolve, reject) => {
    lines.once('line', resolve);
    server.once('exit', (code) => reject(new Error(`mcp:serve ended with ${code} before it listened`)));
  });
  return { process: server, line };
}
