import { expect, test } from 'vitest';
import { maskArguments } from '../../../src/mcp-client/config/mask.ts';
import { maskText, maskValue } from '../../../src/mcp-client/index.ts';

test.each([
  'GITHUB_TOKEN',
  'DB_PASSPHRASE',
  'DB_PASSCODE',
  'Cookie',
  'SESSION_JWT',
  'PASSWORD_SALT',
  'X-Auth',
  'KEY',
  'aws_credentials',
  'API_KYE',
])('the value of %s is hidden', (name) => {
  expect(maskValue(name, 'LEAK-1234')).toBe('***');
  expect(maskValue(name, '${KOSMO_MCP_X}')).toBe('${KOSMO_MCP_X}');
  expect(maskArguments([`--${name}`, 'LEAK-1234'])).toEqual([`--${name}`, '***']);
});

test.each([
  ['--passphrase=LEAK-1234', '--passphrase=***'],
  ['Cookie: LEAK-1234', 'Cookie: ***'],
  [
    '--config=https://a.test/x?session_jwt=LEAK&team=a&api_key=LEAK#top',
    '--config=https://a.test/x?session_jwt=***&team=a&api_key=***#top',
  ],
  ['https://a.test/?token=${KOSMO_MCP_T}', 'https://a.test/?token=${KOSMO_MCP_T}'],
  ['https://me:LEAK@a.test/', 'https://me:***@a.test/'],
  ['https://LEAK@a.test/', 'https://***@a.test/'],
  ['--url=https://LEAK@a.test', '--url=https://***@a.test'],
  ['https://LEAK:@a.test/', 'https://***:@a.test/'],
  ['https://LEAK:x-oauth-basic@a.test/', 'https://***:***@a.test/'],
  ['https://${KOSMO_MCP_T}@a.test/', 'https://${KOSMO_MCP_T}@a.test/'],
  ['https://a.test/@team?to=b@c.test', 'https://a.test/@team?to=b@c.test'],
  ['ssh://git@a.test/x', 'ssh://git@a.test/x'],
  ['--out=rtmp://live.example.com/app/LEAK', '--out=rtmp://live.example.com/app/***'],
  ['rtmps://live.example.com/app/LEAK?more=LEAK', 'rtmps://live.example.com/app/***'],
  ['rtmp://live.example.com/app/${KOSMO_SECRET:mcp.a.key}', 'rtmp://live.example.com/app/${KOSMO_SECRET:mcp.a.key}'],
  ['rtmp://live.example.com/app/LEAK?token=${KOSMO_MCP_T}', 'rtmp://live.example.com/app/***'],
  ['Authorization: Bearer LEAK-1234', 'Authorization: Bearer ***'],
  ['--mode=readonly', '--mode=readonly'],
])('%s is shown as %s', (given, shown) => {
  expect(maskText(given)).toBe(shown);
});

test('what a program would load is never hidden from the one who reviews it', () => {
  expect(maskValue('AUTH_SCRIPT', './run.sh')).toBe('./run.sh');
  expect(maskText('--key=/etc/key.pem')).toBe('--key=/etc/key.pem');
  expect(maskValue('MODE', 'readonly')).toBe('readonly');
});
