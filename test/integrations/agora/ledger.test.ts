import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openLedger } from '../../../src/integrations/agora/ledger.ts';

let home: string;
let folder: string;
beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), 'kosmo-ledger-'));
  folder = path.join(home, 'agora');
});
afterEach(() => rmSync(home, { recursive: true }));

const FACTS = { account: 'default', appId: 'app1', resourceId: 'R1', mode: 'mix', cname: 'room', uid: '1' };
const NOON = new Date('2026-11-23T12:00:00Z');
const sids = (ledger = openLedger(folder)): (string | null)[] => ledger.open().map(({ sid }) => sid);

test('a start is open until it is known not to have happened, or until it ends', () => {
  const ledger = openLedger(folder, () => NOON);
  const attempt = ledger.starting(FACTS);
  expect(openLedger(folder).open()).toEqual([{ ...FACTS, attempt, sid: null, startedAt: '2026-11-23T12:00:00.000Z', missingSince: null }]);
  ledger.started(attempt, 'S1');
  ledger.notStarted(ledger.starting({ ...FACTS, resourceId: 'R2' }));
  expect(sids()).toEqual(['S1']);
  ledger.ended('S1');
  expect(sids()).toEqual([]);
});

test('a start that was repeated is one recording, and ends once', () => {
  const ledger = openLedger(folder);
  for (let i = 0; i < 2; i++) ledger.started(ledger.starting(FACTS), 'S1');
  expect(sids()).toEqual(['S1']);
  ledger.ended('S1');
  expect(sids()).toEqual([]);
});

test('what Agora did not find is missing since the first time, until it is found', () => {
  let now = NOON;
  const ledger = openLedger(folder, () => now);
  ledger.started(ledger.starting(FACTS), 'S1');
  ledger.seen('S1', false);
  now = new Date('2026-11-23T12:05:00Z');
  ledger.seen('S1', false);
  expect(ledger.open()[0]?.missingSince).toBe('2026-11-23T12:00:00.000Z');
  ledger.seen('S1', true);
  expect(ledger.open()[0]?.missingSince).toBeNull();
});

test('half a line, as a killed process leaves it, takes no other with it', () => {
  const ledger = openLedger(folder);
  ledger.started(ledger.starting(FACTS), 'S1');
  const [file = ''] = readdirSync(folder);
  appendFileSync(path.join(folder, file), '\n{"event":"star');
  ledger.started(ledger.starting({ ...FACTS, resourceId: 'R2' }), 'S2');
  expect(sids()).toEqual(['S1', 'S2']);
});

test('it is for the owner alone, and holds neither token nor keys', () => {
  openLedger(folder).starting(FACTS);
  const [file = ''] = readdirSync(folder);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(statSync(path.join(folder, file)).mode & 0o777).toBe(0o600);
  expect(Object.keys(JSON.parse(readFileSync(path.join(folder, file), 'utf8').trim()) as object)).toEqual([
    'event',
    'attempt',
    'at',
    'account',
    'appId',
    'resourceId',
    'mode',
    'cname',
    'uid',
  ]);
});

test('months that no recording can come from are removed; a year is no obstacle', () => {
  mkdirSync(folder, { recursive: true });
  for (const month of ['2026-07', '2026-08', '2025-12']) writeFileSync(path.join(folder, `recordings-${month}.jsonl`), '');
  openLedger(folder, () => NOON).open();
  expect(readdirSync(folder)).toEqual(['recordings-2026-08.jsonl']);
});

test('a start that cannot be written down is refused', () => {
  writeFileSync(folder, 'a file');
  expect(() => openLedger(folder).starting(FACTS)).toThrow(/cannot be written to the ledger/);
});

test('a start that was forgotten is open no more, and an end is known to other processes', () => {
  const ledger = openLedger(folder);
  ledger.started(ledger.starting(FACTS), 'S1');
  ledger.forget(ledger.starting({ ...FACTS, resourceId: 'R2' }));
  expect(sids()).toEqual(['S1']);
  expect(openLedger(folder).hasEnded('S1')).toBe(false);
  ledger.ended('S1');
  expect(openLedger(folder).hasEnded('S1')).toBe(true);
});
