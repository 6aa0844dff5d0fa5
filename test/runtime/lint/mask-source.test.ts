import { expect, test } from 'vitest';
import { maskSource } from '../../../src/runtime/index.ts';

const masked = (code: string): string => maskSource(code, () => '…');

test.each([
  ['secretKey = "LEAK"', 'secretKey = "…"'],
  ['secretKey = { "LEAK" }', 'secretKey = { "…" }'],
  ['secretKey = {\n  "LEAK",\n  { part = [[LEAK]] } }, bucket = "b"', 'secretKey = {\n  "…",\n  { part = [[…]] } }, bucket = "b"'],
  ["{ token = 'LEAK', uid = '7' }", "{ token = '…', uid = '7' }"],
  ['t["api-key"] = "LEAK" x = "shown"', 't["api-key"] = "…" x = "shown"'],
  ['password = 12345\nport = 80', 'password = …\nport = 80'],
  ['local secret, name = "LEAK", "LEAK"\nlocal a = "b"', 'local secret, name = "…", "…"\nlocal a = "b"'],
  ['token = "LEAK" .. "LEAK" print("x")', 'token = "…" .. "…" print("x")'],
  ['token = input.token or "LEAK"', 'token = input.token or "…"'],
  ['if token == "LEAK" then print("x") end', 'if token == "…" then print("x") end'],
  ['json.decode(\'{"sessionToken":"LEAK","sse":"kms"}\')', 'json.decode(\'{"sessionToken":"…","sse":"kms"}\')'],
  ['-- secretKey = "LEAK"', '-- secretKey = "…"'],
  ['secretKey = "LEAK', 'secretKey = "…'],
  ['rtmpUrl = "rtmp://h/app/LEAK", url = "https://u:LEAK@h/"', 'rtmpUrl = "rtmp://h/app/…", url = "https://…@h/"'],
])('%s', (code, shown) => expect(masked(code)).toBe(shown));

test.each([
  'publicKey = "shown"',
  'local max_tokens = "shown"',
  'obj.token:sub("shown")',
  "-- don't hide\nprint('shown')",
  'for key, value in pairs { "shown" } do end',
])('%s is shown whole', (code) => expect(masked(code)).toBe(code));
