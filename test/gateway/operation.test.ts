import { expect, test } from 'vitest';
import { createOperations, MOST_WAITING } from '../../src/gateway/operation.ts';

const done = { content: [] };

test('an answer is for the request that asked, once', async () => {
  const operations = createOperations();
  const operation = operations.start(async (approve) => ({ content: [], approved: await approve('May I?') }));
  expect(await operation.next()).toEqual({ question: 'May I?' });
  const id = operations.wait(operation, 'request');
  expect(operations.resume(id, 'another request')).toBeUndefined();
  expect(operations.resume('another name', 'request')).toBeUndefined();
  expect(operations.resume(id, 'request')).toBe(operation);
  expect(operations.resume(id, 'request')).toBeUndefined();
  operation.answer(true);
  expect(await operation.next()).toEqual({ result: { content: [], approved: true } });
});

test('a number of questions may wait, and closing answers all of them with no', async () => {
  const operations = createOperations();
  const answers: boolean[] = [];
  for (let i = 0; i < MOST_WAITING; i++) {
    expect(operations.mayWait()).toBe(true);
    const operation = operations.start(async (approve) => {
      answers.push(await approve('May I?'));
      return done;
    });
    await operation.next();
    operations.wait(operation, 'request');
  }
  expect(operations.mayWait()).toBe(false);
  await operations.close();
  expect(answers).toEqual(Array.from({ length: MOST_WAITING }, () => false));
});

test('closing waits for what a call still does when it is aborted', async () => {
  const operations = createOperations();
  let isClean = false;
  operations.start(async (_approve, signal) => {
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    await new Promise((resolve) => setImmediate(resolve));
    isClean = true;
    return done;
  });
  await operations.close();
  expect(isClean).toBe(true);
});
