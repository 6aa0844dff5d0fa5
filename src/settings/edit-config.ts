import type { Document } from 'yaml';
import { changeFile } from './files.ts';

/**
 * Changes a configuration file, made when it is not there: settings stand below `kosmo`, so `document.setIn(['kosmo', 'audit_log'], true)`.
 * Comments and what is not ours stay. Throws `INVALID_CONFIGURATION` for a file that does not parse, which is left as it is.
 */
export async function editConfig(file: string, edit: (document: Document) => void, { isPrivate = true } = {}): Promise<void> {
  const { parseYaml } = await import('./config-text.ts');
  await changeFile(
    file,
    (text = '') => {
      const { document } = parseYaml(file, text);
      const before = document.toString(FORMAT);
      edit(document);
      const after = document.toString(FORMAT);
      return after === before ? undefined : after;
    },
    { isPrivate },
  );
}

// Lines are as long as they were.
const FORMAT = { lineWidth: 0 } as const;
