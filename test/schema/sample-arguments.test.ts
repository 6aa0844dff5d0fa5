import { expect, test } from 'vitest';
import { sampleArguments } from '../../src/schema/index.ts';

test('samples cover the required parameters in the order of the schema', () => {
  const input = {
    type: 'object',
    properties: {
      resource_id: { type: 'string' },
      mode: { type: 'string' },
      optional: { type: 'string' },
      count: { type: 'integer' },
      ratio: { type: 'number' },
      flag: { type: 'boolean' },
      config: { type: 'object' },
    },
    required: ['config', 'flag', 'ratio', 'count', 'mode', 'resource_id'],
  } as const;
  expect(JSON.stringify(sampleArguments(input))).toBe(
    '{"resource_id":"123","mode":"value","count":123,"ratio":123,"flag":true,"config":"value"}',
  );
});
