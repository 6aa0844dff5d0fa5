// The slice of undici 7 that requests through a proxy use.
declare module 'undici/lib/dispatcher/env-http-proxy-agent.js' {
  class EnvHttpProxyAgent {
    constructor(options: object);
    dispatch(options: object, handler: object): boolean;
    close(): Promise<void>;
    destroy(): Promise<void>;
  }

  // biome-ignore lint/style/noDefaultExport: how undici exports it.
  export default EnvHttpProxyAgent;
}

declare module 'undici/lib/dispatcher/dispatcher.js' {
  class Dispatcher {}

  // biome-ignore lint/style/noDefaultExport: how undici exports it.
  export default Dispatcher;
}

declare module 'undici/lib/api/api-connect.js' {
  function connect(options: object): Promise<object>;

  // biome-ignore lint/style/noDefaultExport: how undici exports it.
  export default connect;
}
