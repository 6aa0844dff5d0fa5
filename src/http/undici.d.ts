// The slice of undici 7 that is used. The whole package costs 40 ms to load, its pool alone 20 ms, and only the whole is typed.
declare module 'undici/lib/dispatcher/pool.js' {
  export interface DispatchController {
    abort(reason: Error): void;
  }

  export interface DispatchHandler {
    /** The request is about to be written to a connected socket. */
    onRequestStart(controller: DispatchController): void;
    onResponseStart(controller: DispatchController, status: number, headers: Record<string, string | string[] | undefined>): void;
    onResponseData(controller: DispatchController, chunk: Uint8Array): void;
    onResponseEnd(controller: DispatchController): void;
    onResponseError(controller: DispatchController | null, error: Error): void;
  }

  export interface DispatchOptions {
    readonly method: string;
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string | null;
  }

  export interface PoolOptions {
    readonly connect: import('undici/lib/core/connect.js').Connector;
    readonly headersTimeout: number;
    readonly bodyTimeout: number;
    readonly maxResponseSize: number;
    readonly maxHeaderSize: number;
  }

  class Pool {
    constructor(origin: string, options: PoolOptions);
    dispatch(options: DispatchOptions, handler: DispatchHandler): boolean;
    destroy(): Promise<void>;
  }

  // biome-ignore lint/style/noDefaultExport: how undici exports it.
  export default Pool;
}

declare module 'undici/lib/dispatcher/agent.js' {
  class Agent {
    constructor(options: object);
    close(): Promise<void>;
  }

  // biome-ignore lint/style/noDefaultExport: how undici exports it.
  export default Agent;
}

declare module 'undici/lib/core/connect.js' {
  export type Connector = (options: object, connected: (error: Error | null, socket: object | null) => void) => void;

  function buildConnector(options: { readonly timeout: number }): Connector;

  // biome-ignore lint/style/noDefaultExport: how undici exports it.
  export default buildConnector;
}
