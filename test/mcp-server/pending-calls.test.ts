import { expect, test } from 'vitest';
import { createPendingCalls, MAX_PENDING_APPROVALS } from '../../src/mcp-server/pending-calls.ts';

const done = { content: [] };

test('an answer is for the request that asked, once', async () => {
  const operations = createPendingCalls();
  const operation = operations.start(async ({ approve }) => ({ content: [], approved: await approve('May I?') }));
  expect(await operation.next()).toEqual({ question: 'May I?' });
  const id = operations.wait(operation, 'request');
  expect(operations.resume(id, 'another request')).toBeUndefined();
  expect(operations.resume('another name', 'request')).toBeUndefined();
  expect(operations.resume(id, 'request')).toBe(operation);
  expect(operations.resume(id, 'request')).toBeUndefined();
  operation.answer(true);
  expect(await operation.next()).toEqual({ result: { content: [], approved: true } });
});

test('a number of calls may wait for an answer, further ones are refused, and closing answers all with no', async () => {
  const operations = createPendingCalls();
  const answers: boolean[] = [];
  const start = () =>
    operations.start(async ({ approve }) => {
      answers.push(...(await Promise.all([approve('May I?'), approve('And this?')])));
      return done;
    });
  const first = start();
  await first.next();
  for (let i = 1; i < MAX_PENDING_APPROVALS; i++) {
    const operation = start();
    await operation.next();
    operations.wait(operation, 'request');
  }
  await expect(start().next()).rejects.toThrow('wait for the answer of a person already');
  for (const yes of [true, false]) {
    await first.next();
    first.answer(yes);
  }
  expect(await first.next()).toEqual({ result: done });
  expect(await start().next()).toEqual({ question: 'May I?' });
  await operations.close();
  expect(answers).toEqual([true, ...Array.from({ length: 2 * MAX_PENDING_APPROVALS }, () => false), false]);
});

test('closing waits for what a call still does when it is aborted', async () => {
  const operations = createPendingCalls();
  let isClean = false;
  operations.start(async ({ signal }) => {
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    await new Promise((resolve) => setImmediate(resolve));
    isClean = true;
    return done;
  });
  await operations.close();
  expect(isClean).toBe(true);
});
