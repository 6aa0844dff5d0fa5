import { appendFileSync, mkdirSync, readFileSync, type writeSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { openLedger } from '../../src/integrations/agora/recordings/ledger.ts';
import { appendLine } from '../../src/platform/append-file.ts';
import { replaceFile } from '../../src/platform/replace-file.ts';
import type { Authorization } from '../../src/policy/index.ts';
import { createAuditLog } from '../../src/runtime/calls/audit-log.ts';
import type { CallLogEntry } from '../../src/runtime/calls/call-log-entry.ts';
import { tempFolder } from '../helpers/temp-folder.ts';

/** Bytes that the disk still takes; a write of more is a short one, and the next one an error, as on Linux. */
const disk = vi.hoisted(() => ({ room: Number.POSITIVE_INFINITY, short: 0 }));

vi.mock('node:fs', async (importOriginal) => {
  const fs = await importOriginal<typeof import('node:fs')>();
  const limited = (descriptor: number, bytes: Buffer, ...rest: never[]): number => {
    if (disk.room === 0) throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    const taken = Math.min(bytes.length, disk.room, disk.short > 0 ? disk.short : bytes.length);
    disk.short = 0;
    disk.room -= taken;
    return fs.writeSync(descriptor, bytes.subarray(0, taken), ...rest);
  };
  return { ...fs, writeSync: limited as typeof writeSync };
});

beforeEach(() => {
  disk.room = Number.POSITIVE_INFINITY;
  disk.short = 0;
});

const FACTS = { account: 'default', appId: 'app1', resourceId: 'R1', mode: 'mix', cname: 'room', uid: '1' };
const NOON = new Date('2026-11-23T12:00:00Z');
const linesOf = (file: string): string[] => readFileSync(file, 'utf8').split('\n');

describe('one line', () => {
  test('that is written in part is written again as a whole', () => {
    const file = path.join(tempFolder(), 'lines');
    disk.short = 3;
    appendLine(file, 'first');
    appendLine(file, 'second');
    expect(linesOf(file)).toEqual(['fir', 'first', 'second', '']);
  });

  test('follows one that was cut off at any byte, and never touches it', () => {
    for (let cut = 1; cut <= 'first'.length; cut++) {
      const file = path.join(tempFolder(), 'lines');
      appendFileSync(file, 'first'.slice(0, cut));
      appendLine(file, 'second');
      expect(linesOf(file)).toEqual(['first'.slice(0, cut), 'second', '']);
    }
  });
});

describe('a disk that is full after any byte', () => {
  const lengthOf = (write: (folder: string) => string): number => readFileSync(write(tempFolder())).length;

  test('refuses a start whose line is not whole, and takes the next one when there is room', () => {
    const start = (folder: string): string => {
      openLedger(folder, () => NOON).starting(FACTS);
      return path.join(folder, 'recordings-2026-11.jsonl');
    };
    const length = lengthOf(start);
    for (let room = 0; room <= length; room++) {
      const folder = tempFolder();
      const ledger = openLedger(folder, () => NOON);
      disk.room = room;
      if (room === length) expect(ledger.starting(FACTS)).toBeTypeOf('string');
      else expect(() => ledger.starting(FACTS), `${room} bytes`).toThrow(/ledger in .*: the disk is full/);
      disk.room = Number.POSITIVE_INFINITY;
      const later = openLedger(folder, () => NOON);
      later.started(later.starting({ ...FACTS, resourceId: 'R2' }), 'S2');
      expect(later.open().filter(({ sid }) => sid === 'S2')).toHaveLength(1);
      expect(later.read().damage.every(({ isCut, line }) => isCut && line === 1)).toBe(true);
    }
  });

  test('loses no start that was sent: without its sid it is listed as unknown', () => {
    const FULL = 200;
    for (let room = 0; room <= FULL; room++) {
      const ledger = openLedger(tempFolder(), () => NOON);
      const attempt = ledger.starting(FACTS);
      disk.room = room;
      let isKnown = true;
      try {
        ledger.started(attempt, 'S1');
      } catch {
        isKnown = false;
      }
      disk.room = Number.POSITIVE_INFINITY;
      const [open] = ledger.open();
      // A line without its last byte, the line break, can be read.
      expect(open, `${room} bytes`).toMatchObject({ attempt });
      if (isKnown) expect(open?.sid).toBe('S1');
    }
  });

  test('refuses a write whose line in the audit log is not whole, and no later line is lost', () => {
    const audit = (folder: string) => createAuditLog({ folder, command: 'test', emulator: false });
    const call = { function: 'agora.stop_recording', account: 'default', operation: 'write' } as const;
    const authorization = { by: 'approval', request: { args: { sid: 'S1' } } } as unknown as Authorization;
    const send = (folder: string): string => {
      audit(folder).begin(call).allowed(authorization);
      return path.join(folder, 'calls.jsonl');
    };
    const length = lengthOf(send);
    for (let room = 0; room <= length; room += 1) {
      const folder = tempFolder();
      disk.room = room;
      if (room < length) expect(() => send(folder), `${room} bytes`).toThrow(expect.objectContaining({ code: 'SETTINGS_UNAVAILABLE' }));
      disk.room = Number.POSITIVE_INFINITY;
      const trail = audit(folder).begin(call);
      trail.allowed(authorization);
      expect(trail.ended({ status: 'ok', outcome: 'done' } as CallLogEntry)).toBeUndefined();
      const events = linesOf(path.join(folder, 'calls.jsonl'))
        .slice(-3, -1)
        .map((line) => (JSON.parse(line) as { event: string }).event);
      expect(events).toEqual(['sending', 'ended']);
    }
  });
});

test('a file that cannot be replaced whole stays as it was, and nothing is left beside it', () => {
  const folder = tempFolder();
  const file = path.join(folder, 'config');
  replaceFile(file, 'before');
  // A folder takes the place of the temporary file.
  mkdirSync(path.join(folder, 'taken'));
  expect(() => replaceFile(file, 'after', { temporary: path.join(folder, 'taken/none/x') })).toThrow();
  expect(readFileSync(file, 'utf8')).toBe('before');
});
