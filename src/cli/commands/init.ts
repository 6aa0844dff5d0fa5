import path from 'node:path';
import type { Command } from 'commander';
import { findProject } from '../../config/index.ts';
import { KosmoError } from '../../errors/index.ts';
import type { JsonValue } from '../../json/index.ts';
import { readRegularFile } from '../../platform/read-regular-file.ts';
import {
  inputTemplate,
  integrationSummaries,
  listWorkflows,
  ModuleReader,
  readApprovalSubject,
  readScriptDeclaration,
  type WorkflowDeclaration,
} from '../../runtime/index.ts';
import { suggest } from '../../schema/index.ts';
import type { CommandContext } from '../context.ts';
import { JOBS, type Job } from '../init/jobs.ts';
import { type NewFile, writeNewFiles } from '../init/write-files.ts';
import { addJsonOptions } from '../options/json.ts';
import type { JsonOptions } from '../options/mcp-scope.ts';
import { usage } from '../options/parse-values.ts';
import { printJson, printNote } from '../terminal/output.ts';

interface InitOptions extends JsonOptions {
  readonly cron?: true;
  readonly systemd?: true;
  readonly github?: true;
}

const EXAMPLES = `
Writes the workflow with its modules and an input file to fill in to workflows/ of the
project. A job runs it each night at 02:00. Files that exist are never changed.

Examples:
  kosmo init record_channels
  kosmo init record_channels --cron
  kosmo init nightly_upload_check --github --json`;

const MAX_TEMPLATE_BYTES = 1024 ** 2;

/** `kosmo init`: writes a shipped workflow, its input to fill in, and a job that runs it. */
export function addInitCommand(program: Command, context: CommandContext): void {
  addJsonOptions(program.command('init'))
    .description('write a workflow from a template, with a job')
    .argument('<template>', 'name of a workflow that kosmo ships')
    .option('--cron', 'write a line for crontab')
    .option('--systemd', 'write a service and a timer of systemd')
    .option('--github', 'write a workflow of GitHub Actions, which pins the hash of the script')
    .addHelpText('after', EXAMPLES)
    .action((template: string, options: InitOptions) => init(context, template, options));
}

async function init(context: CommandContext, name: string, { json, pretty, ...kinds }: InitOptions): Promise<void> {
  const given = (['cron', 'systemd', 'github'] as const).filter((kind) => kinds[kind] === true);
  if (given.length > 1)
    throw usage(`--${given.join(' and --')} exclude each other`, 'run kosmo init once for each job, in folders of their own');
  const [kind] = given;
  const template = await readTemplate(name, context.templateFolder);
  const project = findProject(context.folder, context.env);
  const job = describeJob(template, project, path.join(context.templateFolder, '../bin/kosmo.js'));
  const plan = kind === undefined ? undefined : JOBS[kind](job);
  const files: readonly NewFile[] = [
    ...template.texts,
    { path: job.inputFile, text: `${JSON.stringify(template.input, null, 2)}\n`, isPrivate: true },
    ...Object.entries(plan?.files ?? {}).map(([file, text]) => ({ path: file, text })),
  ];
  const written = writeNewFiles(project, files);
  const next = [
    `edit ${job.inputFile}: replace each <fill in: …>`,
    ...template.integrations.map((id) => `kosmo integrations:configure ${id}`),
    ...(plan?.needsApproval === false ? [] : [`kosmo workflows:approve ${job.scriptFile}`]),
    ...(plan?.steps ?? [`kosmo run ${job.scriptFile} --input @${job.inputFile}`]),
  ];
  if (json === true) {
    printJson({ success: true, template: name, folder: project, files: written, job: kind ?? null, hash: job.hash, next }, pretty === true);
    return;
  }
  for (const file of written) printNote(`wrote ${file}`);
  printNote(`Next, in ${project}:`);
  for (const [index, step] of next.entries()) printNote(`  ${index + 1}. ${step}`);
}

interface Template {
  readonly name: string;
  readonly declaration: WorkflowDeclaration;
  readonly hash: string;
  /** The script and its modules. */
  readonly texts: readonly NewFile[];
  readonly input: JsonValue;
  /** The integrations that the workflow calls. */
  readonly integrations: readonly string[];
}

async function readTemplate(name: string, folder: string): Promise<Template> {
  const templates = await listWorkflows([{ path: folder, scope: 'user' }]);
  const found = templates.find((template) => template.name === name);
  if (found?.code === undefined) {
    const names = templates.map((template) => template.name);
    const close = suggest(name.replaceAll('-', '_'), names);
    throw usage(`unknown template '${name}'`, close.length > 0 ? `did you mean ${close.join(', ')}?` : `templates: ${names.join(', ')}`);
  }
  const { code } = found;
  const { declaration } = await readScriptDeclaration(code);
  if (declaration === undefined) throw new KosmoError('INTERNAL_ERROR', `the template ${name} has no declaration`);
  const modules = new ModuleReader({ folder });
  const { hash } = await readApprovalSubject(code, modules);
  const example = readRegularFile(path.join(folder, `${name}.example.json`), MAX_TEMPLATE_BYTES);
  const calls = declaration.calls ?? [];
  return {
    name,
    declaration,
    hash,
    texts: [
      { path: `workflows/${name}.lua`, text: code },
      ...[...modules.texts.values()].map(({ chunk, text }) => ({ path: `workflows/${chunk}`, text, isShared: true })),
    ],
    input: await inputTemplate(declaration, example === undefined ? {} : (JSON.parse(example.toString('utf8')) as JsonValue)),
    integrations: [...new Set(calls.flatMap(({ function: fn }) => (fn.provider.kind === 'integration' ? [fn.provider.id] : [])))],
  };
}

function describeJob({ name, declaration, hash, integrations }: Template, project: string, program: string): Job {
  const fields = integrationSummaries.filter(({ id }) => integrations.includes(id));
  return {
    name,
    description: declaration.description,
    project,
    node: process.execPath,
    program: path.resolve(program),
    scriptFile: `workflows/${name}.lua`,
    inputFile: `workflows/${name}.input.json`,
    hash,
    variables: fields.flatMap(({ id, credentials }) =>
      credentials
        .filter(({ required }) => required)
        .map((field) => ({ name: `${id}_${field.name}`.toUpperCase(), isSecret: field.secret })),
    ),
  };
}
