import { createHash } from 'node:crypto';
import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { JsonValue } from '../json/index.ts';
import { makeFolder } from '../make-folder.ts';
import { homeFolder } from '../settings/index.ts';

type Items = readonly Readonly<Record<string, JsonValue>>[];

/** Lists of tools on disk, so that a script can name a tool, and a page describe it, without its server being started. */
export interface ToolCache {
  /** Undefined where there is none, or none that is young enough. */
  readonly read: () => Promise<Items | undefined>;
  readonly write: (items: Items) => Promise<void>;
  readonly forget: () => Promise<void>;
}

/** `npx some-server` is another one tomorrow. */
const FRESH_MS = 24 * 3600 * 1000;

/** The list of one server, as long as it is configured as its fingerprint says. What cannot be kept is asked for again. */
export function openToolCache(env: Readonly<Record<string, string | undefined>>, server: string, fingerprint: string): ToolCache {
  const folder = path.join(homeFolder(env), 'mcp-tools');
  const name = createHash('sha256').update(`${server}\n${fingerprint}`).digest('hex').slice(0, 32);
  const file = path.join(folder, `${name}.json`);
  return {
    async read() {
      try {
        const { mtimeMs } = await stat(file);
        if (Date.now() - mtimeMs > FRESH_MS) return undefined;
        const { tools } = JSON.parse(await readFile(file, 'utf8')) as { readonly tools?: Items };
        return Array.isArray(tools) ? tools : undefined;
      } catch {
        return undefined;
      }
    },
    async write(tools) {
      const temporary = `${file}.${process.pid}.${Math.random().toString(36).slice(2)}`;
      try {
        makeFolder(folder);
        await writeFile(temporary, JSON.stringify({ server, tools }), { mode: 0o600 });
        await rename(temporary, file);
      } catch {
        await rm(temporary, { force: true }).catch(() => undefined);
      }
    },
    forget: () => rm(file, { force: true }).catch(() => undefined),
  };
}
