import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { onScreen } from '../helpers/pty.ts';

test('on a terminal a script that sleeps shows until when, and leaves nothing of it behind', async () => {
  const code = 'print("first") log("note") sleep(2.5) print("last") return 5';
  const { raw, lines, code: exit } = await onScreen(['integrations:lua', '-e', code], { env: {}, cwd: tmpdir() });
  expect(exit).toBe(0);
  expect(raw).toMatch(/00:00:01 {2}sleeping until \d\d:\d\d:\d\d/);
  expect(lines.filter((line) => line !== '')).toEqual(['first', '00:00:00  note', 'last', '5']);
});
