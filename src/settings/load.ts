import { type Config, type ConfigLocation, readConfig } from '../config/index.ts';
import { openSecretStore, type SecretStore } from '../credentials/index.ts';

/** Everything that was set, by whatever means. Secrets stay encrypted until one is used. */
export interface Settings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly config: Config;
  readonly secrets: SecretStore;
  /** The names of the stored secrets. */
  readonly secretKeys: readonly string[];
}

/** Reads the settings of the user, and of the project that a folder is part of. Writes nothing. */
export async function readSettings(place: ConfigLocation): Promise<Settings> {
  const secrets = openSecretStore({ env: place.env });
  const [config, secretKeys] = await Promise.all([readConfig(place), secrets.keys()]);
  return { env: place.env, config, secrets, secretKeys };
}

/** The settings of a program that has no files of its own. */
export function environmentSettings(env: Settings['env']): Settings {
  return { env, config: { projectFolder: '', layers: [] }, secrets: openSecretStore({ env }), secretKeys: [] };
}
