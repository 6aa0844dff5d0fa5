// Run by the build: writes src/integrations/generated/ from the folders in src/integrations/. A folder `<id>` whose index.ts exports
// `<id>` made by defineIntegration is an integration; nothing else has to be told of it.

import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import standaloneCode from 'ajv/dist/standalone/index.js';
import { build } from 'esbuild';

const here = fileURLToPath(new URL('../integrations', import.meta.url));
const target = path.join(here, 'generated');

export async function generateManifest() {
  await mkdir(path.join(target, 'integrations'), { recursive: true });
  const folders = await readdir(here, { withFileTypes: true });
  const ids = folders.filter((entry) => entry.isDirectory() && existsSync(path.join(here, entry.name, 'index.ts'))).map(({ name }) => name);
  const integrations = [];
  for (const id of ids.sort()) {
    const integration = await load(id);
    await writeFile(path.join(target, `${id}-validators.cjs`), compileValidators(integration));
    await writeFile(
      path.join(target, `${id}-validators.d.cts`),
      `import type { CompiledValidator } from '../../schema/index.ts';\ndeclare const validators: Readonly<Record<string, CompiledValidator>>;\nexport = validators;\n`,
    );
    await writeFile(path.join(target, 'integrations', `${id}.json`), JSON.stringify(describe(integration)));
    integrations.push(integration);
  }
  await writeFile(path.join(target, 'manifest.ts'), manifestText(integrations));
  await writeFile(path.join(target, 'load.ts'), loadText(integrations));
}

const header = '// Written by generate-manifest.mjs at build time.\n';

// One row an integration, and the code of an import only where it is run: the command line reads this at each start.
function manifestText(integrations) {
  const rows = integrations.map(({ id, commands }) => `  ${id}: ${JSON.stringify(commands.map(({ name }) => name))},\n`);
  return `${header}import { createLazyManifest, type IntegrationEntry } from '../../integration/index.ts';

export const manifest: readonly IntegrationEntry[] = createLazyManifest(() => import.meta.url, {
${rows.join('')}}, () => import('./load.ts'));
`;
}

function loadText(integrations) {
  const cases = (statement) => integrations.map(({ id }) => `    case '${id}':\n      return ${statement(id)};\n`).join('');
  return `${header}import type { Integration } from '../../integration/index.ts';
import type { CompiledValidator } from '../../schema/index.ts';

export async function loadIntegration(id: string): Promise<Integration> {
  switch (id) {
${cases((id) => `(await import('../${id}/index.ts')).${id} as Integration`)}  }
  throw new Error(\`no integration \${id}\`);
}

export async function loadValidators(id: string): Promise<Readonly<Record<string, CompiledValidator>>> {
  switch (id) {
${cases((id) => `(await import('./${id}-validators.cjs')).default`)}  }
  throw new Error(\`no integration \${id}\`);
}
`;
}

async function load(id) {
  const outfile = path.join(target, `.${id}.mjs`);
  await build({
    entryPoints: [path.join(here, id, 'index.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    define: { KOSMO_VERSION: '"build"', KOSMO_FENGARI_VERSION: '"build"' },
    logLevel: 'error',
  });
  const module = await import(`${pathToFileURL(outfile).href}?${Date.now()}`);
  await rm(outfile);
  const integration = module[id];
  if (integration?.id !== id) throw new Error(`src/integrations/${id}/index.ts must export \`${id}\`, an integration with that id`);
  return integration;
}

function compileValidators({ tools }) {
  const ajv = new Ajv2020({ allErrors: true, strict: false, code: { source: true } });
  for (const { slug, input } of tools) ajv.addSchema(input, slug);
  return standaloneCode.default(ajv, Object.fromEntries(tools.map(({ slug }) => [slug, slug])));
}

/** What is documented of the fields inside parameters, a row a field: `recording_config.maxIdleTime`, its type, what it may be. */
function fieldRows(documented) {
  const rows = [];
  const visit = (path, schema) => {
    const { items, properties, required = [] } = schema;
    if (items !== undefined) visit(`${path}[]`, items);
    for (const [name, field] of Object.entries(properties ?? {})) {
      const { type, enum: values, minimum, maximum, maxItems, description } = field;
      const range = [minimum === undefined ? '' : `from ${minimum}`, maximum === undefined ? '' : `to ${maximum}`]
        .filter(Boolean)
        .join(' ');
      const notes = [
        required.includes(name) ? 'required' : '',
        values === undefined ? range : values.join(', '),
        maxItems === undefined ? '' : `at most ${maxItems} items`,
        description ?? '',
      ];
      rows.push({ path: `${path}.${name}`, type, note: notes.filter(Boolean).join('; ') });
      visit(`${path}.${name}`, field);
    }
  };
  for (const [parameter, schema] of Object.entries(documented)) visit(parameter, schema);
  return rows;
}

function describe({ id, title, description, authStrategy, credentials, probe, subject, tools, commands }) {
  return {
    id,
    title,
    description,
    authStrategy,
    credentials,
    probe,
    subject,
    tools: tools.map(({ run, validate, fieldSchemas, ...tool }) => ({ ...tool, fields: fieldRows(fieldSchemas?.() ?? {}) })),
    commands: commands.map(({ run, ...command }) => command),
  };
}
