import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createAuditLog } from '../../../src/runtime/calls/audit-log.ts';
import type { CallLogEntry } from '../../../src/runtime/calls/call-log-entry.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'kosmo-audit-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const CALL = { function: 'agora.query_recording', account: 'default', operation: 'read' } as const;
const ENTRY = { status: 'ok', outcome: 'done', durationMs: 1 } as CallLogEntry;
const audit = () => path.join(folder, 'audit');
const lines = () =>
  readdirSync(audit())
    .filter((name) => name.endsWith('.jsonl'))
    .flatMap((name) => readFileSync(path.join(audit(), name), 'utf8').trimEnd().split('\n'))
    .map((line) => JSON.parse(line) as { readonly id: string });
const open = (bytesOfFile: number) => createAuditLog({ folder: audit(), command: 'test', emulator: false, bytesOfFile });

test('files that are full move on, and only five are kept', () => {
  const log = open(2000);
  for (let call = 0; call < 100; call++) expect(log.begin(CALL).ended(ENTRY)).toBeUndefined();
  expect(readdirSync(audit()).sort()).toEqual(['calls.1.jsonl', 'calls.2.jsonl', 'calls.3.jsonl', 'calls.4.jsonl', 'calls.jsonl']);
  for (const name of readdirSync(audit())) expect(readFileSync(path.join(audit(), name)).length).toBeLessThan(2500);
});

test('a lock that was left behind holds nothing up for long', () => {
  const lock = path.join(audit(), 'calls.jsonl.lock');
  mkdirSync(lock, { recursive: true });
  const log = open(1000);
  for (let call = 0; call < 10; call++) log.begin(CALL).ended(ENTRY);
  expect(readdirSync(audit())).not.toContain('calls.1.jsonl');
  utimesSync(lock, 1, 1);
  for (let call = 0; call < 10; call++) log.begin(CALL).ended(ENTRY);
  expect(readdirSync(audit())).toContain('calls.1.jsonl');
  expect(lines()).toHaveLength(20);
});

test('eight processes that write and move files lose no line and mix none', async () => {
  const program = path.join(folder, 'writer.mjs');
  const source = path.join(import.meta.dirname, '../../../src/runtime/calls/audit-log.ts');
  await build({ entryPoints: [source], outfile: path.join(folder, 'audit-log.mjs'), bundle: true, platform: 'node', format: 'esm' });
  writeFileSync(
    program,
    `import { createAuditLog } from './audit-log.mjs';
    const log = createAuditLog({ folder: ${JSON.stringify(audit())}, command: 'test', emulator: false, bytesOfFile: 100_000 });
    for (let call = 0; call < 100; call++) if (log.begin(${JSON.stringify(CALL)}).ended(${JSON.stringify(ENTRY)}) !== undefined) process.exitCode = 1;`,
  );
  const writers = Array.from({ length: 8 }, () => spawn(process.execPath, [program]));
  expect(await Promise.all(writers.map(async (writer) => (await once(writer, 'close'))[0]))).toEqual(Array(8).fill(0));
  const ids = lines().map(({ id }) => id);
  expect(ids).toHaveLength(800);
  expect(new Set(ids).size).toBe(800);
  expect(readdirSync(audit()).length).toBeGreaterThan(1);
});
