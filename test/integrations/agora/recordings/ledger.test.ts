import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openLedger } from '../../../../src/integrations/agora/recordings/ledger.ts';
import { describeDamage } from '../../../../src/integrations/agora/recordings/ledger-damage.ts';

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

test('a start removes the files of months that no recording can come from; a year is no obstacle', () => {
  mkdirSync(folder, { recursive: true });
  for (const month of ['2026-07', '2026-08', '2025-12']) writeFileSync(path.join(folder, `recordings-${month}.jsonl`), '');
  openLedger(folder, () => NOON).starting(FACTS);
  expect(readdirSync(folder)).toEqual(['recordings-2026-08.jsonl', 'recordings-2026-11.jsonl']);
});

describe('whatever the clock says', () => {
  const at = (time: string) => openLedger(folder, () => new Date(time));
  const LATER = '2027-06-01T00:00:00Z';

  test('a read removes nothing, and a start no file in which something is open', () => {
    at('2026-11-23T12:00:00Z').started(at('2026-11-23T12:00:00Z').starting(FACTS), 'S1');
    expect(sids(at(LATER))).toEqual(['S1']);
    at(LATER).notStarted(at(LATER).starting(FACTS));
    expect(sids(at(LATER))).toEqual(['S1']);
    expect(readdirSync(folder)).toEqual(['recordings-2026-11.jsonl', 'recordings-2027-06.jsonl']);
  });

  test('a file that only ends what began in another one stays with it, and both go together', () => {
    const attempt = at('2026-10-31T23:59:59Z').starting(FACTS);
    at('2026-11-01T00:00:00Z').started(attempt, 'S1');
    at('2027-05-30T00:00:00Z').ended('S1');
    at(LATER).starting(FACTS);
    expect(readdirSync(folder)).toHaveLength(4);
    const muchLater = at('2028-01-01T00:00:00Z');
    muchLater.starting({ ...FACTS, resourceId: 'R2' });
    // Of June 2027 an attempt is open.
    expect(readdirSync(folder)).toEqual(['recordings-2027-06.jsonl', 'recordings-2028-01.jsonl']);
  });

  test('a file with damage stays', () => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, 'recordings-2025-01.jsonl'), '\0\0');
    at(LATER).starting(FACTS);
    expect(readdirSync(folder)).toContain('recordings-2025-01.jsonl');
  });

  test.each([
    ['its sid', (attempt: string) => at('2026-11-30T23:59:00Z').started(attempt, 'S1'), [{ sid: 'S1' }]],
    ['that it was not started', (attempt: string) => at('2026-11-30T23:59:00Z').notStarted(attempt), []],
    ['that it was forgotten', (attempt: string) => at('2026-01-01T00:00:00Z').forget(attempt), []],
  ])('what an earlier file says of a start counts: %s', (_what, say, expected) => {
    say(at('2026-12-01T00:00:01Z').starting(FACTS));
    expect(at(LATER).open()).toMatchObject(expected);
  });

  test('what was seen last counts', () => {
    const ledger = at('2026-12-01T00:00:01Z');
    ledger.started(ledger.starting(FACTS), 'S1');
    ledger.seen('S1', false);
    at('2026-11-30T23:00:00Z').seen('S1', true);
    expect(sids()).toEqual(['S1']);
    expect(ledger.open()[0]?.missingSince).toBeNull();
    at('2026-10-01T00:00:00Z').seen('S1', false);
    expect(ledger.open()[0]?.missingSince).toBe('2026-10-01T00:00:00.000Z');
  });
});

describe('a damaged file', () => {
  const file = () => path.join(folder, 'recordings-2026-11.jsonl');
  const good = () => {
    const ledger = openLedger(folder, () => NOON);
    ledger.started(ledger.starting(FACTS), 'S1');
  };

  test.each([
    ['null', 'is not a JSON object', false],
    ['42', 'is not a JSON object', false],
    ['[]', 'is not a JSON object', false],
    ['"x"', 'is not a JSON object', false],
    ['{}', 'has no known event', false],
    ['{"event":"toString","at":"2026-11-01T00:00:00Z"}', 'has no known event', false],
    ['{"event":"starting"}', "has no time ('at')", false],
    ['{"event":"started","attempt":"a","sid":7,"at":"2026-11-01T00:00:00Z"}', "has no text in 'sid'", false],
    ['{"event":"started","attempt":null,"sid":"S","at":"2026-11-01T00:00:00Z"}', "has no text in 'attempt'", false],
    ['{"event":"starting","attempt":"a","at":"2026-11-01T00:00:00Z"}', "has no text in 'account'", false],
    ['{"event":"starting","attempt":"a","at":"2026-1', 'is cut off', true],
    ['{"ev', 'is cut off', true],
    ['\0'.repeat(100), 'is not valid JSON', false],
    ['{"event":"star\0\0', 'is not valid JSON', false],
    ['\u{1f600}\x07', 'is not valid JSON', false],
  ])('is named with the line, and the rest is used: %j', (line, problem, isCut) => {
    good();
    appendFileSync(file(), line);
    const ledger = openLedger(folder, () => NOON);
    ledger.started(ledger.starting({ ...FACTS, resourceId: 'R2' }), 'S2');
    expect(ledger.read().damage).toEqual([{ file: file(), line: 3, problem, isCut }]);
    expect(sids()).toEqual(['S1', 'S2']);
    expect([ledger.hasEnded('S1'), ledger.hasEnded('S9')]).toEqual([false, false]);
  });

  test.each<readonly [string, () => void, string]>([
    ['a folder', () => mkdirSync(file(), { recursive: true }), 'cannot be read: it is a folder'],
    ['a named pipe', () => execFileSync('mkfifo', [file()]), 'cannot be read: it is no regular file'],
    ['a link to a device', () => symlinkSync('/dev/zero', file()), 'cannot be read: it is no regular file'],
  ])('that is %s hides no other, and takes no start', (_what, make, problem) => {
    mkdirSync(folder, { recursive: true });
    make();
    const other = openLedger(folder, () => new Date('2026-12-01T00:00:00Z'));
    other.started(other.starting(FACTS), 'S2');
    expect(other.read()).toMatchObject({ open: [{ sid: 'S2' }], damage: [{ file: file(), line: null, problem }] });
    expect(() => openLedger(folder, () => NOON).starting(FACTS)).toThrow(/cannot be written to the ledger in .*: it is /);
  });

  test('is described in one message, with a command that removes the lines', () => {
    good();
    appendFileSync(file(), `${['x', 'y', '{}'].join('\n')}\n`);
    good();
    appendFileSync(file(), 'null\n');
    const [described, ...others] = describeDamage(openLedger(folder).read().damage);
    expect(others).toEqual([]);
    expect(described?.message).toBe(`the ledger ${file()}: line 3-5, 8 is not valid JSON; a running recording may be missing here`);
    execFileSync('sh', ['-c', described?.hint.replace(/^.*?: /, '') ?? '']);
    expect(openLedger(folder).read()).toMatchObject({ open: [{ sid: 'S1' }], damage: [] });
  });
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
