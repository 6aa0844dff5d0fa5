import { createHmac, randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { EmulatorClock } from './clock.ts';
import { lifecycleEvents, terminationEvents } from './ending.ts';
import { endOf, type Recording } from './recording.ts';
import { failoverEvents, type NotificationEvent, pushEvents, sceneOf } from './timeline.ts';

/** The receiver of notifications, and the secret that signs them. */
export interface NotificationTarget {
  readonly url: string;
  readonly secret: string;
}

/** The moments of recordings that notifications report. */
export interface Notifications {
  started(recording: Recording): void;
  /** A recording of a saved state: what happened to it before has been sent. */
  resumed(recording: Recording): void;
  /** After the end of a recording is noted in it. */
  stopped(recording: Recording): void;
  /** After an update of a web recording. */
  updated(recording: Recording): void;
  failedOver(recording: Recording): void;
  close(): void;
}

export const NO_NOTIFICATIONS: Notifications = { started() {}, resumed() {}, stopped() {}, updated() {}, failedOver() {}, close() {} };

const CLOUD_RECORDING = 3;
/** Real milliseconds between two looks at the clock: one timer for all recordings. */
const TICK_MS = 20;
/** Real milliseconds that a receiver has to answer. */
const RECEIVER_TIMEOUT_MS = 10_000;
/** Emulated milliseconds before each repeat: at once, then growing pauses; three at most (ncs). */
const PAUSES_MS = [0, 5000, 15_000];

interface Followed {
  events: Iterator<NotificationEvent>;
  next: NotificationEvent | undefined;
  /** One after the other, so that the order of a recording's events is that of their sequence. */
  sending: Promise<void>;
}

/** Sends the events of recordings to a URL, signed, and repeats each that is not answered with status 200 and JSON. */
export function createNotifications(target: NotificationTarget, clock: EmulatorClock, speed: number): Notifications {
  const followed = new Map<Recording, Followed>();
  const sender = createSender(target, clock, speed);
  let notices = 0;

  const follow = (each: Followed, events: Iterator<NotificationEvent>): void => {
    each.events = events;
    each.next = events.next().value as NotificationEvent | undefined;
  };

  const sendDue = (recording: Recording, each: Followed): void => {
    while (each.next !== undefined && each.next.at <= clock.now()) {
      emit(recording, each, each.next);
      each.next = each.events.next().value as NotificationEvent | undefined;
    }
    if (each.next === undefined && clock.now() >= endOf(recording)) followed.delete(recording);
  };

  const emit = (recording: Recording, each: Followed, { at, eventType, serviceType, details }: NotificationEvent): void => {
    notices += 1;
    const { sid, sequence, resource } = recording;
    const { cname, uid } = resource;
    const payload = { cname, uid, sid, sequence, sendts: at, serviceType, serviceScene: sceneOf(recording), details };
    const notice = { noticeId: `2000001428:4330:${notices}`, productId: CLOUD_RECORDING, eventType, payload };
    recording.sequence += 1;
    each.sending = each.sending.then(() => sender.deliver(notice));
  };

  // Only after what was due before.
  const now = (recording: Recording, tell: (each: Followed) => void): void => {
    const each = followed.get(recording);
    if (each === undefined) return;
    sendDue(recording, each);
    tell(each);
  };
  const emitAll = (recording: Recording, events: Iterable<NotificationEvent>): void =>
    now(recording, (each) => {
      for (const event of events) emit(recording, each, event);
    });

  const timer = setInterval(() => {
    for (const [recording, each] of followed) sendDue(recording, each);
  }, TICK_MS).unref();

  return {
    started(recording) {
      const each: Followed = { events: lifecycleEvents(recording), next: undefined, sending: Promise.resolve() };
      follow(each, each.events);
      followed.set(recording, each);
    },
    resumed(recording) {
      const { stoppedAt } = recording;
      const each: Followed = {
        events: stoppedAt === undefined ? lifecycleEvents(recording) : terminationEvents(recording, stoppedAt),
        next: undefined,
        sending: Promise.resolve(),
      };
      do follow(each, each.events);
      while (each.next !== undefined && each.next.at <= clock.now());
      if (each.next !== undefined || endOf(recording) > clock.now()) followed.set(recording, each);
    },
    stopped: (recording) => now(recording, (each) => follow(each, terminationEvents(recording, recording.stoppedAt ?? clock.now()))),
    updated: (recording) => emitAll(recording, pushEvents(recording, clock.now())),
    failedOver: (recording) => emitAll(recording, failoverEvents(recording, clock.now())),
    close() {
      clearInterval(timer);
      sender.close();
    },
  };
}

interface Notice {
  readonly noticeId: string;
  readonly productId: number;
  readonly eventType: number;
  readonly notifyMs: number;
  readonly payload: object;
}

interface Sender {
  /** Sends a notice until the receiver takes it, the repeats are used up, or the sender is closed. */
  readonly deliver: (notice: Omit<Notice, 'notifyMs'>) => Promise<void>;
  readonly close: () => void;
}

function createSender({ url, secret }: NotificationTarget, clock: EmulatorClock, speed: number): Sender {
  const ending = new AbortController();
  const { signal } = ending;
  let lastNotifyMs = 0;

  const post = async (body: string): Promise<boolean> => {
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json;charset=utf-8', 'x-request-id': randomUUID(), ...signaturesOf(body, secret) },
        body,
        redirect: 'error',
        signal: AbortSignal.any([signal, AbortSignal.timeout(RECEIVER_TIMEOUT_MS)]),
      });
      await response.json();
      return response.status === 200;
    } catch {
      return false;
    }
  };

  return {
    async deliver({ noticeId, productId, eventType, payload }) {
      for (const pause of [undefined, ...PAUSES_MS]) {
        if (pause !== undefined && pause > 0) await delay(pause / speed, undefined, { ref: false, signal }).catch(() => undefined);
        if (signal.aborted) return;
        lastNotifyMs = Math.max(clock.now(), lastNotifyMs + 1);
        if (await post(JSON.stringify({ noticeId, productId, eventType, notifyMs: lastNotifyMs, payload } satisfies Notice))) return;
      }
    },
    close: () => ending.abort(),
  };
}

function signaturesOf(body: string, secret: string): Readonly<Record<string, string>> {
  const sign = (algorithm: string): string => createHmac(algorithm, secret).update(body).digest('hex');
  return { 'agora-signature': sign('sha1'), 'agora-signature-v2': sign('sha256') };
}
