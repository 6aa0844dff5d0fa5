import { type Command, Option } from 'commander';
import { KosmoError } from '../../../errors/index.ts';
import type { CommandContext } from '../../context.ts';
import { type GatewayFlags, readGatewaySettings } from '../../options/gateway.ts';
import { usage } from '../../options/parse-values.ts';
import { addAllowFlag, type PolicyFlags, readPolicy } from '../../options/policy.ts';
import { checkUpstreams } from '../../options/upstreams.ts';
import { visibleLine } from '../../terminal/visible-text.ts';
import { readOfferedWorkflows } from '../../workflows/offered.ts';

interface ServeOptions extends GatewayFlags, PolicyFlags {
  readonly http?: true;
  readonly host?: string;
  readonly port?: string;
  readonly emulator?: true;
  readonly verbose?: true;
  readonly workflows?: string | true;
}

const EXAMPLES = `
Examples:
  kosmo mcp:serve
  kosmo mcp:serve --tools=code --write=allow
  kosmo mcp:serve --workflows --write=allow
  kosmo mcp:serve --integration {id} --emulator --write=allow --force
  KOSMO_GATEWAY_TOKEN=… kosmo mcp:serve --http --host 0.0.0.0 --port 8080`;

/** Scripts of a gateway get as much as those of the command line. */
const SCRIPT_MEMORY_BYTES = 128 * 1024 * 1024;

/** Scripts that can run, each in a thread of its own, even while all that may wait for a person's answer do. */
const SCRIPT_THREADS = 4;

/** Options that decide what a gateway offers, for \`mcp:serve\` and what writes its command line into other programs' settings. */
export function withGatewayOptions(command: Command): Command {
  const collect = (value: string, all: readonly string[] = []): readonly string[] => [...all, value];
  return command
    .option('--profile <name>', 'settings of kosmo.mcp_gateway.profiles in config.yaml')
    .option('--integration <id>', 'offer this integration; may be repeated (default: all)', collect)
    .option('--upstream <server>', 'pass this MCP server on; may be repeated, all is every trusted one (default: none)', collect)
    .option('--write <policy>', 'whether functions that change something are there: deny (default) or allow')
    .option('--tools <kind>', 'functions (a tool for each), code (four tools to read and run Lua) or all (default)')
    .option('--max-result-chars <count>', 'longest result; the rest is a resource (default 50000)')
    .option('--no-resources', 'do not pass resources of MCP servers on')
    .option('--no-prompts', 'do not pass prompts of MCP servers on')
    .addOption(new Option('--integrations <ids>').argParser(collect).hideHelp())
    .addOption(new Option('--upstreams <servers>').argParser(collect).hideHelp());
}

/** `kosmo mcp:serve`: an MCP server with what kosmo can do. */
export function addServeCommand(program: Command, context: CommandContext): void {
  const command = withGatewayOptions(program.command('mcp:serve'))
    .description('run kosmo as an MCP server')
    .option('--force', 'let calls through that the policy would ask about or deny');
  addAllowFlag(command)
    .option('--workflows [folder]', 'offer each workflow of the folder as a tool (default: those of kosmo workflows)')
    .option('--emulator', 'send calls to an emulator in this process')
    .option('--http', 'serve over Streamable HTTP instead of stdio')
    .option('--host <address>', 'address to listen on (default 127.0.0.1)')
    .option('--port <number>', 'port to listen on, 0 for a free one (default 0)')
    .option('--verbose', 'tell on stderr what goes wrong with a client')
    .addHelpText('after', EXAMPLES)
    .action(async (options: ServeOptions) => {
      await serve(options, context);
    });
}

