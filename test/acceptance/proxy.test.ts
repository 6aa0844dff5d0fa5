// The network settings of the machine hold: through a CONNECT proxy of its own, names that only the proxy knows are reached.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer as createHttpsServer, type Server } from 'node:https';
import { type AddressInfo, connect, createServer, type Server as TcpServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type EmulatorProcess, kosmo, lua, startEmulatorProcess } from '../helpers/cli.ts';
import { startHttpGateway } from '../helpers/gateway.ts';
import { fakeServer, mcpPlace } from '../helpers/mcp.ts';

const fixture = (name: string): string => fileURLToPath(new URL(`../fixtures/tls/${name}`, import.meta.url));
const CERTIFICATE = fixture('certificate.pem');

const RECORD = `local a = app.integrations.agora
  local s = a.record{ mode = "mix", cname = "room", uid = "77", recording_config = { channelType = 1 },
    storage_config = { vendor = 1, region = 0, bucket = "b", accessKey = "key-of-a", secretKey = "secret-of-s" } }
  a.stop_recording(s) return s.sid ~= nil`;

let emulator: EmulatorProcess;
let gateway: Awaited<ReturnType<typeof startHttpGateway>>;
let secure: Server;
let proxy: TcpServer;
/** The heads of what the proxy was asked. */
let asked: string[];
let env: Record<string, string>;

beforeAll(async () => {
  emulator = await startEmulatorProcess();
  gateway = await startHttpGateway(['--emulator'], { env: mcpPlace({}).options.env });
  // The sites of the company: by their name one is the emulator, the other an MCP server.
  secure = createHttpsServer({ key: readFileSync(fixture('key.pem')), cert: readFileSync(CERTIFICATE) }, (incoming, outgoing) => {
    const { host, origin } = new URL(incoming.headers.host === 'mcp.corp.test' ? gateway.line : emulator.url);
    const { method = '', url = '', headers } = incoming;
    const passed = request(`${origin}${url}`, { method, headers: { ...headers, host } }, (response) => {
      outgoing.writeHead(response.statusCode ?? 500, response.headers);
      response.pipe(outgoing);
    });
    passed.on('error', () => outgoing.destroy());
    incoming.pipe(passed);
  }).listen(0, '127.0.0.1');
  await once(secure, 'listening');
  proxy = createServer((client) => {
    client.on('error', () => undefined);
    client.once('data', (head) => {
      asked.push(head.toString());
      const site = connect((secure.address() as AddressInfo).port, '127.0.0.1', () => {
        client.write('HTTP/1.1 200 Connection established\r\n\r\n');
        client.pipe(site).pipe(client);
      });
      site.on('error', () => client.destroy());
    });
  }).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
});
beforeEach(() => {
  asked = [];
  const at = `user:S3CRET-proxy@127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  env = { ...emulator.env, AGORA_URL: 'https://agora.corp.test', HTTPS_PROXY: `http://${at}`, NODE_EXTRA_CA_CERTS: CERTIFICATE };
});
afterAll(async () => {
  await emulator.stop();
  gateway.process.kill('SIGTERM');
  for (const server of [secure, proxy]) server.close();
});

