// Run by the build: writes the manifest from folders of integrations. A folder `<id>` whose index.ts exports `<id>` made by
// defineIntegration is an integration; it is registered nowhere else.

import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import standaloneCode from 'ajv/dist/standalone/index.js';
import { importSource } from './import-source.mjs';
import { findReservedNames } from './reserved-names.mjs';

/**
 * Writes the manifest of the integrations in `folders` to the folder `target`. Returns the id and the folder of each. Throws if an id is
 * reserved or used twice, or if a page does not exist.
 */
export async function generateManifest(folders, target) {
  await mkdir(path.join(target, 'integrations'), { recursive: true });
  const integrations = [];
  for (const { id, folder } of await findIntegrations(folders)) {
    const exported = (await importSource(path.join(folder, 'index.ts')))[id];
    if (exported?.id !== id) throw new Error(`${folder}/index.ts must export \`${id}\`, an integration with that id`);
    integrations.push({ ...exported, folder });
  }
  checkIds(integrations, await findReservedNames(integrations.map(({ page }) => page)));
  for (const integration of integrations) await writeIntegration(integration, target);
  await writeFile(path.join(target, 'manifest.ts'), manifestText(integrations, target));
  await writeFile(path.join(target, 'load.ts'), loadText(integrations, target));
  return integrations.map(({ id, folder }) => ({ id, folder }));
}

async function findIntegrations(folders) {
  const found = [];
  for (const parent of folders) {
    for (const entry of await readdir(parent, { withFileTypes: true })) {
      const folder = path.join(parent, entry.name);
      if (entry.isDirectory() && existsSync(path.join(folder, 'index.ts'))) found.push({ id: entry.name, folder });
    }
  }
  return found.sort((a, b) => (a.id < b.id ? -1 : 1));
}

function checkIds(integrations, reserved) {
  const owners = new Map(reserved);
  for (const { id, folder } of integrations) {
    if (!/^[a-z][a-z0-9_]*$/.test(id))
      throw new Error(`${folder}: the id '${id}' must be lower-case letters, digits and _, and begin with a letter`);
    if (owners.has(id))
      throw new Error(`${folder}: the id '${id}' is reserved for ${owners.get(id)}; rename the folder and the integration`);
    owners.set(id, `the integration in ${folder}`);
  }
}

async function writeIntegration(integration, target) {
  const { id, folder } = integration;
  await writeFile(path.join(target, `${id}-validators.cjs`), compileValidators(integration));
  await writeFile(
    path.join(target, `${id}-validators.d.cts`),
    `import type { CompiledValidator } from '${pathFrom(target, 'src/schema/index.ts')}';\ndeclare const validators: Readonly<Record<string, CompiledValidator>>;\nexport = validators;\n`,
  );
  const page = await findPage(integration, folder, target);
  await writeFile(path.join(target, 'integrations', `${id}.json`), JSON.stringify({ ...describe(integration), page }));
}

/** The path of the integration's page below the package. A page of the integration's own folder is copied beside its description. */
async function findPage({ id, page }, folder, target) {
  if (page === undefined) return undefined;
  const own = path.join(folder, page);
  if (existsSync(own)) {
    await copyFile(own, path.join(target, 'integrations', `${id}.md`));
    return `dist/chunks/integrations/${id}.md`;
  }
  if (existsSync(page)) return page;
  throw new Error(`${folder}: the page '${page}' exists neither below the package nor below this folder`);
}

/** How a file in `folder` imports `file`. */
function pathFrom(folder, file) {
  const relative = path.relative(path.resolve(folder), path.resolve(file)).split(path.sep).join('/');
  return relative.startsWith('.') ? relative : `./${relative}`;
}

const header = '// Written by generate-manifest.mjs at build time.\n';

// One row an integration, and the code of an import only where it is run: the command line reads this at each start.
function manifestText(integrations, target) {
  const rows = integrations.map(({ id, commands }) => `  ${id}: ${JSON.stringify(commands.map(({ name }) => name))},\n`);
  return `${header}import { createLazyManifest, type IntegrationEntry } from '${pathFrom(target, 'src/integration/index.ts')}';

export const manifest: readonly IntegrationEntry[] = createLazyManifest(() => import.meta.url, {
${rows.join('')}}, () => import('./load.ts'));
`;
}

function loadText(integrations, target) {
  const cases = (statement) =>
    integrations.map((integration) => `    case '${integration.id}':\n      return ${statement(integration)};\n`).join('');
  return `${header}import type { Integration } from '${pathFrom(target, 'src/integration/index.ts')}';
import type { CompiledValidator } from '${pathFrom(target, 'src/schema/index.ts')}';

export async function loadIntegration(id: string): Promise<Integration> {
  switch (id) {
${cases(({ id, folder }) => `(await import('${pathFrom(target, path.join(folder, 'index.ts'))}')).${id} as Integration`)}  }
  throw new Error(\`no integration \${id}\`);
}

export async function loadValidators(id: string): Promise<Readonly<Record<string, CompiledValidator>>> {
  switch (id) {
${cases(({ id }) => `(await import('./${id}-validators.cjs')).default`)}  }
  throw new Error(\`no integration \${id}\`);
}
`;
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

function describe(integration) {
  const { id, title, description, authStrategy, credentials, helpExamples, probe, subject, stopTimeoutMs, startEmulator } = integration;
  const { tools, commands } = integration;
  return {
    id,
    title,
    description,
    authStrategy,
    credentials,
    helpExamples,
    probe,
    subject,
    stopTimeoutMs,
    hasEmulator: startEmulator !== undefined,
    tools: tools.map(({ run, validate, fieldSchemas, ...tool }) => ({ ...tool, fields: fieldRows(fieldSchemas?.() ?? {}) })),
    commands: commands.map(({ run, ...command }) => command),
  };
}
