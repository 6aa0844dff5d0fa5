import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { integrationProvider, mcpServerProvider } from '../../src/integration/index.ts';
import type { JsonValue } from '../../src/json/index.ts';
import type { PolicyLayer } from '../../src/policy/decide.ts';
import { type CallSubject, changesToAllow, createPolicy, explainDecision, type Permission } from '../../src/policy/index.ts';

const user = (values: Record<string, JsonValue>): PolicyLayer => ({ scope: 'user', file: '/home/config.yaml', values });
const project = (values: Record<string, JsonValue>): PolicyLayer => ({ scope: 'project', file: '/project/config.yaml', values });
const agora = (permissions: JsonValue): Record<string, JsonValue> => ({ integrations: { agora: { permissions } } });

const TOOLS = [{ name: 'start_recording' }, { name: 'stop_recording' }, { name: 'record', usesTools: ['start_recording'] }];
const decideBy = (layers: readonly PolicyLayer[], subject: Partial<CallSubject> = {}) =>
  createPolicy(layers, [{ id: 'agora', tools: TOOLS, accounts: ['default', 'production'] }]).decide({
    provider: integrationProvider('agora'),
    name: 'start_recording',
    operation: 'write',
    account: 'default',
    ...subject,
  });

describe('in the files of one user', () => {
  const everything = (level: Permission): Record<string, JsonValue> => ({
    permissions_default: level,
    agora: {
      permissions: {
        write: level,
        functions: { start_recording: level },
        accounts: { default: { write: level, functions: { start_recording: level } } },
      },
    },
  });
  // From the most specific to the most general, each rule beside all that are more general.
  const ways: readonly (readonly [string, JsonValue])[] = [
    ['permissions_default', { permissions_default: 'deny' }],
    ['agora.permissions.write', { permissions_default: 'allow', agora: { permissions: { write: 'deny' } } }],
    [
      'agora.permissions.functions.start_recording',
      { permissions_default: 'allow', agora: { permissions: { write: 'allow', functions: { start_recording: 'deny' } } } },
    ],
    [
      'agora.permissions.accounts.default.write',
      { agora: { permissions: { functions: { start_recording: 'allow' }, accounts: { default: { write: 'deny' } } } } },
    ],
    [
      'agora.permissions.accounts.default.functions.start_recording',
      {
        agora: {
          permissions: {
            functions: { start_recording: 'allow' },
            accounts: { default: { write: 'allow', functions: { start_recording: 'deny' } } },
          },
        },
      },
    ],
  ];

  test.each(ways)('%s wins over what is more general', (key, integrations) => {
    expect(decideBy([user({ integrations })])).toMatchObject({
      level: 'deny',
      rule: { scope: 'user', file: '/home/config.yaml', key: `kosmo.integrations.${key}` },
    });
  });

  test('a rule for another function, operation or account says nothing', () => {
    const layers = [user(agora({ read: 'deny', functions: { stop_recording: 'deny' }, accounts: { production: { write: 'deny' } } }))];
    expect(decideBy(layers)).toMatchObject({ level: 'ask', rule: { scope: 'built-in', file: null } });
    expect(decideBy(layers, { account: 'production' }).level).toBe('deny');
    expect(decideBy(layers, { name: 'stop_recording' }).level).toBe('deny');
    expect(decideBy(layers, { operation: 'read' }).level).toBe('deny');
  });

  test('without any, reads are allowed and writes ask', () => {
    expect(decideBy([], { operation: 'read' }).level).toBe('allow');
    expect(decideBy([user({ integrations: { agora: null, permissions_default: 'allow' } })]).level).toBe('allow');
    expect(decideBy([user({})]).level).toBe('ask');
  });

  test('every rule at once gives its level', () => {
    for (const level of ['allow', 'ask', 'deny'] as const) expect(decideBy([user({ integrations: everything(level) })]).level).toBe(level);
  });

  test('MCP servers have rules of their own, for tools of any name', () => {
    const layers = [
      user({
        integrations: { permissions_default: 'deny' },
        mcp: { permissions_default: 'ask', servers: { 'my server': { permissions: { read: 'deny', functions: { 'a.b': 'allow' } } } } },
      }),
    ];
    const subject = { provider: mcpServerProvider('my server'), account: null } as const;
    expect(decideBy(layers, { ...subject, name: 'x', operation: 'read' }).level).toBe('deny');
    expect(decideBy(layers, { ...subject, name: 'x' }).level).toBe('ask');
    expect(decideBy(layers, { ...subject, name: 'a.b' }).level).toBe('allow');
    expect(decideBy(layers, { ...subject, name: 'constructor' }).level).toBe('ask');
  });
});