describe('Agora', () => {
  test('is reached through the proxy, with its user and password, by a workflow that records', async () => {
    expect(await lua(['--force', '-e', RECORD], { env })).toMatchObject({ result: [true], success: true, open_recordings: [] });
    const authorization = `Basic ${Buffer.from('user:S3CRET-proxy').toString('base64')}`;
    expect(asked[0]).toMatch(/^CONNECT agora\.corp\.test:443 HTTP\/1\.1/);
    expect(asked[0]).toContain(authorization);
  });

  test('is reached through the proxy that lower-case variables name, without a scheme', async () => {
    const { HTTPS_PROXY, ...others } = env;
    const at = HTTPS_PROXY?.replace('http://', '') ?? '';
    const code = 'return app.integrations.agora.get_notification_ips() ~= nil';
    expect(await lua(['-e', code], { env: { ...others, https_proxy: at } })).toMatchObject({ result: [true] });
    expect(asked).toHaveLength(1);
  });

  test.each([
    ['a host in NO_PROXY', { NO_PROXY: '.corp.test' }],
    ['every host, for *', { no_proxy: '*' }],
  ])('is not reached through it: %s', async (_what, more) => {
    const { stderr } = await kosmo(['integrations:call', 'agora.get_notification_ips'], { env: { ...env, ...more } });
    expect(stderr).toContain('Failed to connect to Agora API at https://agora.corp.test');
    expect(asked).toEqual([]);
  });

  test('is never reached through it on this machine', async () => {
    const { code } = await kosmo(['integrations:call', 'agora.get_notification_ips'], {
      env: { ...env, AGORA_URL: emulator.url, HTTP_PROXY: env.HTTPS_PROXY ?? '' },
    });
    expect({ code, asked }).toEqual({ code: 0, asked: [] });
  });

  test('that cannot be reached names the proxy, and no password', async () => {
    const { stderr, code } = await kosmo(['integrations:call', 'agora.get_notification_ips'], {
      env: { ...env, HTTPS_PROXY: 'http://user:S3CRET-proxy@127.0.0.1:9' },
    });
    expect(code).toBe(5);
    expect(stderr).toContain('names the proxy http://127.0.0.1:9/');
    expect(stderr).not.toContain('S3CRET');
  });

  test('whose certificate is of an authority of the company: the hint names NODE_EXTRA_CA_CERTS', async () => {
    const { NODE_EXTRA_CA_CERTS, ...others } = env;
    const { stderr } = await kosmo(['integrations:call', 'agora.get_notification_ips'], { env: others });
    expect(stderr).toContain('self-signed certificate');
    expect(stderr).toContain('NODE_EXTRA_CA_CERTS=');
  });

  test.each(['http://:::', 'http://[x'])('with %s as the proxy says that this is no address', async (address) => {
    const { stderr, code } = await kosmo(['integrations:call', 'agora.get_notification_ips'], { env: { ...env, HTTPS_PROXY: address } });
    expect({ code, stderr }).toEqual({ code: 5, stderr: expect.stringContaining('the address of the proxy is not valid') });
  });
});

describe('an MCP server', () => {
  const call = (more: Record<string, string> = {}, without: readonly string[] = []) => {
    const { options } = mcpPlace({ up: { url: 'https://mcp.corp.test/mcp' } });
    const given = Object.fromEntries(Object.entries({ ...env, ...more, ...options.env }).filter(([name]) => !without.includes(name)));
    return kosmo(['mcp:call', 'up.lua_search_docs', '--query', 'layout', '--force'], { ...options, env: given });
  };

  test('over https is called through the proxy', async () => {
    const { code, stdout, stderr } = await call();
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('Agora Cloud Recording');
    expect(asked[0]).toMatch(/^CONNECT mcp\.corp\.test:443 HTTP\/1\.1/);
  });

  test('whose certificate is not trusted says so in words, and how it can be', async () => {
    const { stderr } = await call({}, ['NODE_EXTRA_CA_CERTS']);
    expect(stderr).toContain('cannot be reached: self-signed certificate');
    expect(stderr).toContain('NODE_EXTRA_CA_CERTS=');
  });

  test('over stdio gets the variables for proxies without password, and those for certificates', async () => {
    const { options } = mcpPlace({ fake: fakeServer('environment') });
    const { stdout } = await kosmo(['mcp:call', 'fake.environment'], {
      ...options,
      env: {
        ...options.env,
        HTTPS_PROXY: 'http://user:S3CRET-proxy@proxy.corp:3128',
        no_proxy: 'a.test',
        NODE_EXTRA_CA_CERTS: CERTIFICATE,
      },
    });
    expect(stdout).not.toContain('S3CRET');
    for (const text of ['http://proxy.corp:3128/', 'a.test', CERTIFICATE]) expect(stdout).toContain(text);
  });
});
