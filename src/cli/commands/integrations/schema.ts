import type { Command } from 'commander';
import { findTool } from '../../call/find-tool.ts';
import { addJsonOptions } from '../../options/json.ts';
import { printJson } from '../../terminal/output.ts';

interface JsonOptions {
  readonly json?: true;
  readonly pretty?: true;
}

const EXAMPLES = `
Examples:
  kosmo integrations:schema {write}`;

/** `kosmo integrations:schema`: the parameters of a function as JSON Schema. */
export function addSchemaCommand(program: Command): void {
  const command = program.command('integrations:schema').description("print a function's parameters as JSON Schema").argument('<function>');
  // A schema is JSON in any case, and so is the failure to find one.
  addJsonOptions(command).setOptionValue('json', true).addHelpText('after', EXAMPLES).action(showSchema);
}

function showSchema(name: string, { pretty }: JsonOptions): void {
  const [id = '', ...rest] = name.replace(/^(?:app\.)?integrations\./, '').split('.');
  printJson(findTool(id, rest.join('.')).tool.input, pretty === true);
}
