import { expect, test } from 'vitest';
import { authorize, type CallRequest } from '../../src/settings/index.ts';

const { signal } = new AbortController();

const write: CallRequest = {
  source: 'integrations',
  integration: 'agora',
  name: 'start_recording',
  operation: 'write',
  account: 'default',
  args: { cname: 'room', storage_config: { secretKey: 'fake-secret-key' } },
};

test('reads are allowed, writes are refused where nobody can be asked', async () => {
  await expect(authorize({ ...write, operation: 'read' }, { force: false }, signal)).resolves.toBeDefined();
  await expect(authorize(write, { force: false }, signal)).rejects.toMatchObject({
    code: 'APPROVAL_REQUIRED',
    hint: expect.stringContaining('--force'),
  });
});

test('--force allows a write without asking', async () => {
  const ask = () => Promise.reject(new Error('asked'));
  await expect(authorize(write, { force: true, ask }, signal)).resolves.toMatchObject({ request: write });
});

test('a person is asked with redacted arguments, and only yes is yes', async () => {
  const seen: CallRequest[] = [];
  const answer = (yes: boolean) => async (request: CallRequest) => {
    seen.push(request);
    return yes;
  };
  const { request } = await authorize(write, { force: false, ask: answer(true) }, signal);
  expect(request.args).toEqual(write.args);
  expect(seen[0]?.args).toEqual({ cname: 'room', storage_config: { secretKey: '[redacted]' } });
  await expect(authorize(write, { force: false, ask: answer(false) }, signal)).rejects.toMatchObject({ code: 'APPROVAL_REQUIRED' });
});
