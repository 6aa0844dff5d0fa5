import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

export interface McpProject {
  readonly folder: string;
  /** `KOSMO_HOME` of the user. */
  readonly home: string;
  readonly env: Record<string, string>;
  /** Writes a file below the folder; what is no text becomes JSON. Returns its path. */
  readonly write: (file: string, content: unknown) => string;
}

/** A repository of its own with a user of its own, whose files are in another folder. */
export function makeMcpProject(): McpProject {
  const root = realpathSync(mkdtempSync(path.join(tmpdir(), 'kosmo-mcp-')));
  const folder = path.join(root, 'project');
  const home = path.join(root, 'home');
  mkdirSync(path.join(folder, '.git'), { recursive: true });
  return {
    folder,
    home,
    env: { KOSMO_HOME: home, PATH: process.env.PATH ?? '' },
    write(file, content) {
      const target = path.resolve(folder, file);
      mkdirSync(path.dirname(target), { recursive: true });
      writeFileSync(target, typeof content === 'string' ? content : JSON.stringify(content));
      return target;
    },
  };
}
