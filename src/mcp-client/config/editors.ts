import path from 'node:path';

/** A program that starts MCP servers, and its files. */
export interface Editor {
  /** As `--client` names it. */
  readonly id: string;
  readonly title: string;
  /** The path of the object of servers in a new file. */
  readonly root: readonly string[];
  readonly form: 'json' | 'opencode' | 'toml';
  /** Below the folder of a project; null if the program has none there. */
  readonly projectFile: string | null;
  /** An absolute path. */
  readonly userFile: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The programs that kosmo knows, each with the files that its documentation names. `home` is the user's home folder. */
export function listEditors(home: string, env: Environment): readonly Editor[] {
  const inHome = (...names: string[]): string => path.join(home, ...names);
  const settings = applicationFolder(home, env);
  const json = { root: ['mcpServers'], form: 'json' } as const;
  return [
    { id: 'claude-code', title: 'Claude Code', ...json, projectFile: '.mcp.json', userFile: inHome('.claude.json') },
    {
      id: 'claude-desktop',
      title: 'Claude Desktop',
      ...json,
      projectFile: null,
      userFile: path.join(settings, 'Claude', 'claude_desktop_config.json'),
    },
    {
      id: 'codex',
      title: 'Codex',
      root: ['mcp_servers'],
      form: 'toml',
      projectFile: '.codex/config.toml',
      userFile: inHome('.codex', 'config.toml'),
    },
    { id: 'cursor', title: 'Cursor', ...json, projectFile: '.cursor/mcp.json', userFile: inHome('.cursor', 'mcp.json') },
    { id: 'gemini', title: 'Gemini CLI', ...json, projectFile: '.gemini/settings.json', userFile: inHome('.gemini', 'settings.json') },
    {
      id: 'opencode',
      title: 'OpenCode',
      root: ['mcp', 'servers'],
      form: 'opencode',
      projectFile: 'opencode.json',
      userFile: path.join(configFolder(home, env), 'opencode', 'opencode.json'),
    },
    {
      id: 'vscode',
      title: 'Visual Studio Code',
      root: ['servers'],
      form: 'json',
      projectFile: '.vscode/mcp.json',
      userFile: path.join(settings, 'Code', 'User', 'mcp.json'),
    },
    { id: 'windsurf', title: 'Windsurf', ...json, projectFile: null, userFile: inHome('.codeium', 'windsurf', 'mcp_config.json') },
  ];
}

/** Files that can be imported, in which kosmo does not look for servers otherwise. */
export function importableFiles(
  home: string,
  env: Environment,
  projectFolder: string,
): readonly { readonly title: string; readonly path: string }[] {
  const own = ['.mcp.json', '.vscode/mcp.json', '.cursor/mcp.json'];
  return listEditors(home, env).flatMap(({ title, projectFile, userFile }) => [
    ...(projectFile === null || own.includes(projectFile) ? [] : [{ title, path: path.join(projectFolder, projectFile) }]),
    { title, path: userFile },
    // Before mcp.json, VS Code had the servers among its settings.
    ...(userFile.endsWith(path.join('User', 'mcp.json')) ? [{ title, path: path.join(path.dirname(userFile), 'settings.json') }] : []),
  ]);
}

function applicationFolder(home: string, env: Environment): string {
  const { APPDATA: roaming = path.join(home, 'AppData', 'Roaming') } = env;
  if (process.platform === 'darwin') return path.join(home, 'Library', 'Application Support');
  if (process.platform === 'win32') return roaming;
  return configFolder(home, env);
}

function configFolder(home: string, { XDG_CONFIG_HOME: folder = '' }: Environment): string {
  return path.isAbsolute(folder) ? folder : path.join(home, '.config');
}
