import { readFileSync } from 'node:fs';
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import { expect } from 'vitest';
import { parse } from 'yaml';

export interface ContractRequest {
  readonly method: string;
  readonly path: string;
  /** Checked where it is given. */
  readonly body?: unknown;
}

export interface ContractResponse {
  readonly status: number;
  readonly body: unknown;
}

interface Deviation {
  readonly operation: string;
  readonly side: 'request' | 'response';
  /** Where, as a JSON pointer. */
  readonly at: RegExp;
  /** The property that is missing or that the contract does not have, or the keyword of the schema that does not hold. */
  readonly what: string;
  readonly reason: string;
}

/** Where requests and answers are knowingly other than contract.openapi.yaml. */
export const DEVIATIONS: readonly Deviation[] = [
  {
    operation: 'start',
    side: 'request',
    at: /^\/clientRequest$/,
    what: 'storageConfig',
    reason: 'the contract itself says in words: not for web mode with a CDN push alone',
  },
  {
    operation: 'start',
    side: 'request',
    at: /\/storageConfig\/fileNamePrefix\/\d+$/,
    what: 'pattern',
    reason: "the contract says in words: Agora's own samples use 'team-standup', so a client warns and does not reject",
  },
  {
    operation: 'query',
    side: 'response',
    at: /^\/serverResponse$/,
    what: 'uploadingStatus',
    reason: 'the contract has no query after a stop; the emulator answers there with the words of the stop',
  },
  {
    operation: 'query',
    side: 'response',
    at: /^\/serverResponse$/,
    what: 'layout',
    reason: 'Agora does not tell the layout; the emulator does after an updateLayout, so that a script can see it',
  },
  {
    operation: 'query',
    side: 'response',
    at: /^\/serverResponse$/,
    what: 'streamSubscribe',
    reason: 'as layout, after an update',
  },
  {
    operation: 'stop',
    side: 'response',
    at: /^$/,
    what: 'code',
    reason: 'status-codes.md: code 50 comes with 200 where the upload takes longer than the stop waits',
  },
  { operation: 'stop', side: 'response', at: /^$/, what: 'reason', reason: 'of code 50' },
];

interface Operation {
  readonly method: string;
  readonly operationId: string;
  readonly pattern: RegExp;
  readonly request: string | undefined;
  readonly response: string;
}

interface Described {
  readonly operationId: string;
  readonly requestBody?: { readonly content: Content };
  readonly responses: { readonly 200: { readonly content: Content } };
}
type Content = { readonly 'application/json': { readonly schema: { readonly $ref: string } } };
type Node = Record<string, unknown>;

const contract = parse(readFileSync(new URL('../fixtures/agora/contract.openapi.yaml', import.meta.url), 'utf8')) as {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
  readonly components: { readonly schemas: Record<string, Node> };
};

const OPERATIONS: readonly Operation[] = Object.entries(contract.paths).flatMap(([template, methods]) =>
  Object.entries(methods).map(([method, { operationId, requestBody, responses }]) => ({
    method: method.toUpperCase(),
    operationId,
    pattern: new RegExp(`^${template.replace('{mode}', '(?:individual|mix|web)').replaceAll(/\{\w+\}/g, '[^/]+')}$`),
    request: requestBody?.content['application/json'].schema.$ref,
    response: responses[200].content['application/json'].schema.$ref,
  })),
);

/** Parts of answers, which are whole only together with others. */
const PARTS = ['base-session', 'session-response'];
// An answer has what the contract names and nothing else. Of a failure Agora itself sends more (status-codes.md, nested bodies).
for (const [name, schema] of Object.entries(contract.components.schemas)) {
  if (name.endsWith('-response') || name === 'webPayload' || name === 'fileList') closeObjects(schema, PARTS.includes(name));
}

function closeObjects(node: unknown, isPart: boolean): void {
  if (typeof node !== 'object' || node === null) return;
  if (Array.isArray(node)) {
    for (const each of node) closeObjects(each, isPart);
    return;
  }
  const schema = node as Node;
  for (const [key, inner] of Object.entries(schema)) {
    if (key === 'properties') for (const property of Object.values(inner as Node)) closeObjects(property, false);
    else closeObjects(inner, key === 'allOf');
  }
  if (schema.type === 'object' && schema.properties !== undefined && !isPart) schema.unevaluatedProperties = false;
}

const ajv = new Ajv2020({ strict: false, allErrors: true });
ajv.addSchema(contract, 'contract');

/**
 * Fails where a request that is given with a body, or an answer, is not what contract.openapi.yaml says, save for `DEVIATIONS`. Returns
 * the operation; undefined where the contract has no such route, so that only the answer, a failure, is checked.
 */
export function expectContract(request: ContractRequest, response: ContractResponse): string | undefined {
  // The second server of the contract: a region before every path.
  const path = (request.path.split('?', 1)[0] ?? '').replace(/^\/(cn|eu|ap|us|na)(?=\/v\d)/, '');
  const operation = OPERATIONS.find(({ method, pattern }) => method === request.method && pattern.test(path));
  const name = operation?.operationId ?? 'no route';
  if (operation?.request !== undefined && request.body !== undefined) {
    expect(problemsOf(name, 'request', { $ref: `contract${operation.request}` }, request.body), `request of ${name}`).toEqual([]);
  }
  const isOk = operation !== undefined && response.status === 200;
  const schema = isOk
    ? { allOf: [{ $ref: `contract${operation.response}` }], unevaluatedProperties: false }
    : { $ref: 'contract#/components/schemas/failure' };
  expect(problemsOf(name, 'response', schema, response.body), `answer ${response.status} of ${name}`).toEqual([]);
  return operation?.operationId;
}

const compiled = new Map<string, ReturnType<typeof ajv.compile>>();

function problemsOf(operation: string, side: Deviation['side'], schema: object, value: unknown): readonly ErrorObject[] {
  const key = JSON.stringify(schema);
  const validate = compiled.get(key) ?? ajv.compile(schema);
  compiled.set(key, validate);
  validate(value);
  const isKnown = ({ instancePath, params, keyword }: ErrorObject): boolean =>
    DEVIATIONS.some(
      ({ operation: of, side: on, at, what }) =>
        of === operation &&
        on === side &&
        at.test(instancePath) &&
        what === (params.unevaluatedProperty ?? params.missingProperty ?? keyword),
    );
  return (validate.errors ?? []).filter((error) => !isKnown(error));
}
