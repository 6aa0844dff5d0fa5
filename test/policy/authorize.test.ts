import { expect, test } from 'vitest';
import { integrationProvider, mcpServerProvider } from '../../src/integration/index.ts';
import type { JsonValue } from '../../src/json/index.ts';
import { authorize, type CallRequest, createPolicy, parseFunction } from '../../src/policy/index.ts';

const { signal } = new AbortController();

const write: CallRequest = {
  provider: integrationProvider('agora'),
  name: 'start_recording',
  operation: 'write',
  account: 'default',
  args: { cname: 'room', storage_config: { secretKey: 'fake-secret-key' } },
};

const AGORA = [{ id: 'agora', tools: [{ name: 'start_recording' }, { name: 'record', usesTools: ['start_recording'] }] }];
const rules = (permissions: JsonValue) =>
  createPolicy([{ scope: 'user', file: '/c.yaml', values: { integrations: { agora: { permissions } } } }], AGORA);
const allow = (...names: string[]) => names.map((name) => parseFunction(name, AGORA));
const asked = () => Promise.reject(new Error('asked'));

test('reads are allowed, writes are refused without a terminal to ask on', async () => {
  await expect(authorize({ ...write, operation: 'read' }, { force: false }, signal)).resolves.toMatchObject({ by: 'policy' });
  await expect(authorize(write, { force: false }, signal)).rejects.toMatchObject({
    code: 'APPROVAL_REQUIRED',
    message: "Integration 'agora' write requires approval. Nothing was sent.",
    hint: expect.stringMatching(/--allow agora\.start_recording .*--force.*kosmo integrations:configure agora --write=allow/),
  });
});

test('what is denied is not asked about, and the refusal names the rule', async () => {
  await expect(authorize(write, { rules: rules({ write: 'deny' }), force: false, ask: asked }, signal)).rejects.toMatchObject({
    code: 'POLICY_DENIED',
    message: "Integration 'agora' write access denied by kosmo.integrations.agora.permissions.write in /c.yaml. Nothing was sent.",
    hint: expect.stringContaining('kosmo integrations:configure agora --write=allow'),
    details: { policy: { level: 'deny', file: '/c.yaml' } },
  });
});

test('--force allows what would be asked about and what is denied, without asking', async () => {
  for (const permissions of [{}, { write: 'deny' }]) {
    const options = { rules: rules(permissions), force: true, ask: asked };
    await expect(authorize(write, options, signal)).resolves.toMatchObject({ request: write, by: 'flag' });
  }
  await expect(authorize(write, { rules: rules({ write: 'allow' }), force: true }, signal)).resolves.toMatchObject({ by: 'policy' });
});

test('neither --force nor --allow passes rules that are invalid', async () => {
  const options = { rules: rules({ write: 'no' }), force: true, allow: allow('agora.start_recording') };
  await expect(authorize(write, options, signal)).rejects.toMatchObject({ code: 'INVALID_CONFIGURATION' });
});

test('--allow does so for the function, the account and the composed function that it names', async () => {
  const level = async (name: string, request: Partial<CallRequest> = {}) => {
    const options = { rules: rules({ write: 'deny', read: 'deny' }), force: false, allow: allow(name) };
    return authorize({ ...write, ...request }, options, signal).then(
      ({ by }) => by,
      (thrown: { code: string }) => thrown.code,
    );
  };
  expect(await level('agora.start_recording')).toBe('flag');
  expect(await level('app.integrations.agora.start_recording', { account: 'production' })).toBe('flag');
  expect(await level('agora.production.start_recording', { account: 'production' })).toBe('flag');
  expect(await level('agora.production.start_recording')).toBe('POLICY_DENIED');
  expect(await level('agora.start_recording', { name: 'stop_recording' })).toBe('POLICY_DENIED');
  expect(await level('agora.record')).toBe('POLICY_DENIED');
  expect(await level('agora.record', { via: 'record' })).toBe('flag');
  expect(await level('mcp.agora.start_recording')).toBe('POLICY_DENIED');
  expect(await level('mcp.agora.a.b', { provider: mcpServerProvider('agora'), name: 'a.b', account: null })).toBe('flag');
});

test.each([
  ['agora.start_recordng', 'did you mean agora.start_recording?'],
  ['agroa.start_recording', 'did you mean agora.start_recording?'],
  ['agora.production.start_recordin', 'did you mean agora.production.start_recording?'],
  ['agora', '--force allows every call'],
  ['agora.*', '--force allows every call'],
  ['agora.Production.start_recording', 'agora.start_recording'],
  ['agora.a.b.start_recording', 'agora.start_recording'],
  ['mcp.github', '--force'],
  ['mcp.github.', '--force'],
  ['', 'write it as agora.start_recording'],
])('--allow %s is refused', (name, hint) => {
  expect(() => parseFunction(name, AGORA)).toThrow(expect.objectContaining({ code: 'USAGE', hint: expect.stringContaining(hint) }));
});

test('a person is asked with redacted arguments, and only yes is yes', async () => {
  const seen: CallRequest[] = [];
  const answer = (yes: boolean) => async (request: CallRequest) => {
    seen.push(request);
    return yes;
  };
  const { request, by } = await authorize(write, { force: false, ask: answer(true) }, signal);
  expect(request.args).toEqual(write.args);
  expect(by).toBe('person');
  expect(seen[0]?.args).toEqual({ cname: 'room', storage_config: { secretKey: '[redacted]' } });
  await expect(authorize(write, { force: false, ask: answer(false) }, signal)).rejects.toMatchObject({ code: 'APPROVAL_REQUIRED' });
});

test('an MCP server is named as one', async () => {
  const call: CallRequest = { ...write, provider: mcpServerProvider('github'), name: 'create_issue', account: null };
  await expect(authorize(call, { force: false }, signal)).rejects.toMatchObject({
    message: "MCP server 'github' write requires approval. Nothing was sent.",
    hint: expect.stringMatching(/--allow mcp\.github\.create_issue .*kosmo mcp:add github --write=allow/),
  });
});
