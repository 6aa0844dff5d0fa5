export type { McpClient } from './client.ts';
export { createClients, type McpClients } from './clients.ts';
export type { ServerSource } from './files.ts';
export { asIntegration, type McpIntegration, OFFERS } from './integration.ts';
export type { Launch } from './launch.ts';
export { type LuaNames, luaPath } from './names.ts';
export { type PlaceholderSources, type ResolvedServer, resolvePlaceholders } from './placeholders.ts';
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
