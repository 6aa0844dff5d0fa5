import { expect, test } from 'vitest';
import { RunActivity } from '../../../src/runtime/calls/activity.ts';
import type { ObservedCall } from '../../../src/runtime/calls/observer.ts';

const NOON = new Date(2026, 5, 1, 12, 0, 0).getTime();

const callOf = (name: string, via?: string): ObservedCall =>
  ({ target: { provider: { path: 'agora' }, tool: { name }, ...(via === undefined ? {} : { via }) } }) as unknown as ObservedCall;

test('a run that waits for nothing has nothing to say', () => {
  const activity = new RunActivity();
  expect(activity.describe(NOON)).toBe('');
  activity.observer.opened?.(callOf('record'), { id: 'a', noun: 'recording', facts: {} });
  expect(activity.describe(NOON)).toBe('');
});

test('a run says what is open, what it calls and until when it sleeps', () => {
  const activity = new RunActivity();
  const { started, finished, opened, closed } = activity.observer;
  const [first, second, inner] = [callOf('record'), callOf('record'), callOf('start_recording', 'record')];
  for (const call of [first, second, inner]) void started?.(call);
  expect(activity.describe(NOON)).toBe('2 × agora.record');
  opened?.(inner, { id: 'a', noun: 'recording', facts: {} });
  finished?.(inner);
  finished?.(first);
  expect(activity.describe(NOON)).toBe('1 recording open · agora.record');
  opened?.(second, { id: 'b', noun: 'recording', facts: {} });
  opened?.(second, { id: 'c', facts: {} });
  finished?.(second);
  const now = Date.now();
  activity.sleepPort.call([0.5], { signal: new AbortController().signal });
  expect(activity.describe(now)).toMatch(/^2 recordings open · 1 resource open · sleeping until (\d{4}-\d\d-\d\d )?\d\d:\d\d:\d\d$/);
  closed?.(second, 'a');
  expect(activity.describe(now)).toMatch(/^1 recording open /);
  expect(activity.describe(now + 60_000)).toBe('');
});

test('a time on another day has its date', () => {
  const activity = new RunActivity();
  activity.sleepPort.call([2 * 24 * 3600], { signal: new AbortController().signal });
  expect(activity.describe(Date.now())).toMatch(/^sleeping until \d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
});