async function serve(options: ServeOptions, context: CommandContext): Promise<void> {
  if (options.http !== true && (options.host !== undefined || options.port !== undefined))
    throw usage('--host and --port are for --http', 'kosmo mcp:serve --http --port 8080');
  const http = options.http === true ? readHttp(context, options) : undefined;
  const { readConfig } = await import('../../../config/index.ts');
  const config = await readConfig(context);
  const { ask: _person, ...policy } = readPolicy(options);
  const settings = readGatewaySettings(options, config);
  await checkUpstreams(context, options, settings);
  const { Gateway, MAX_WAITING_CALLS, serveOverHttp, serveOverStdio } = await import('../../../mcp-server/index.ts');
  const host = await context.host({
    emulator: options.emulator === true,
    canElicit: true,
    isolate: { threads: SCRIPT_THREADS + MAX_WAITING_CALLS, memoryBytes: SCRIPT_MEMORY_BYTES },
  });
  const tell = (line: string): void => void context.stderr.write(`${visibleLine(line)}\n`);
  const note = options.verbose === true ? tell : () => undefined;
  const workflows = options.workflows === undefined ? [] : await readOfferedWorkflows(options.workflows, context, tell);
  const gateway = new Gateway({
    ...settings,
    host,
    policy,
    workflows,
    exclude: await gatewaysAmong(context, settings.upstreams),
    note: tell,
  });
  const signal = context.signal;
  try {
    if (http === undefined) {
      if (context.stdin.isTTY)
        tell("kosmo speaks MCP here; a client starts it. kosmo mcp:gateway:install writes it into a client's settings.");
      await serveOverStdio(gateway, note, signal);
      return;
    }
    const served = await serveOverHttp(gateway, http, note).catch((thrown: unknown) => {
      throw cannotListen(thrown, http);
    });
    context.stdout.write(`${served.url}\n`);
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    await gateway.close();
    await served.close();
  } finally {
    await gateway.close();
    await host.close();
  }
}

// One that were passed on would start another of itself, and so on.
async function gatewaysAmong(context: CommandContext, upstreams: readonly string[] | 'all'): Promise<readonly string[]> {
  if (upstreams.length === 0) return [];
  const { readServers } = await import('../../../mcp-client/index.ts');
  const { effective } = await readServers(context);
  const servers = [...effective.values()].map(({ server }) => server);
  return servers
    .filter(
      (server) =>
        server.transport === 'stdio' && server.args.includes('mcp:serve') && /kosmo/i.test([server.command, ...server.args].join(' ')),
    )
    .map(({ name }) => name);
}

interface HttpSettings {
  readonly host: string;
  readonly port: number;
  readonly token: string | undefined;
}

function readHttp(context: CommandContext, { host = '127.0.0.1', port: text = '0' }: ServeOptions): HttpSettings {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 65_536;
  if (port > 65_535) throw usage(`--port takes a number from 0 to 65535, not '${text}'`);
  const token = context.env.KOSMO_GATEWAY_TOKEN?.trim() || undefined;
  if (token === undefined && !isLoopback(host)) {
    throw new KosmoError('NOT_CONFIGURED', `${host} can be reached from other machines, so clients must present a token`, {
      hint: 'set KOSMO_GATEWAY_TOKEN to a long random text, or listen on 127.0.0.1',
    });
  }
  if (token !== undefined && token.length < MIN_TOKEN_LENGTH)
    throw new KosmoError('INVALID_CONFIGURATION', `KOSMO_GATEWAY_TOKEN must have at least ${MIN_TOKEN_LENGTH} characters`);
  return { host, port, token };
}

const MIN_TOKEN_LENGTH = 16;

function isLoopback(host: string): boolean {
  return /^(?:localhost|127\.\d+\.\d+\.\d+|::1)$/i.test(host);
}

function cannotListen(thrown: unknown, { host, port }: HttpSettings): KosmoError {
  const { code = 'unknown error' } = thrown as NodeJS.ErrnoException;
  const why = code === 'EADDRINUSE' ? 'another program listens there' : code;
  return new KosmoError('INVALID_CONFIGURATION', `cannot listen on ${host}:${port}: ${why}`, { hint: 'choose another --port' });
}
