import { expect, test } from 'vitest';
import { createHost } from '../../src/runtime/index.ts';

test('an entry of the log says which recording the call was about', async () => {
  const host = await createHost({ env: {}, folder: import.meta.dirname, guideFolder: '', emulate: true });
  const { result, call_log } = await host.run(
    `local a = app.integrations.agora
    return parallel.map({ "one", "two" }, function(cname)
      local s = a.record{ mode = "mix", cname = cname, uid = "77", recording_config = { channelType = 1 },
        storage_config = { vendor = 1, region = 0, bucket = "b", accessKey = "key-of-a", secretKey = "secret-of-s" } }
      a.stop_recording(s)
      return s.sid
    end)`,
    { chunk: 'script', policy: { force: true } },
  );
  await host.close();
  const [[one, two]] = result as [[string, string]];
  const of = (name: string): unknown[] => call_log.filter((call) => call.name === name).map(({ cname, sid }) => [cname, sid]);
  for (const name of ['start_recording', 'stop_recording'])
    expect(of(name).toSorted()).toEqual(
      [
        ['one', one],
        ['two', two],
      ].toSorted(),
    );
  expect(of('acquire_recording_resource')).toContainEqual(['one', undefined]);
});

test('twelve runs at once may share a signal, and Node warns of nothing', async () => {
  const warnings: Error[] = [];
  const keep = (warning: Error): void => void warnings.push(warning);
  process.on('warning', keep);
  const host = await createHost({ env: {}, folder: import.meta.dirname, guideFolder: '' });
  const { signal } = new AbortController();
  const session = host.openSession({ chunk: 'line', policy: { force: false } });
  await Promise.all([
    ...Array.from({ length: 12 }, () => host.run('sleep(0.01)', { chunk: 'script', policy: { force: false }, signal })),
    session.run(Buffer.from('1'), { signal }),
  ]);
  await new Promise((resolve) => setImmediate(resolve));
  session.close();
  await host.close();
  process.off('warning', keep);
  expect(warnings).toEqual([]);
});

test('a failure inside parallel, an event and a warning say which recording they are about', async () => {
  const host = await createHost({ env: {}, folder: import.meta.dirname, guideFolder: '', emulate: true });
  const events: { readonly event: string; readonly cname?: string; readonly sid?: string }[] = [];
  const { error, error_detail: detail } = await host.run(
    `parallel.map({ "one", "two" }, function(cname)
      return app.integrations.agora.stop_recording{ resource_id = "R", sid = "no-such-sid", mode = "mix", cname = cname, uid = "77",
        client_request = { odd_field = 1 } }
    end, { limit = 1 })`,
    { chunk: 'script', policy: { force: true }, onCall: (event) => events.push(event) },
  );
  await host.close();
  expect(error).toMatch(/ \(cname one, sid no-such-sid\)/);
  expect(detail).toMatchObject({ subject: 'cname one, sid no-such-sid', index: 1 });
  for (const kind of ['warning', 'call_ended'])
    expect(events.filter(({ event }) => event === kind)).toEqual([expect.objectContaining({ cname: 'one', sid: 'no-such-sid' })]);
});
