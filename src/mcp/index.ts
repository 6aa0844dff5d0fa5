export type { McpClient } from './client.ts';
export { createClients, hideServers, type McpClients } from './clients.ts';
export { describeServer, type ServerRow } from './describe.ts';
export { diagnose, type Obstacle } from './diagnose.ts';
export { readServerFile, type ServerFile, type ServerSource, serverFiles } from './files.ts';
export { asIntegration, type McpIntegration, OFFERS } from './integration.ts';
export type { Launch } from './launch.ts';
export { listedTools } from './listed-tools.ts';
export { logIn, logOut } from './login.ts';
export {
  addServer,
  importServers,
  locateServer,
  mainFile,
  removeServer,
  type ServerDraft,
  type ServerScope,
  scopeOf,
  setEnabled,
} from './manage.ts';
export { maskArguments, maskText, maskValue, summaryOf } from './mask.ts';
export { type LuaNames, luaPath } from './names.ts';
export { type PlaceholderSources, type ResolvedServer, resolvePlaceholders } from './placeholders.ts';
export { type PortableServer, toPortable, withoutSecrets } from './portable.ts';
export { checkServerName, type HttpServer, isServerName, type McpServer, type StdioServer } from './server.ts';
export { findServer, readServers, type ServerEntry, type ServerList, type ServerOptions, type ServerProblem } from './servers.ts';
export { type McpTool, type McpTools, parametersOf } from './tools.ts';
export {
  isTrusted,
  needsTrust,
  recordTrust,
  subjectOf,
  type TrustedServer,
  type TrustSubject,
  trustServer,
  withdrawTrust,
} from './trust.ts';
