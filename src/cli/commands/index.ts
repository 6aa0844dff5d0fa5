import type { Command } from 'commander';
import type { KosmoError } from '../../errors/index.ts';
import { declaredCommands, describedIntegrations } from '../../runtime/index.ts';
import { failedCall, failedCheck, failedCommand, failedRun } from '../output.ts';

/** Some commands that one file adds to the program; the file is loaded when one of them is run, or all are listed. */
export interface CommandGroup {
  readonly names: readonly string[];
  /** `packageRoot` is the folder that holds `lua-docs`. */
  readonly add: (program: Command, packageRoot: string) => Promise<void>;
  /** The JSON document of a command that never began. */
  readonly failed: (error: KosmoError) => unknown;
}

/** Every command, in the order of `kosmo --help`. */
export const COMMAND_GROUPS: readonly CommandGroup[] = [
  {
    names: ['integrations:lua'],
    add: async (program, packageRoot) => (await import('./integrations-lua.ts')).addLuaCommand(program, packageRoot),
    failed: failedRun,
  },
  {
    names: ['integrations:check'],
    add: async (program, packageRoot) => (await import('./integrations-check.ts')).addCheckCommand(program, packageRoot),
    failed: failedCheck,
  },
  {
    names: ['integrations:types'],
    add: async (program, packageRoot) => (await import('./integrations-types.ts')).addTypesCommand(program, packageRoot),
    failed: failedCommand,
  },
  {
    names: ['list', 'status', 'search', 'docs', 'examples', 'schema'].map((name) => `integrations:${name}`),
    add: async (program, packageRoot) => (await import('./discovery.ts')).addDiscoveryCommands(program, packageRoot),
    failed: failedCommand,
  },
  {
    names: ['integrations:call', ...describedIntegrations.map(({ id }) => `integrations:${id}`)],
    add: async (program, packageRoot) => (await import('./integrations-call.ts')).addCallCommands(program, packageRoot),
    failed: failedCall,
  },
  {
    names: ['mcp:serve'],
    add: async (program, packageRoot) => (await import('./mcp-serve.ts')).addServeCommand(program, packageRoot),
    failed: failedCommand,
  },
  {
    names: declaredCommands.map(({ fullName }) => fullName),
    add: async (program, packageRoot) => (await import('./declared.ts')).addDeclaredCommands(program, packageRoot),
    failed: failedCommand,
  },
];
