import { expect, test } from 'vitest';
import { searchFunctions } from '../../src/integration/index.ts';

const FUNCTIONS = [
  { fullName: 'agora.stop_recording', title: 'Stop Recording', description: 'Stop a recording.' },
  { fullName: 'agora.query_recording', title: 'Query Recording', description: 'Ask for the status.' },
  { fullName: 'agora.get_notification_ips', title: 'Get Notification Ips', description: 'Addresses for a firewall.' },
];
const names = (query: string): string[] => searchFunctions(query, FUNCTIONS).map(({ fullName }) => fullName);

test.each([
  ['', []],
  ['   ', []],
  ['nothing of it', []],
  ['FIREWALL', ['agora.get_notification_ips']],
  ['stop_recording', ['agora.stop_recording']],
  ['recording', ['agora.query_recording', 'agora.stop_recording']],
  ['stop recording', ['agora.stop_recording', 'agora.query_recording']],
  ['agora record', ['agora.query_recording', 'agora.stop_recording', 'agora.get_notification_ips']],
])('%j finds %j', (query, expected) => {
  expect(names(query)).toEqual(expected);
});

test('finds at most 20', () => {
  const many = Array.from({ length: 30 }, (_, i) => ({ fullName: `a.f${i}`, title: '', description: '' }));
  expect(searchFunctions('a.f', many)).toHaveLength(20);
});
