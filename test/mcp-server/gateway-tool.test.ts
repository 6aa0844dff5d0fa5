import { expect, test } from 'vitest';
import { withToolNames } from '../../src/mcp-server/gateway-tool.ts';

const namesOf = (...all: readonly (readonly string[])[]): readonly string[] => withToolNames(all, (parts) => parts).map(([name]) => name);

test('names have what clients take, and those that would be the same stay apart in whatever order they come', () => {
  const [first, second, third, fourth] = namesOf(
    ['mcp', 'a-b', 'echo'],
    ['mcp', 'a_b', 'echo'],
    ['mcp', 'c-d', 'get-sum'],
    ['mcp', 'e', 'ü'],
  );
  expect(third).toBe('mcp__c_d__get_sum');
  expect([first, second]).toEqual([
    expect.stringMatching(/^mcp__a_b__echo_[0-9a-f]{8}$/),
    expect.stringMatching(/^mcp__a_b__echo_[0-9a-f]{8}$/),
  ]);
  expect(first).not.toBe(second);
  expect(fourth).toMatch(/^mcp__e____[0-9a-f]{8}$/);
  expect(namesOf(['mcp', 'a_b', 'echo'], ['mcp', 'a-b', 'echo'])).toEqual([second, first]);
  expect(namesOf(['mcp', 'a', 'b__c'], ['mcp', 'a__b', 'c']).filter((name) => name === 'mcp__a__b__c')).toEqual([]);
  expect(namesOf(['mcp', 'a', 'x'.repeat(100)])[0]).toHaveLength(64);
});
