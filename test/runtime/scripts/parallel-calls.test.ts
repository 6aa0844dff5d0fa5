import { channel } from 'node:diagnostics_channel';
import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createHost, type EmbeddedHost } from '../../../src/index.ts';
import { startEmulator } from '../../../src/integrations/agora/emulator/index.ts';
import { answer, type RecordingServer, startRecordingServer } from '../../helpers/recording-server.ts';

const QUERY = 'local function query(sid) return app.integrations.agora.query_recording{resource_id = "r", sid = sid, mode = "mix"} end ';

let server: RecordingServer;
let host: EmbeddedHost;
/** Sessions that were asked for and neither answered nor given up by the caller. */
let open: Map<string, ServerResponse>;
/** Sessions whose caller closed the connection before the answer. */
let abandoned: string[];

const sidOf = (url = ''): string => /\/sid\/([^/]+)/.exec(url)?.[1] ?? url;
const hostFor = (url: string): Promise<EmbeddedHost> =>
  createHost({ env: { AGORA_URL: url, AGORA_CUSTOMER_ID: 'cid', AGORA_CUSTOMER_SECRET: 'a-secret', AGORA_APP_ID: 'app1' } });

beforeEach(async () => {
  open = new Map();
  abandoned = [];
  server = await startRecordingServer();
  server.respond = (request, response, body) => {
    const sid = sidOf(request.url);
    open.set(sid, response);
    response.on('close', () => {
      open.delete(sid);
      if (!response.writableEnded) abandoned.push(sid);
    });
    if (sid.startsWith('quick')) answer(200, { sid, serverResponse: {} })(request, response, body);
    if (sid.startsWith('missing')) answer(404, { code: 404, reason: 'not found' })(request, response, body);
  };
  host = await hostFor(server.url);
});
afterEach(async () => {
  await host.close();
  await server.close();
});

const seen = (): string[] => server.seen.map(({ url }) => sidOf(url));

describe('200 queries with limit = 20', () => {
  const CODE = `${QUERY}
    local sids = {}
    for i = 1, 200 do sids[i] = "s" .. i end
    local rows = parallel.map(sids, query, { limit = 20 })
    for i, row in ipairs(rows) do if row.sid ~= sids[i] then error("row " .. i .. " is that of " .. row.sid) end end
    return #rows`;

  test('take ten times the time of one: the server answers twenty at once, ten times', async () => {
    let waves = 0;
    let most = 0;
    const { respond } = server;
    server.respond = (request, response, body) => {
      respond(request, response, body);
      most = Math.max(most, open.size);
      if (open.size < 20) return;
      waves++;
      for (const [sid, waiting] of open) answer(200, { sid, serverResponse: {} })(request, waiting, body);
      open.clear();
    };
    const { result, error } = await host.run(CODE);
    expect({ result, error, waves, most, seen: server.seen.length }).toEqual({
      result: [200],
      error: null,
      waves: 10,
      most: 20,
      seen: 200,
    });
  });

  test('are twenty at a time to an emulator with 50 ms latency', async () => {
    const emulator = await startEmulator({ latencyMs: 50, ratePerSecond: 0 });
    const own = await createHost({
      env: {
        ...{ AGORA_URL: emulator.url, AGORA_CUSTOMER_ID: 'emulator-customer' },
        ...{ AGORA_CUSTOMER_SECRET: 'emulator-secret', AGORA_APP_ID: 'emulator-app' },
      },
    });
    const counted = { now: 0, most: 0, total: 0 };
    const begun = (): void => {
      counted.total++;
      counted.most = Math.max(counted.most, ++counted.now);
    };
    const ended = (): void => {
      counted.now--;
    };
    const [start, finish] = [channel('http.server.request.start'), channel('http.server.response.finish')];
    start.subscribe(begun);
    finish.subscribe(ended);
    try {
      const code = `${QUERY}
        local sids = {}
        for i = 1, 200 do sids[i] = "s" .. i end
        return #parallel.map(sids, function(sid) return pcall(query, sid) end, { limit = 20 })`;
      const { result, call_log } = await own.run(code);
      expect({ result, calls: call_log.length, ...counted }).toEqual({ result: [200], calls: 200, now: 0, most: 20, total: 200 });
    } finally {
      start.unsubscribe(begun);
      finish.unsubscribe(ended);
      await own.close();
      await emulator.close();
    }
  });
});

