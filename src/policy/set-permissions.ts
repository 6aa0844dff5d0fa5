import { type ConfigLocation, type ConfigScope, configFile, deleteSetting, editConfig, readConfig, setSetting } from '../config/index.ts';
import type { Operation } from '../integration/index.ts';
import { valueAt } from '../json/index.ts';

type Levels = Readonly<Partial<Record<Operation, 'allow' | 'ask' | 'deny'>>>;

/**
 * Writes permissions below `keys`, such as `['mcp', 'servers', 'github', 'permissions']`, to the file of a scope. A project can only tighten
 * the policy, so `allow` is written to the user's file and removed from the project's. Returns the files that hold the permissions now.
 */
export async function setPermissions(
  keys: readonly string[],
  levels: Levels,
  { scope, ...place }: ConfigLocation & { readonly scope: ConfigScope },
): Promise<readonly string[]> {
  // Reports errors of both files before a change.
  const { layers } = await readConfig(place);
  const files = new Map<ConfigScope, [string, string | undefined][]>();
  for (const [operation, level] of Object.entries(levels)) {
    const target = level === 'allow' ? 'user' : scope;
    files.set(target, [...(files.get(target) ?? []), [operation, level]]);
    if (target !== scope && layers.some(({ scope: of, values }) => of === scope && valueAt(values, [...keys, operation]) !== undefined))
      files.set(scope, [...(files.get(scope) ?? []), [operation, undefined]]);
  }
  const holding: string[] = [];
  for (const [target, changes] of files) {
    const file = configFile(target, place);
    await editConfig(
      file,
      (document) => {
        for (const [operation, level] of changes) {
          if (level === undefined) deleteSetting(document, [...keys, operation]);
          else setSetting(document, [...keys, operation], level);
        }
      },
      { isPrivate: target === 'user' },
    );
    if (changes.some(([, level]) => level !== undefined)) holding.push(file);
  }
  return holding;
}
