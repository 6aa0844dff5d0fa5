import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { agoraEmulatorCommand } from '../../../../src/integrations/agora/commands/emulator.ts';
import { ENDPOINTS, KINDS, parseFault } from '../../../../src/integrations/agora/emulator/faults.ts';
import { MAGIC_NAMES } from '../../../../src/integrations/agora/emulator/magic-names.ts';

const page = readFileSync(new URL('../../../../lua-docs/emulator.md', import.meta.url), 'utf8');

test('the page of the emulator names every option, endpoint, kind of fault and situation', () => {
  const options = agoraEmulatorCommand.options.map(({ flags }) => `\`${flags.split(' ', 1)[0]}`);
  const names = [...ENDPOINTS, ...Object.keys(KINDS), ...Object.values(MAGIC_NAMES)].map((name) => `\`${name}\``);
  expect([...options, ...names].filter((name) => !page.includes(name))).toEqual([]);
});

test('its faults can be given as they stand there', () => {
  const faults = [...page.matchAll(/--fault '?([a-z]+:[^\s']+)|-d '"([^"]+)"'/gi)].map(([, flag, body]) => flag ?? body ?? '');
  expect(faults.length).toBeGreaterThanOrEqual(4);
  for (const fault of faults) expect(parseFault(fault)).toHaveProperty('kind');
});
