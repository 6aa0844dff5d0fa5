import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { homeFolder } from '../../config/index.ts';
import type { JsonValue } from '../../json/index.ts';
import { createPrivateDirectory } from '../../platform/private-directory.ts';
import { readRegularText } from '../../platform/read-regular-file.ts';
import { replaceFile } from '../../platform/replace-file.ts';
import { isRecord } from '../config/server-entry.ts';

type Items = readonly Readonly<Record<string, JsonValue>>[];

/** Lists of tools on disk, so that a script can name a tool, and a page describe it, without its server being started. */
export interface ToolCache {
  /** `undefined` if no list exists, or it is too old. */
  readonly read: () => Promise<Items | undefined>;
  readonly write: (items: Items) => Promise<void>;
  readonly forget: () => Promise<void>;
}

/** `npx some-server` may be another version tomorrow. */
const FRESH_MS = 24 * 3600 * 1000;

/** Larger than the lists of the largest servers. */
const MAX_FILE_BYTES = 64 * 1024 ** 2;

/** The list of one server, as long as it is configured as its fingerprint says. What cannot be kept is asked for again. */
export function openToolCache(env: Readonly<Record<string, string | undefined>>, server: string, fingerprint: string): ToolCache {
  const folder = path.join(homeFolder(env), 'mcp-tools');
  const name = createHash('sha256').update(`${server}\n${fingerprint}`).digest('hex').slice(0, 32);
  const file = path.join(folder, `${name}.json`);
  return {
    async read() {
      try {
        // A time in the future is no younger.
        if (Math.abs(Date.now() - statSync(file).mtimeMs) > FRESH_MS) return undefined;
        const { tools } = JSON.parse(readRegularText(file, MAX_FILE_BYTES) ?? '') as { readonly tools?: unknown };
        return Array.isArray(tools) && tools.every(isRecord) ? (tools as Items) : undefined;
      } catch {
        return undefined;
      }
    },
    async write(tools) {
      try {
        createPrivateDirectory(folder);
        replaceFile(file, JSON.stringify({ server, tools }));
      } catch {
        // The next process asks the server again.
      }
    },
    forget: () => rm(file, { force: true }).catch(() => undefined),
  };
}
