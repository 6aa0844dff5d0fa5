import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CliOptions } from './cli.ts';

const HOSTILE = fileURLToPath(new URL('../fixtures/mcp/hostile-server.mjs', import.meta.url));
const FAKE = fileURLToPath(new URL('../fixtures/mcp/fake-server.mjs', import.meta.url));

/** The entry of the server of `fixtures/mcp`, well behaved or not. */
export function fakeServer(mode = 'plain', words: readonly string[] = [], more: object = {}): Record<string, unknown> {
  return { command: process.execPath, args: [FAKE, mode, ...words], ...more };
}

/** The entry of a server whose every text contains `evil`. */
export function hostileServer(evil: string): Record<string, unknown> {
  return { command: process.execPath, args: [HOSTILE, evil] };
}

/** The entry of a server from npm. */
export function npmServer(name: string, words: readonly string[] = []): Record<string, unknown> {
  const file = fileURLToPath(new URL(`../../node_modules/@modelcontextprotocol/${name}/dist/index.js`, import.meta.url));
  return { command: process.execPath, args: [file, ...words] };
}

export interface McpPlace {
  readonly folder: string;
  readonly project: string;
  /** For `kosmo`: a home and a project of their own. */
  readonly options: CliOptions & { readonly env: Readonly<Record<string, string>> };
  readonly write: (file: string, content: string | object) => void;
}

/** A home with `servers` in its mcp.json, and an empty project. */
export function mcpPlace(servers: Readonly<Record<string, unknown>>, config = ''): McpPlace {
  const folder = mkdtempSync(path.join(tmpdir(), 'kosmo-mcp-'));
  const project = path.join(folder, 'project');
  const write: McpPlace['write'] = (file, content) => {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), typeof content === 'string' ? content : JSON.stringify(content));
  };
  mkdirSync(path.join(project, '.git'), { recursive: true });
  write('home/mcp.json', { mcpServers: servers });
  if (config !== '') write('home/config.yaml', config);
  return { folder, project, write, options: { env: { KOSMO_HOME: path.join(folder, 'home') }, cwd: project } };
}
