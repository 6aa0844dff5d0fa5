import { readdirSync, readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';

const folder = new URL('../../dist/schemas/', import.meta.url);

const ajv = new Ajv2020({
  strict: true,
  strictRequired: false,
  strictTypes: false,
  strictTuples: false,
  validateFormats: false,
  allErrors: true,
});

/** The schemas that the package ships, by name, compiled together as whoever uses them does. */
export const SCHEMAS: readonly string[] = readdirSync(folder).map((file) => {
  ajv.addSchema(JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as object, file);
  return file.replace('.schema.json', '');
});

/** What keeps a document from being what the schema describes; null when nothing does. */
export function problemsWith(document: unknown, schema: string): readonly object[] | null {
  const validate = ajv.getSchema(`${schema}.schema.json`);
  if (validate === undefined) throw new Error(`there is no schema ${schema}`);
  validate(document);
  return validate.errors?.map(({ instancePath, keyword, params, message }) => ({ instancePath, keyword, params, message })) ?? null;
}
