import { KosmoError } from '../errors/index.ts';
import { changeFile } from './atomic-file.ts';
import { ROOT_KEY } from './layer.ts';

/** The methods of a YAML document that change settings. */
export interface ConfigDocument {
  readonly getIn: (path: readonly string[], keepScalar?: boolean) => unknown;
  readonly hasIn: (path: readonly string[]) => boolean;
  readonly setIn: (path: readonly string[], value: unknown) => void;
  readonly deleteIn: (path: readonly string[]) => boolean;
  readonly createNode: (value: unknown) => unknown;
}

/**
 * Changes a configuration file, and makes it if it does not exist. Settings are below `kosmo`: `document.setIn(['kosmo', 'audit_log'], true)`.
 * Keeps comments and unknown keys. Throws `INVALID_CONFIGURATION` for a file that does not parse, and leaves it unchanged.
 */
export async function editConfig(file: string, edit: (document: ConfigDocument) => void, { isPrivate = true } = {}): Promise<void> {
  const { parseYaml } = await import('./parse-yaml.ts');
  await changeFile(
    file,
    (text = '') => {
      const { document } = parseYaml(file, text);
      const before = document.toString(FORMAT);
      attempt(file, () => edit(document));
      const after = document.toString(FORMAT);
      return after === before ? undefined : after;
    },
    { isPrivate },
  );
}

// An alias cannot be changed: other settings share its value.
function attempt(file: string, edit: () => void): void {
  try {
    edit();
  } catch (thrown) {
    const { message } = thrown as Error;
    throw new KosmoError('INVALID_CONFIGURATION', `${file} is written in a way that only you can change: ${message}.`, {
      hint: `edit ${file}`,
      details: { file },
      cause: thrown,
    });
  }
}

// Keeps the length of lines.
const FORMAT = { lineWidth: 0 } as const;

/** Sets `kosmo.<setting>`, and makes the mappings around it. */
export function setSetting(document: ConfigDocument, setting: readonly string[], value: unknown): void {
  const path = [ROOT_KEY, ...setting];
  // An empty value, as in `agora:` with nothing below, becomes a mapping.
  for (const length of path.keys()) {
    const parent = path.slice(0, length);
    if (document.getIn(parent) === null) document.setIn(parent, document.createNode({}));
  }
  document.setIn(path, value);
}

/** Removes `kosmo.<setting>`, and the mappings that become empty. */
export function deleteSetting(document: ConfigDocument, setting: readonly string[]): void {
  for (let length = setting.length; length > 0; length--) {
    const path = [ROOT_KEY, ...setting.slice(0, length)];
    if (!document.hasIn(path)) continue;
    const value = document.getIn(path) as { readonly items?: readonly unknown[] } | undefined;
    if (length < setting.length && value?.items?.length !== 0) return;
    document.deleteIn(path);
  }
}