describe('a request in flight is given up, as the server sees, when', () => {
  const failing = 'function() repeat sleep(0.001) until arrived("slow") query("missing") end';

  /** `arrived(sid)` says whether the server has the request. */
  const watching = async (): Promise<EmbeddedHost> => {
    await host.close();
    host = await createHost({
      env: { AGORA_URL: server.url, AGORA_CUSTOMER_ID: 'cid', AGORA_CUSTOMER_SECRET: 'a-secret', AGORA_APP_ID: 'app1' },
      functions: { arrived: ([sid]) => open.has(String(sid)) },
    });
    return host;
  };

  test('another function of the group fails; the error says which one and what it was', async () => {
    const code = `${QUERY}
      local ok, err = pcall(parallel.all, { function() query("slow") end, ${failing} })
      return ok, err.code, err.status, err.index`;
    const report = await (await watching()).run(code);
    expect(report.result).toEqual([false, 'REMOTE_ERROR', 404, 2]);
    await vi.waitFor(() => expect(abandoned).toEqual(['slow']));
    expect(report.call_log.map(({ code, status }) => [status, code])).toContainEqual(['error', 'INTERRUPTED']);
  });

  test('the group around its group fails', async () => {
    const code = `${QUERY}
      parallel.all { function() parallel.map({"slow", "slow2"}, function(sid) pcall(query, sid) query("never") end) end,
        function() repeat sleep(0.001) until arrived("slow") and arrived("slow2") error("stop", 0) end }`;
    const report = await (await watching()).run(code);
    expect(report.error).toBe('stop');
    await vi.waitFor(() => expect(abandoned.sort()).toEqual(['slow', 'slow2']));
    // pcall does not catch that its function was given up.
    expect(seen()).not.toContain('never');
  });

  test('the run meets a limit in another function', async () => {
    const code = `${QUERY} parallel.all { function() query("slow") end, function() repeat sleep(0.001) until arrived("slow") while true do end end }`;
    const report = await (await watching()).run(code, { limits: { cpuMs: 300 } });
    expect(report.error_detail?.code).toBe('CPU_LIMIT');
    await vi.waitFor(() => expect(abandoned).toEqual(['slow']));
  });

  test('the run is interrupted', async () => {
    const abort = new AbortController();
    const running = host.run(`${QUERY} pcall(query, "slow") query("never")`, { signal: abort.signal });
    await vi.waitFor(() => expect(open.has('slow')).toBe(true));
    abort.abort();
    expect((await running).success).toBe(false);
    await vi.waitFor(() => expect(abandoned).toEqual(['slow']));
    expect(seen()).not.toContain('never');
  });

  test('the run passes its time', async () => {
    const running = host.run(`${QUERY} query("slow")`, { limits: { timeoutMs: 1000 } });
    expect((await running).error_detail?.code).toBe('TIMEOUT');
    await vi.waitFor(() => expect(abandoned).toEqual(['slow']));
  });
});

test('with settle nothing is given up', async () => {
  const { respond } = server;
  server.respond = (request, response, body) => {
    respond(request, response, body);
    // Answered only when the failure is over.
    if (sidOf(request.url) === 'quick-after') answer(200, { sid: 'slow', serverResponse: {} })(request, open.get('slow') ?? response, '{}');
  };
  const code = `${QUERY}
    local rows = parallel.all({ function() return query("slow").sid end, function() pcall(query, "missing") query("quick-after") error("late", 0) end }, { settle = true })
    return rows[1].ok, rows[1].value, rows[2].ok, rows[2].error`;
  expect((await host.run(code)).result).toEqual([true, 'slow', false, 'late']);
  expect(abandoned).toEqual([]);
});
