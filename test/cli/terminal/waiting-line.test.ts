import { Readable, Writable } from 'node:stream';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { PROCESS_STREAMS, useStreams } from '../../../src/cli/terminal/streams.ts';
import { startWaitingLine } from '../../../src/cli/terminal/waiting-line.ts';

let written = '';
let described: string;

const use = ({ isTTY, isQuiet = false, env = {} }: { isTTY: boolean; isQuiet?: boolean; env?: Record<string, string> }): void => {
  const output = () =>
    Object.assign(
      new Writable({
        write(chunk: Buffer, _encoding, done) {
          written += chunk.toString();
          done();
        },
      }),
      isTTY ? { isTTY, columns: 40 } : {},
    );
  useStreams({
    env: { TERM: 'xterm', ...env },
    stdin: Readable.from([]),
    isStdinPiped: true,
    stdout: output(),
    stderr: output(),
    signal: new AbortController().signal,
    exitCode: 0,
    isQuiet,
  });
};

beforeEach(() => {
  vi.useFakeTimers();
  written = '';
  described = 'sleeping until 21:00:00';
});
afterEach(() => {
  vi.useRealTimers();
  useStreams(PROCESS_STREAMS);
});

const activity = { describe: () => described };
const seen = (): string => {
  const text = written;
  written = '';
  return text;
};
const ERASE = '\r\u001b[2K';

test('on a terminal the line is rewritten each second, and is cleared before output and questions', async () => {
  use({ isTTY: true });
  const line = startWaitingLine(activity);
  vi.advanceTimersByTime(2000);
  expect(seen()).toBe(`00:00:01  sleeping until 21:00:00${ERASE}00:00:02  sleeping until 21:00:00`);
  line.clearedFor(() => expect(seen()).toBe(ERASE))();
  vi.advanceTimersByTime(1000);
  expect(seen()).toBe('00:00:03  sleeping until 21:00:00');
  await line.pausedFor(async () => {
    expect(seen()).toBe(ERASE);
    vi.advanceTimersByTime(5000);
    expect(seen()).toBe('');
  })();
  vi.advanceTimersByTime(1000);
  expect(seen()).toContain('00:00:09  sleeping');
  line.stop();
  vi.advanceTimersByTime(5000);
  expect(seen()).toBe(ERASE);
});

test('a line that is longer than the terminal is cut, and none is shown while the script waits for nothing', () => {
  use({ isTTY: true });
  described = 'x'.repeat(100);
  const line = startWaitingLine(activity);
  vi.advanceTimersByTime(1000);
  expect(seen().length).toBeLessThan(40);
  described = '';
  vi.advanceTimersByTime(3000);
  expect(seen()).toBe(ERASE);
  line.stop();
});

test.each([
  ['without a terminal', { isTTY: false }],
  ['in CI', { isTTY: true, env: { CI: 'true' } }],
])('%s there is a line each minute', (_where, options) => {
  use(options);
  const line = startWaitingLine(activity);
  vi.advanceTimersByTime(59_000);
  expect(seen()).toBe('');
  vi.advanceTimersByTime(61_000);
  expect(seen()).toBe('00:01:00  sleeping until 21:00:00\n00:02:00  sleeping until 21:00:00\n');
  line.stop();
});

test('with --quiet there is no line', () => {
  use({ isTTY: true, isQuiet: true });
  const line = startWaitingLine(activity);
  vi.advanceTimersByTime(120_000);
  line.stop();
  expect(seen()).toBe('');
});
