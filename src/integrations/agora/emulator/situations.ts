import { type Fields, isFields } from './checks.ts';

/**
 * What the emulator cannot know and a test must be able to choose: who is in a channel, and what becomes of an upload. Names choose it,
 * so that nothing but the recording's own request says what happens to it.
 */
export const SITUATIONS = {
  /** Nobody is in a channel whose name begins like this. */
  emptyChannel: 'empty',
  /** The upload to a bucket whose name begins like this takes longer than a synchronous stop waits. */
  slowBucket: 'slow',
  /** A bucket whose name begins like this cannot be written to: the files go to Agora's backup cloud. */
  lostBucket: 'backup',
} as const;

export function hasSenders(cname: string): boolean {
  return !cname.startsWith(SITUATIONS.emptyChannel);
}

export function isSlowUpload(request: Fields): boolean {
  return bucketOf(request).startsWith(SITUATIONS.slowBucket);
}

export function isBackedUp(request: Fields): boolean {
  return bucketOf(request).startsWith(SITUATIONS.lostBucket);
}

function bucketOf({ storageConfig }: Fields): string {
  return isFields(storageConfig) && typeof storageConfig.bucket === 'string' ? storageConfig.bucket : '';
}
