import { isObject, valueAt } from '../json/index.ts';
import type { CallSubject, PolicyLayer } from './decide.ts';

/** A cap of a configuration file on the calls of a function in one run. */
export interface ConfiguredCap {
  readonly max: number;
  /** The setting and its file, for messages. */
  readonly source: string;
}

/** Returns every cap that the configuration files have for a call: of the function, and of the function with this account. */
export function configuredCaps(
  layers: readonly PolicyLayer[],
  { provider, name, alias, account }: Pick<CallSubject, 'provider' | 'name' | 'alias' | 'account'>,
): readonly ConfiguredCap[] {
  const permissions = [...provider.settingsPath, 'permissions'];
  const owners = [permissions, ...(account === null ? [] : [[...permissions, 'accounts', account]])];
  const keys = owners.flatMap((owner) => [name, ...(alias === undefined ? [] : [alias])].map((fn) => [...owner, 'functions', fn]));
  return layers.flatMap(({ file, values }) =>
    keys.flatMap((key): ConfiguredCap[] => {
      const rule = valueAt(values, key);
      const max = isObject(rule) ? rule.max_per_run : undefined;
      return typeof max === 'number' ? [{ max, source: `${['kosmo', ...key].join('.')}.max_per_run in ${file}` }] : [];
    }),
  );
}
