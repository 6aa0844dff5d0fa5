import { expect, test } from 'vitest';
import { readScriptDeclaration } from '../../../src/runtime/workflow/catalog.ts';
import { shownInput } from '../../../src/runtime/workflow/shown-input.ts';

test('the shown schema has no default of a secret, on any level', () => {
  const { declaration, problem } = readScriptDeclaration(
    Buffer.from(`workflow { input = {
      name = { type = "string", default = "Ada" },
      token = { type = "string", secret = true, default = "S3CRET" },
      storage = { type = "object", secret = true, optional = true, properties = { key = { type = "string", default = "S3CRET" } } },
      channels = { type = "array", default = { { token = "S3CRET" } }, items = { type = "object", properties = {
        token = { type = "string", secret = true, default = "S3CRET" }, uid = { type = "string", default = "1" },
      } } },
    } }`),
    [],
  );
  expect(problem).toBeUndefined();
  const shown = declaration && shownInput(declaration);
  expect(JSON.stringify(shown)).not.toContain('S3CRET');
  expect(shown).toMatchObject({
    required: [],
    properties: { name: { default: 'Ada' }, channels: { items: { properties: { uid: { default: '1' } } } } },
  });
});
