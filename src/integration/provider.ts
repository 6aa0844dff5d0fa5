/** The part of a configuration file that providers of one kind are in: `kosmo.integrations`, `kosmo.mcp`. */
export type ProviderSection = 'integrations' | 'mcp';

/** How rules, messages and commands name a provider of functions: an integration or an MCP server. */
export interface Provider {
  /** For JSON documents; other code reads the fields below. */
  readonly kind: 'integration' | 'mcp-server';
  /** `agora`, `github` */
  readonly id: string;
  /** `Integration 'agora'`, `MCP server 'github'` */
  readonly label: string;
  /** What the names of its functions begin with: `agora`, `mcp.github`. No two providers have the same one. */
  readonly path: string;
  /** Its place below `kosmo` in a configuration file: `['integrations', 'agora']`, `['mcp', 'servers', 'github']`. */
  readonly settingsPath: readonly [ProviderSection, ...string[]];
  /** MCP servers have none. */
  readonly hasAccounts: boolean;
  /** The command that changes its permissions: `integrations:configure agora`, `mcp:add github`. */
  readonly configureCommand: string;
  /** The command that describes one of its functions: `integrations:docs`, `mcp:schema`. */
  readonly docsCommand: string;
}

/** An integration of kosmo as a provider. */
export function integrationProvider(id: string): Provider {
  return {
    kind: 'integration',
    id,
    label: `Integration '${id}'`,
    path: id,
    settingsPath: ['integrations', id],
    hasAccounts: true,
    configureCommand: `integrations:configure ${id}`,
    docsCommand: 'integrations:docs',
  };
}

/** An MCP server as a provider. */
export function mcpServerProvider(name: string): Provider {
  return {
    kind: 'mcp-server',
    id: name,
    label: `MCP server '${name}'`,
    path: `mcp.${name}`,
    settingsPath: ['mcp', 'servers', name],
    hasAccounts: false,
    configureCommand: `mcp:add ${name}`,
    docsCommand: 'mcp:schema',
  };
}
