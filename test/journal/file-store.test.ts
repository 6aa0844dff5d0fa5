import { readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { readLines, type StoredLine, takeRun } from '../../src/journal/index.ts';
import { TEST_SEALER } from '../helpers/memory-store.ts';
import { tempFolder } from '../helpers/temp-folder.ts';

const LINES = [0, 1, 2].map((n) => TEST_SEALER.seal({ n, k: n === 0 ? 'run' : 'ans', c: `main/${n}`, f: 'x' }, { a: n }));

async function writeJournal(folder: string): Promise<string> {
  const store = takeRun(folder, 'test');
  await store.load();
  await store.append(LINES.slice(0, 2));
  await store.append(LINES.slice(2));
  await store.close();
  return path.join(folder, 'journal-001.jsonl');
}

/** The values in the journal; or the code of the error. */
function values(folder: string): unknown {
  try {
    return readLines(folder, 'test').map((line: StoredLine) => TEST_SEALER.open(line).a);
  } catch (thrown) {
    return (thrown as { readonly code?: string }).code;
  }
}

test('a journal that is cut at any byte keeps its whole lines', async () => {
  const folder = tempFolder();
  const file = await writeJournal(folder);
  const whole = readFileSync(file);
  for (let length = 0; length <= whole.length; length++) {
    writeFileSync(file, whole.subarray(0, length));
    const found = values(folder);
    expect([0, 1, 2].slice(0, (found as unknown[]).length), `cut at ${length}`).toEqual(found);
  }
  expect(values(folder)).toEqual([0, 1, 2]);
});

test('a journal with any changed byte is refused, or reads the same', async () => {
  const folder = tempFolder();
  const file = await writeJournal(folder);
  const whole = readFileSync(file);
  const header = whole.indexOf(0x0a);
  for (let at = header + 1; at < whole.length - 1; at++) {
    const changed = Buffer.from(whole);
    changed[at] = (changed[at] as number) ^ 1;
    writeFileSync(file, changed);
    const found = values(folder);
    if (found !== 'RUN_UNREADABLE') expect(found, `changed at ${at}`).toEqual([0, 1, 2]);
  }
});

test('a process that stood still while another one took the run has lost it, and its later lines are void', async () => {
  const folder = tempFolder();
  const first = takeRun(folder, 'test');
  await first.append(LINES.slice(0, 1));
  expect(() => takeRun(folder, 'test')).toThrow(expect.objectContaining({ code: 'RUN_BUSY' }));
  const file = path.join(folder, 'journal-001.jsonl');
  const text = readFileSync(file, 'utf8');
  // As after a reboot: the same file, and a process that is gone.
  writeFileSync(file, text.replace(/"pid":\d+/, `"pid":${'9'.repeat(String(process.pid).length)}`));
  const second = takeRun(folder, 'test');
  expect(await second.load()).toHaveLength(1);
  expect([first.isLost(), second.isLost()]).toEqual([true, false]);
  await second.append([TEST_SEALER.seal({ n: 1, k: 'leg' }, { a: 'second' })]);
  await first.append([TEST_SEALER.seal({ n: 1, k: 'ans' }, { a: 'late' })]);
  expect(values(folder)).toEqual([0, 'second']);
  await Promise.all([first.close(), second.close()]);
});

test('only the user can read a journal', async () => {
  const folder = path.join(tempFolder(), 'runs', 'test');
  const file = await writeJournal(folder);
  expect([statSync(folder).mode & 0o777, statSync(file).mode & 0o777]).toEqual([0o700, 0o600]);
});