describe('the file of a project', () => {
  test('makes it stricter, and the explanation names both rules', () => {
    const decision = decideBy([user(agora({ write: 'allow' })), project(agora({ functions: { start_recording: 'deny' } }))]);
    expect(decision.level).toBe('deny');
    expect(explainDecision(decision)).toEqual([
      {
        scope: 'project',
        file: '/project/config.yaml',
        key: 'kosmo.integrations.agora.permissions.functions.start_recording',
        level: 'deny',
        effect: 'decides',
      },
      {
        scope: 'user',
        file: '/home/config.yaml',
        key: 'kosmo.integrations.agora.permissions.write',
        level: 'allow',
        effect: 'overruled',
      },
    ]);
  });

  test('cannot loosen it, however specific it is', () => {
    const loose = project({
      integrations: {
        permissions_default: 'allow',
        agora: { permissions: { write: 'allow', accounts: { default: { functions: { start_recording: 'allow' } } } } },
      },
    });
    const decision = decideBy([user({ integrations: { permissions_default: 'deny' } }), loose]);
    expect(decision.level).toBe('deny');
    expect(explainDecision(decision).map(({ effect }) => effect)).toEqual(['decides', 'ignored']);
    expect(decideBy([loose]).level).toBe('ask');
  });

  const level = fc.constantFrom('allow', 'ask', 'deny');
  const names = fc.constantFrom('start_recording', 'stop_recording');
  const rules = { read: level, write: level, functions: fc.dictionary(names, level) };
  const layer = fc.record(
    {
      permissions_default: level,
      agora: fc.record(
        {
          permissions: fc.record(
            { ...rules, accounts: fc.dictionary(fc.constantFrom('default', 'production'), fc.record(rules, { requiredKeys: [] })) },
            { requiredKeys: [] },
          ),
        },
        { requiredKeys: [] },
      ),
    },
    { requiredKeys: [] },
  );
  const subject = fc.record({
    name: names,
    operation: fc.constantFrom('read' as const, 'write' as const),
    account: fc.constantFrom('default', 'production'),
  });
  const strictness = (found: Permission): number => ['allow', 'ask', 'deny'].indexOf(found);

  test('never loosens, for any rules and any call', () => {
    fc.assert(
      fc.property(layer, layer, subject, (own, theirs, call) => {
        const before = decideBy([user({ integrations: own as JsonValue })], call);
        const after = decideBy([user({ integrations: own as JsonValue }), project({ integrations: theirs as JsonValue })], call);
        expect(strictness(after.level)).toBeGreaterThanOrEqual(strictness(before.level));
        if (call.operation === 'write') expect(decideBy([project({ integrations: theirs as JsonValue })], call).level).not.toBe('allow');
        expect(explainDecision(after)[0]).toMatchObject({ level: after.level, effect: 'decides' });
      }),
      { numRuns: 2000 },
    );
  });
});

describe('what to do about it', () => {
  test.each([
    [[], ['kosmo integrations:configure agora --write=allow']],
    [[user(agora({ write: 'deny' }))], ['kosmo integrations:configure agora --write=allow']],
    [[user({ integrations: { permissions_default: 'deny' } })], ['kosmo integrations:configure agora --write=allow']],
    [
      [user(agora({ functions: { start_recording: 'deny' } }))],
      ['set kosmo.integrations.agora.permissions.functions.start_recording: allow in /home/config.yaml'],
    ],
    [
      [user(agora({ write: 'allow' })), project(agora({ write: 'ask' }))],
      ['set kosmo.integrations.agora.permissions.write: allow in /project/config.yaml'],
    ],
    [
      [user(agora({ write: 'deny' })), project(agora({ write: 'deny' }))],
      ['kosmo integrations:configure agora --write=allow', 'set kosmo.integrations.agora.permissions.write: allow in /project/config.yaml'],
    ],
  ])('%j', (layers, steps) => {
    const subject = {
      provider: integrationProvider('agora'),
      name: 'start_recording',
      operation: 'write',
      account: 'default',
    } as const;
    expect(changesToAllow(subject, decideBy(layers as PolicyLayer[]))).toEqual(steps);
  });
});
