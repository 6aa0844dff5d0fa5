export { asIntegration, type McpIntegration, SERVER_FEATURES } from './as-integration.ts';
export type { McpClient, ServerNotification } from './client.ts';
export { createClients, hideServers, type McpClients } from './clients.ts';
export { type Editor, importableFiles, listEditors } from './config/editors.ts';
export { toExportedServer, withoutSecrets } from './config/export-servers.ts';
export { readServerFile, type ServerFile, serverFiles } from './config/files.ts';
export { hasServers, readForeignEntries } from './config/foreign-files.ts';
export { configFor, entryFor, fileTextFor, installServer } from './config/install-server.ts';
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
} from './config/manage-servers.ts';
export { maskText, maskValue, summaryOf } from './config/mask.ts';
export { checkServerName } from './config/server-entry.ts';
export { findServer, readServers, type ServerEntry, type ServerList } from './config/servers.ts';
export { describeServer, type ServerDescription } from './describe-server.ts';
export { diagnose, type ServerFinding } from './diagnose-server.ts';
export { logIn, logOut } from './oauth/login.ts';
export { findDrifts, reviewTools } from './review-tools.ts';
export { readCachedTools } from './tools/cached-tools.ts';
export { type LooseSchema, schemaLoosener } from './tools/loosen-schema.ts';
export { luaPath } from './tools/lua-names.ts';
export { type McpTool, type McpTools, parametersOf, readTools } from './tools/read-tools.ts';
export { driftLines, driftText, type ToolDrift } from './trust/pins.ts';
export { isTrusted, needsTrust, recordTrust, subjectOf, type TrustSubject, withdrawTrust } from './trust/trust.ts';
