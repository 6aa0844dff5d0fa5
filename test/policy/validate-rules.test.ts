import { expect, test } from 'vitest';
import { integrationProvider, mcpServerProvider } from '../../src/integration/index.ts';
import type { JsonValue } from '../../src/json/index.ts';
import { createPolicy } from '../../src/policy/index.ts';

const TOOLS = [{ name: 'start_recording' }, { name: 'stop_recording' }, { name: 'record', usesTools: ['start_recording'] }];
const policy = (values: Record<string, JsonValue>) =>
  createPolicy(
    [{ scope: 'user', file: '/c.yaml', values, lineOf: () => 7 }],
    [{ id: 'agora', tools: TOOLS, accounts: ['default', 'production'] }],
  );
const subject = { provider: integrationProvider('agora'), name: 'stop_recording', operation: 'read', account: 'default' } as const;
const agora = (permissions: JsonValue): Record<string, JsonValue> => ({ integrations: { agora: { permissions } } });

test.each<[string, Record<string, JsonValue>, string]>([
  ['a level that is none', agora({ write: 'Deny' }), 'permissions.write must be allow, ask or deny, not "Deny"'],
  ['true', agora({ functions: { start_recording: true } }), 'functions.start_recording must be allow, ask or deny, not true'],
  ['nothing', agora({ read: null }), 'permissions.read must be allow, ask or deny, not null'],
  ['a default', { integrations: { permissions_default: 'never' } }, 'integrations.permissions_default must be'],
  ['an unknown function', agora({ functions: { start_recordng: 'deny' } }), 'is not a function of agora. Did you mean start_recording?'],
  [
    'a function of an account',
    agora({ accounts: { a: { functions: { stop: 'deny' } } } }),
    'accounts.a.functions.stop is not a function of agora. Did you',
  ],
  ['a composed function', agora({ functions: { record: 'deny' } }), 'has no rule of its own: it is made of start_recording'],
  [
    'an unknown key',
    agora({ wirte: 'deny' }),
    'permissions.wirte is unknown; there are read, write, functions, accounts. Did you mean write?',
  ],
  ['an unknown key of an account', agora({ accounts: { a: { writes: 'deny' } } }), 'a.writes is unknown'],
  ['a name that no account can have', agora({ accounts: { Production: { write: 'deny' } } }), 'Production is not a name of an account'],
  ['a list', agora(['write']), 'agora.permissions must be a mapping'],
  ['a level for all functions', agora({ functions: 'deny' }), 'permissions.functions must be a mapping'],
  [
    'an unknown integration',
    { integrations: { agroa: { permissions: { write: 'deny' } } } },
    'agroa is not an integration. Did you mean agora?',
  ],
  ['a misspelt default', { integrations: { permission_default: 'deny' } }, 'Did you mean permissions_default?'],
  ['a rule in the wrong place', { integrations: { agora: { write: 'deny' } } }, 'write it at kosmo.integrations.agora.permissions.write'],
  [
    'a misspelt section',
    { integrations: { agora: { permission: { write: 'deny' } } } },
    'agora.permission is not a setting. Did you mean permissions?',
  ],
  [
    'a default in the wrong place',
    { integrations: { agora: { permissions_default: 'deny' } } },
    'write it at kosmo.integrations.permissions_default.',
  ],
])('%s is refused with file, line and key', (_what, values, message) => {
  expect(() => policy(values).decide(subject)).toThrow(
    expect.objectContaining({
      code: 'INVALID_CONFIGURATION',
      message: expect.stringMatching(/^\/c\.yaml:7: kosmo\.integrations\..*Nothing was sent\.$/),
    }),
  );
  expect(() => policy(values).decide(subject)).toThrow(message);
});

test('every wrong rule of a file is told at once, again and again', () => {
  const wrong = policy(agora({ read: 'no', write: 'yes' }));
  for (let time = 0; time < 2; time++) expect(() => wrong.decide(subject)).toThrow(/permissions\.read .*permissions\.write /);
});

test.each<[string, Record<string, JsonValue>, string]>([
  ['a level', { mcp: { servers: { github: { permissions: { functions: { create_issue: 'no' } } } } } }, 'must be allow, ask or deny'],
  ['a default', { mcp: { permissions_default: 'no' } }, 'kosmo.mcp.permissions_default must be'],
  ['accounts', { mcp: { servers: { github: { permissions: { accounts: {} } } } } }, 'is unknown; there are read, write, functions'],
])('%s of an MCP server is refused where that is called, and nowhere else', (_what, values, message) => {
  const wrong = policy(values);
  expect(() => wrong.decide({ ...subject, provider: mcpServerProvider('agora'), account: null })).toThrow(message);
  expect(wrong.decide(subject).level).toBe('allow');
});

test('settings beside the rules are none of its business', () => {
  const { decide } = policy({
    integrations: { agora: { enabled: true, accounts: { default: { app_id: 'x' } }, region: 'eu', permissions: null } },
    mcp: { servers: null, other: 1 },
    audit_log: true,
  });
  expect(decide(subject).level).toBe('allow');
});

test('rules for an account with nearly the name of another one are doubted', () => {
  const { warnings: doubts } = policy(
    agora({ accounts: { prodution: { write: 'deny' }, production: { write: 'deny' }, elsewhere: { write: 'deny' } } }),
  );
  expect(doubts(integrationProvider('agora'))).toEqual([
    expect.stringContaining("account 'prodution' of agora, which is not set up here; did you mean 'production'?"),
  ]);
});
