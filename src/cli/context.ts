import path from 'node:path';
import { homeFolder } from '../config/index.ts';
import type { Host, HostOptions } from '../runtime/index.ts';
import { PROCESS_STREAMS, type Streams } from './terminal/streams.ts';

export interface ContextOptions {
  /** The words after `kosmo`. */
  readonly argv: readonly string[];
  /** The folder that holds `lua-docs` and `dist`. */
  readonly packageRoot: string;
  /** @default the streams of this process */
  readonly streams?: Streams;
}

/** What the host of a command does besides running scripts on this thread. */
export interface CommandHostOptions extends Pick<HostOptions, 'isolate' | 'canElicit' | 'mcpTimeoutMs'> {
  /** Send every call to an emulator in this process. @default false */
  readonly emulator?: boolean;
}

/** What one command line works with, in place of the process: its words, streams, folders and host. */
export class CommandContext {
  readonly argv: readonly string[];
  readonly streams: Streams;
  /** The folder of `kosmo/schemas/*`. */
  readonly schemaFolder: string;
  /** The folder of the guides. */
  readonly guideFolder: string;
  /** The folder of the workflows that the package ships. */
  readonly templateFolder: string;
  /** Entries of MCP servers that this command line names itself. */
  directServers: Readonly<Record<string, unknown>> = {};
  #host: Promise<Host> | undefined;

  constructor({ argv, packageRoot, streams = PROCESS_STREAMS }: ContextOptions) {
    this.argv = argv;
    this.streams = streams;
    this.schemaFolder = path.join(packageRoot, 'dist/schemas');
    this.guideFolder = path.join(packageRoot, 'lua-docs');
    this.templateFolder = path.join(packageRoot, 'workflows');
  }

  get env(): NodeJS.ProcessEnv {
    return this.streams.env;
  }

  /** The folder that the command runs in. If it was deleted, the root of the file system. */
  get folder(): string {
    try {
      return process.cwd();
    } catch {
      return path.parse(homeFolder(this.env)).root;
    }
  }

  /** Where the configuration of this command line is. */
  get location(): { readonly env: NodeJS.ProcessEnv; readonly folder: string } {
    return { env: this.env, folder: this.folder };
  }

  get stdin(): Streams['stdin'] {
    return this.streams.stdin;
  }

  get stdout(): Streams['stdout'] {
    return this.streams.stdout;
  }

  get stderr(): Streams['stderr'] {
    return this.streams.stderr;
  }

  /** Aborted by each signal that ends a program. The reason is the error of the run. */
  get signal(): AbortSignal {
    return this.streams.signal;
  }

  get exitCode(): number {
    return this.streams.exitCode;
  }

  set exitCode(code: number) {
    this.streams.exitCode = code;
  }

  get isQuiet(): boolean {
    return this.streams.isQuiet;
  }

  set isQuiet(isQuiet: boolean) {
    this.streams.isQuiet = isQuiet;
  }

  /** The host of this command line, made at the first call with its options. The caller closes it. */
  host({ emulator = false, ...options }: CommandHostOptions = {}): Promise<Host> {
    this.#host ??= this.#createHost({ emulate: emulator, ...options });
    return this.#host;
  }

  async #createHost(options: Pick<HostOptions, 'emulate'> & Omit<CommandHostOptions, 'emulator'>): Promise<Host> {
    const { createHost } = await import('../runtime/index.ts');
    return createHost({
      env: this.env,
      command: this.argv[0] ?? '',
      folder: this.folder,
      guideFolder: this.guideFolder,
      stateFolder: homeFolder(this.env),
      mcpServers: this.directServers,
      ...options,
    });
  }
}
