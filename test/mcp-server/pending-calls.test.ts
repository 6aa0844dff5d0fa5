import { expect, test } from 'vitest';
import { MAX_WAITING_CALLS } from '../../src/mcp-server/client-questions.ts';
import { createPendingCalls } from '../../src/mcp-server/pending-calls.ts';

const QUESTION = { approval: { method: 'elicitation/create', params: { message: 'May I?' } } };

const done = { content: [] };

test('an answer is for the request that asked, once', async () => {
  const operations = createPendingCalls();
  const operation = operations.start(async ({ ask }) => ({ content: [], answers: await ask(QUESTION) }));
  expect(await operation.next()).toEqual({ questions: QUESTION });
  const id = operations.wait(operation, 'request');
  expect(operations.resume(id, 'another request')).toBeUndefined();
  expect(operations.resume('another name', 'request')).toBeUndefined();
  expect(operations.resume(id, 'request')).toBe(operation);
  expect(operations.resume(id, 'request')).toBeUndefined();
  operation.answer({ approval: { action: 'accept' } });
  expect(await operation.next()).toEqual({ result: { content: [], answers: { approval: { action: 'accept' } } } });
});

test('a number of calls may wait for an answer, further ones are refused, and closing answers none', async () => {
  const operations = createPendingCalls();
  const answers: unknown[] = [];
  const start = () =>
    operations.start(async ({ ask, holdPlace }) => {
      answers.push(...(await holdPlace(() => Promise.all([ask(QUESTION), ask(QUESTION)]))));
      return done;
    });
  const first = start();
  await first.next();
  for (let i = 1; i < MAX_WAITING_CALLS; i++) {
    const operation = start();
    await operation.next();
    operations.wait(operation, 'request');
  }
  await expect(start().next()).rejects.toThrow('wait for the answer of a person already');
  for (const answer of [{ approval: true }, {}]) {
    await first.next();
    first.answer(answer);
  }
  expect(await first.next()).toEqual({ result: done });
  expect(await start().next()).toEqual({ questions: QUESTION });
  await operations.close();
  expect(answers).toEqual([{ approval: true }, ...Array.from({ length: 2 * MAX_WAITING_CALLS }, () => ({})), {}]);
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
