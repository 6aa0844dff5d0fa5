import { expect, test } from 'vitest';
import type { JsonValue } from '../../../src/json/index.ts';
import { integrationSummaries } from '../../../src/runtime/index.ts';
import { requireDeclaration } from '../../../src/runtime/workflow/declaration.ts';
import { describeCalls } from '../../../src/runtime/workflow/describe-calls.ts';

const sentence = (names: JsonValue, caps: JsonValue = {}): string =>
  describeCalls(requireDeclaration({ calls: { names, caps } }, integrationSummaries).calls ?? []);

test('calls are counted in words of the integration, and the noun is not repeated', () => {
  expect(sentence([], { 'agora.record': 1, 'agora.stop_recording': 3 })).toBe('start up to 1 recording and stop up to 3');
  expect(sentence([], { 'agora.stop_recording': 3 })).toBe('stop up to 3 recordings');
  expect(sentence(['agora.record', 'agora.stop_recording'])).toBe('start any number of recordings and stop any number');
  expect(sentence(['agora.stop_recording'], { 'agora.acquire_recording_resource': 2, 'agora.start_recording': 2 })).toBe(
    'stop any number of recordings, acquire up to 2 resource IDs and start up to 2 recordings',
  );
});

test('a call without words is named', () => {
  expect(sentence(['mcp.github.create_issue'])).toBe('call mcp.github.create_issue any number of times');
  expect(sentence([], { 'mcp.github.create_issue': 1, 'mcp.github.close_issue': 2 })).toBe(
    'call mcp.github.create_issue up to 1 time and call mcp.github.close_issue up to 2 times',
  );
});
