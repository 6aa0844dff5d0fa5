import { type Fields, isFields } from './checks.ts';
import { isStorageBroken } from './storage.ts';
import { recorderUrl } from './web-services.ts';

/**
 * Names with which a test chooses what the emulator cannot know: who is in a channel, how an upload ends, how a page behaves. Only the
 * request of a recording decides what happens to it.
 */
export const MAGIC_NAMES = {
  /** A channel whose name begins like this is empty. */
  emptyChannel: 'empty',
  /** The upload to a bucket whose name begins like this takes longer than a synchronous stop waits. */
  slowBucket: 'slow',
  /** A bucket whose name begins like this cannot be written to: the files go to Agora's backup cloud. */
  lostBucket: 'backup',
  /** The keys are wrong for a bucket whose name begins like this. */
  deniedBucket: 'denied',
  /** Agora cannot read back from a bucket whose name begins like this, so files are not transcoded after the end. */
  unreadableBucket: 'unreadable',
  /** Files in a bucket of Alibaba's whose name begins like this go to its VOD service. */
  vodBucket: 'vod',
  /** A resource whose id begins like this has a recording that runs, although no request started it. */
  runningResource: 'emulated-running',
  /** The same with a recording that was just stopped. */
  stoppedResource: 'emulated-stopped',
  /** A page whose host begins like this cannot be opened. */
  lostPage: 'gone',
  /** A page whose host begins like this is too much for the recorder. */
  heavyPage: 'heavy',
  /** A page whose host begins like this makes no sound, so the recorder loads it again. */
  silentPage: 'silent',
} as const;

/** Why a recorder exits by itself soon after the start: it cannot write to the storage, or cannot open the page. */
export type Failure = 'storage' | 'page';

const ALIBABA = 2;
/** Names and addresses that lead to no public host, as `URL` writes them. */
const UNREACHABLE =
  /^(localhost|[^.:[]+|.*\.(localhost|local|internal|invalid|test|home\.arpa)|(0|10|127|169\.254|192\.168|172\.(1[6-9]|2\d|3[01]))\..*|\[(::1?|::ffff:.*|f[cd].*|fe[89ab].*)\])\.?$/;

export function hasSenders(cname: string): boolean {
  return !cname.startsWith(MAGIC_NAMES.emptyChannel);
}

export function isSlowUpload(request: Fields): boolean {
  return bucketOf(request).startsWith(MAGIC_NAMES.slowBucket);
}

export function isBackedUp(request: Fields): boolean {
  return bucketOf(request).startsWith(MAGIC_NAMES.lostBucket);
}

export function isUnreadable(request: Fields): boolean {
  return bucketOf(request).startsWith(MAGIC_NAMES.unreadableBucket);
}

export function isVod(request: Fields): boolean {
  return bucketOf(request).startsWith(MAGIC_NAMES.vodBucket) && (request.storageConfig as Fields).vendor === ALIBABA;
}

export function isHeavyPage(request: Fields): boolean {
  return hostOf(request).startsWith(MAGIC_NAMES.heavyPage);
}

export function isSilentPage(request: Fields): boolean {
  return hostOf(request).startsWith(MAGIC_NAMES.silentPage);
}

/** What makes the recorder of a start exit; undefined where it works. */
export function failureOf(request: Fields): Failure | undefined {
  if (isStorageBroken(request) || bucketOf(request).startsWith(MAGIC_NAMES.deniedBucket)) return 'storage';
  const url = recorderUrl(request);
  if (url === undefined) return undefined;
  const isWeb = URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
  const host = hostOf(request);
  return !isWeb || UNREACHABLE.test(host) || host.startsWith(MAGIC_NAMES.lostPage) ? 'page' : undefined;
}

function bucketOf({ storageConfig }: Fields): string {
  return isFields(storageConfig) && typeof storageConfig.bucket === 'string' ? storageConfig.bucket : '';
}

// The host of the recorded page, in lower case; empty without a page.
function hostOf(request: Fields): string {
  const url = recorderUrl(request) ?? '';
  return URL.canParse(url) ? new URL(url).hostname : '';
}
