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
import type { Verdict } from '../connection/handshake.ts';

type Items = readonly Readonly<Record<string, JsonValue>>[];

/** What a server said earlier. */
export interface CachedList {
  readonly tools: Items;
  /** Sentences about tools that were left out. */
  readonly problems: readonly string[];
  /** Its protocol revision. */
  readonly verdict: Verdict | undefined;
  /** The server calls the list fresh until then, in milliseconds since 1970. */
  readonly freshUntil: number | undefined;
}

/** Lists of tools on disk, so that a script can name a tool, and a page describe it, without its server being started. */
export interface ToolCache {
  /** `undefined` if no list exists, or it is too old. */
  readonly read: () => Promise<CachedList | undefined>;
  readonly write: (list: CachedList) => Promise<void>;
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
        const kept = JSON.parse(readRegularText(file, MAX_FILE_BYTES) ?? '') as Readonly<Record<string, unknown>>;
        const { tools, problems, verdict, freshUntil } = kept;
        if (!Array.isArray(tools) || !tools.every(isRecord)) return undefined;
        return {
          tools: tools as Items,
          problems: Array.isArray(problems) ? problems.map(String) : [],
          verdict: isVerdict(verdict) ? verdict : undefined,
          freshUntil: typeof freshUntil === 'number' ? freshUntil : undefined,
        };
      } catch {
        return undefined;
      }
    },
    async write(list) {
      try {
        createPrivateDirectory(folder);
        replaceFile(file, JSON.stringify({ server, ...list }));
      } catch {
        // The next process asks the server again.
      }
    },
    forget: () => rm(file, { force: true }).catch(() => undefined),
  };
}

function isVerdict(value: unknown): value is Verdict {
  return isRecord(value) && (value.kind === 'legacy' || (value.kind === 'modern' && isRecord(value.discover)));
}
