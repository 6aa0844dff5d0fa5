import path from 'node:path';
import type { Command } from 'commander';
import { ERROR_CODES, EXIT_CODES } from '../../errors/index.ts';
import { FENGARI_VERSION, VERSION } from '../../platform/version.ts';
import { documentationPages } from '../../runtime/index.ts';
import type { CommandContext } from '../context.ts';
import { type CommandReport, describeCommands } from '../describe-commands.ts';
import { environmentVariables, NODE_VERSION } from '../environment.ts';
import { readTextFile, usage } from '../options/parse-values.ts';
import { printJson, printTable } from '../terminal/output.ts';

interface JsonOptions {
  readonly json?: true;
  readonly pretty?: true;
}

const EXAMPLES = `
Examples:
  kosmo introspect --json
  kosmo introspect integrations:call --json
  kosmo introspect --json | jq -r '.commands[].name'`;

/** `kosmo introspect`: what this program can do, told by itself. `schemas` names the schema of each command with `--json`. */
export function addIntrospectCommand(program: Command, context: CommandContext, schemas: Readonly<Record<string, string>>): void {
  program
    .command('introspect')
    .description('describe commands, codes and schemas')
    .argument('[command]', 'only this command, with the schemas of what it prints')
    .option('--json', 'print one JSON document instead of text')
    .option('--pretty', 'indent the JSON document')
    .addHelpText('after', EXAMPLES)
    .action(async (name: string | undefined, { json, pretty }: JsonOptions) => {
      const folder = context.schemaFolder;
      const commands = describeCommands(program, schemas);
      const chosen = name === undefined ? undefined : find(commands, name);
      if (json !== true) {
        if (chosen === undefined) showForPeople(context, commands);
        else program.commands.find((command) => command.name() === name)?.outputHelp();
        return;
      }
      const report =
        chosen === undefined
          ? { ...(await surroundings(context)), commands }
          : { commands: [chosen], schemas: embeddedSchemas(chosen, folder) };
      printJson({ success: true, ...report, schema_folder: folder }, pretty === true);
    });
}

function find(commands: readonly CommandReport[], name: string): CommandReport {
  const found = commands.find((command) => command.name === name);
  if (found === undefined) throw usage(`there is no command '${name}'`, 'kosmo introspect lists the commands');
  return found;
}

async function surroundings(context: CommandContext): Promise<Readonly<Record<string, unknown>>> {
  return {
    versions: { kosmo: VERSION, node: NODE_VERSION, lua: '5.3', fengari: FENGARI_VERSION },
    exit_codes: Object.entries(EXIT_CODES).map(([code, meaning]) => ({ code: Number(code), meaning })),
    error_codes: Object.entries(ERROR_CODES).map(([code, { exitCode, ...row }]) => ({ code, exit_code: exitCode, ...row })),
    environment: environmentVariables(),
    docs: await documentationPages(context.guideFolder),
  };
}

// With all that they refer to.
function embeddedSchemas(
  { json_schema: document, stream_schema: stream }: CommandReport,
  folder: string,
): Readonly<Record<string, unknown>> {
  const schemas = new Map<string, unknown>();
  const add = (name: string): void => {
    if (schemas.has(name)) return;
    const text = readTextFile(path.join(folder, `${name}.schema.json`), 'schema');
    schemas.set(name, JSON.parse(text));
    for (const [, other = ''] of text.matchAll(/"\$ref": "([\w-]+)\.schema\.json"/g)) add(other);
  };
  for (const name of [document, stream]) if (name !== null) add(name);
  return Object.fromEntries(schemas);
}

function showForPeople(context: CommandContext, commands: readonly CommandReport[]): void {
  printTable(
    ['Command', 'What it does'],
    commands.map(({ name, description }) => [name, description]),
  );
  context.stdout.write(
    `\nkosmo ${VERSION}, Lua 5.3 (Fengari ${FENGARI_VERSION}), Node ${NODE_VERSION}\n` +
      'kosmo introspect --json tells all: options, error codes, exit codes, environment variables, schemas.\n',
  );
}
