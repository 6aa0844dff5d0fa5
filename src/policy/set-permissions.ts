import { type ConfigLocation, type ConfigScope, configFile, deleteSetting, editConfig, readConfig, setSetting } from '../config/index.ts';
import type { Operation } from '../integration/index.ts';
import { valueAt } from '../json/index.ts';

type Levels = Readonly<Partial<Record<Operation, 'allow' | 'ask' | 'deny'>>>;

/**
 * Writes levels below `keys`, such as `['mcp', 'servers', 'github', 'permissions']`, into the file of a scope. A project can only make the
 * user's policy stricter, so what is allowed is always written into the user's own file, and taken out of the project's. Returns the files
 * that hold the levels now.
 */
export async function setPermissions(
  keys: readonly string[],
  levels: Levels,
  { scope, ...place }: ConfigLocation & { readonly scope: ConfigScope },
): Promise<readonly string[]> {
  // Says first what is wrong with either file.
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
