import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { agora } from '../../../../src/integrations/agora/index.ts';
import type { JsonSchema } from '../../../../src/schema/index.ts';
import { samples } from '../emulator/harness.ts';

const TOOLS: Readonly<Record<string, string>> = {
  acquire: 'acquire_recording_resource',
  start: 'start_recording',
  query: 'query_recording',
  update: 'update_recording',
  stop: 'stop_recording',
  ncsIp: 'get_notification_ips',
};

/** The schema, with every field that it does not name refused. */
function closed(schema: JsonSchema): object {
  const { items, properties } = schema;
  return {
    ...schema,
    ...(items === undefined ? {} : { items: closed(items) }),
    ...(properties === undefined
      ? {}
      : {
          additionalProperties: false,
          properties: Object.fromEntries(Object.entries(properties).map(([name, field]) => [name, closed(field)])),
        }),
  };
}

const answers = samples.filter(({ kind, status }) => kind === 'response' && (status ?? 200) === 200);

test('there are answers of every endpoint that has samples', () => {
  expect(new Set(answers.map(({ endpoint }) => TOOLS[endpoint]))).toEqual(new Set(Object.values(TOOLS)));
});

test.each(answers.map((sample) => [sample.name, sample] as const))(
  "what a tool says of its answer fits Agora's sample %s",
  (_name, sample) => {
    const tool = agora.tools.find(({ name }) => name === TOOLS[sample.endpoint]);
    const ajv = new Ajv2020({ strict: false, allErrors: true });
    const validate = ajv.compile(closed(tool?.output ?? {}));
    validate(sample.body);
    expect(validate.errors ?? []).toEqual([]);
  },
);
