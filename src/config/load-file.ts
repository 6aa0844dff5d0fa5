import path from 'node:path';
import { readFileIfThere } from './atomic-file.ts';
import { homeFolder } from './home.ts';
import type { ConfigLayer, ConfigScope } from './layer.ts';
import { findProject, PROJECT_SETTINGS } from './project.ts';

/** The settings of a user in a project. */
export interface Config {
  readonly projectFolder: string;
  /** The user's, then the project's: each once, files or not. */
  readonly layers: readonly ConfigLayer[];
}

export interface ConfigLocation {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The working folder. */
  readonly folder: string;
}

/** The configuration file of a scope. */
export function configFile(scope: ConfigScope, { env, folder }: ConfigLocation): string {
  return scope === 'user' ? path.join(homeFolder(env), FILE) : path.join(findProject(folder, env), PROJECT_SETTINGS, FILE);
}

const FILE = 'config.yaml';

/** Reads both configuration files. Throws `INVALID_CONFIGURATION` with file and line for an invalid one. */
export async function readConfig({ env, folder }: ConfigLocation): Promise<Config> {
  const user = configFile('user', { env, folder });
  const projectFolder = findProject(folder, env);
  const project = path.join(projectFolder, PROJECT_SETTINGS, FILE);
  return {
    projectFolder,
    layers: [
      await readLayer('user', user),
      // In the home folder without a project, both are the same file. It counts as the user's.
      project === user ? emptyLayer('project', project) : await readLayer('project', project),
    ],
  };
}

async function readLayer(scope: ConfigScope, file: string): Promise<ConfigLayer> {
  const text = readFileIfThere(file);
  if (text === undefined || text.trim() === '') return emptyLayer(scope, file);
  const { parseConfig } = await import('./parse-yaml.ts');
  return { scope, file, ...parseConfig(file, text) };
}

function emptyLayer(scope: ConfigScope, file: string): ConfigLayer {
  return { scope, file, values: {}, lineOf: () => undefined };
}
