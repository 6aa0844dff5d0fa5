import { expect, test } from 'vitest';
import { Incoming } from '../../../src/mcp-client/connection/incoming.ts';

const QUESTION = { jsonrpc: '2.0', method: 'elicitation/create', params: {} };

test('a question on a pipe belongs to the call, although kosmo lists the tools at the same time', () => {
  const incoming = new Incoming<string>(['2025-11-25']);
  const send = (id: number, method: string): void =>
    incoming.during(method, () => incoming.sent({ jsonrpc: '2.0', id, method, params: {} }));
  send(1, 'tools/list');
  send(2, 'tools/call');
  incoming.received({ ...QUESTION, id: 'q1' });
  expect(incoming.flightOf('q1')).toBe('tools/call');
  send(3, 'tools/call');
  incoming.received({ ...QUESTION, id: 'q2' });
  expect(incoming.flightOf('q2')).toBeUndefined();
});
