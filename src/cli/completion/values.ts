import { readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { type DescribedIntegration, describedIntegrations, documentationPages } from '../../runtime/index.ts';
import { workingFolder } from '../host-options.ts';

/** What a word can become. */
export interface Candidate {
  readonly value: string;
  readonly description?: string;
}

/** The functions by their whole names. */
export function functionNames(): readonly Candidate[] {
  return describedIntegrations.flatMap(({ id, tools }) => tools.map(({ name, description }) => ({ value: `${id}.${name}`, description })));
}

/** The accounts of an integration, or of all of them. */
export async function accountNames(id?: string): Promise<readonly Candidate[]> {
  const { readAccounts, readSettings } = await import('../../settings/index.ts');
  const settings = await readSettings({ env: process.env, folder: workingFolder() });
  const owners = describedIntegrations.filter((integration) => id === undefined || integration.id === id);
  const names = owners.flatMap((owner) => readAccounts(owner, settings).accounts.map(({ name }) => name));
  return [...new Set(names)].map((value) => ({ value }));
}

/** The pages of the documentation in a folder. */
export async function pageNames(guideFolder: string): Promise<readonly Candidate[]> {
  return (await documentationPages(guideFolder)).map(({ name, title }) => ({ value: name, description: title }));
}

export function integrationNames(): readonly Candidate[] {
  return describedIntegrations.map(({ id, title }) => ({ value: id, description: title }));
}

/** The MCP servers, switched off or not. */
export async function serverNames(): Promise<readonly Candidate[]> {
  const { readServers, summaryOf } = await import('../../mcp/index.ts');
  const { effective } = await readServers({ env: process.env, folder: workingFolder() });
  return [...effective.values()].map(({ server }) => ({ value: server.name, description: summaryOf(server) }));
}

export function toolNames({ tools }: DescribedIntegration): readonly Candidate[] {
  return tools.map(({ name, description }) => ({ value: name, description }));
}

/** Files and folders that begin as typed, folders with `/` behind them. With an `extension` only such files, if there are any. */
export function fileNames(typed: string, extension?: string): readonly Candidate[] {
  const at = typed.lastIndexOf('/') + 1;
  const [folder, begun] = [typed.slice(0, at), typed.slice(at)];
  const real = folder.replace(/^~(?=\/)/, () => homedir());
  const found = readdirSync(path.resolve(workingFolder(), real), { withFileTypes: true })
    .filter(({ name }) => name.startsWith(begun) && (begun.startsWith('.') || !name.startsWith('.')))
    .map((entry) => ({ value: `${folder}${entry.name}${entry.isDirectory() ? '/' : ''}` }))
    .sort((a, b) => (a.value < b.value ? -1 : 1));
  const fitting = found.filter(({ value }) => extension !== undefined && (value.endsWith('/') || value.endsWith(extension)));
  return fitting.length > 0 ? fitting : found;
}

/** `@file`, where a value can stand in a file. */
export function atFileNames(typed: string): readonly Candidate[] {
  return typed.startsWith('@') ? fileNames(typed.slice(1)).map(({ value }) => ({ value: `@${value}` })) : [];
}
