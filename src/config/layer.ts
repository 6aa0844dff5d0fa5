import type { JsonValue } from '../json/index.ts';

/** The key of a configuration file below which all settings of kosmo are. */
export const ROOT_KEY = 'kosmo';

export type ConfigScope = 'user' | 'project';

/** The settings of one configuration file. */
export interface ConfigLayer {
  readonly scope: ConfigScope;
  readonly file: string;
  /** The values below `kosmo:`; empty if the file does not exist. */
  readonly values: Readonly<Record<string, JsonValue>>;
  /** The line of a setting, from 1, for messages: `lineOf(['integrations', 'agora', 'enabled'])`. */
  readonly lineOf: (setting: readonly string[]) => number | undefined;
}
