import { randomUUID } from 'node:crypto';

/** Results that were too long, whole, as resources. */
export interface ResultStore {
  readonly list: () => readonly { readonly uri: string; readonly name: string; readonly mimeType: string; readonly size: number }[];
  readonly read: (uri: string) => { readonly text: string; readonly mimeType: string } | undefined;
  /** Keeps a text. Returns its URI. */
  readonly keep: (name: string, text: string, mimeType: string) => string;
}

const URI_PREFIX = 'kosmo://results/';

/** Older results are dropped if the store has more characters than this. */
const MAX_CHARACTERS = 64 * 1024 * 1024;

export function createResultStore(): ResultStore {
  const kept = new Map<string, { readonly name: string; readonly text: string; readonly mimeType: string }>();
  let characters = 0;
  return {
    list: () => [...kept].map(([uri, { name, text, mimeType }]) => ({ uri, name, mimeType, size: Buffer.byteLength(text) })),
    read: (uri) => kept.get(uri),
    keep(name, text, mimeType) {
      const uri = `${URI_PREFIX}${randomUUID()}`;
      kept.set(uri, { name, text, mimeType });
      characters += text.length;
      for (const [oldest, { text: dropped }] of kept) {
        if (characters <= MAX_CHARACTERS || oldest === uri) break;
        kept.delete(oldest);
        characters -= dropped.length;
      }
      return uri;
    },
  };
}
