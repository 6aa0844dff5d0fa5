import { type ConfigLocation, readConfig } from '../config/index.ts';
import { type CredentialSources, openSecretStore } from '../credentials/index.ts';

/** The configuration and the secrets of a user in a project. Secrets are decrypted at use. */
export type Settings = CredentialSources;

/** Reads the settings of the user, and of the project that a folder is part of. Writes nothing. */
export async function readSettings(place: ConfigLocation): Promise<Settings> {
  const secrets = openSecretStore({ env: place.env });
  const [config, secretKeys] = await Promise.all([readConfig(place), secrets.keys()]);
  return { env: place.env, config, secrets, secretKeys };
}

/** Returns the settings of a program without configuration files. */
export function environmentSettings(env: Settings['env']): Settings {
  return { env, config: { projectFolder: '', layers: [] }, secrets: openSecretStore({ env }), secretKeys: [] };
}
