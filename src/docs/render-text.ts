import { readParameters } from '../schema/index.ts';
import { callExamples } from './call-examples.ts';
import type { DocumentedIntegration, Page } from './model.ts';

type DocumentedTool = DocumentedIntegration['tools'][number];

/** A page as text, without a final newline. The form is fixed: scripts search in it. */
export function renderText(page: Page): string {
  if (page.kind === 'guide') return page.guide.text.trimEnd();
  return page.kind === 'integration' ? renderIntegration(page.integration) : renderFunction(page.integration, page.tool);
}

function renderIntegration(integration: DocumentedIntegration): string {
  const { id, title, description, accounts, tools, supplement } = integration;
  const [first] = tools;
  return [
    id,
    '',
    `${title}. ${description}`,
    '',
    `Status: ${integration.status}`,
    `Accounts: ${accounts.join(', ')}`,
    `Auth: ${integration.authStrategy}`,
    '',
    'Functions:',
    ...tools.map((tool) => `  ${tool.name.padEnd(34)} ${tool.description}`),
    ...(first === undefined ? [] : ['', 'Examples:', `  print(docs.read("${id}.${first.name}"))`, `  ${callExamples(id, first).direct}`]),
    ...(supplement === '' ? [] : ['', '---', '', supplement.trim()]),
  ].join('\n');
}

function renderFunction(integration: DocumentedIntegration, tool: DocumentedTool): string {
  const { id } = integration;
  return [
    `${id}.${tool.name}`,
    '',
    tool.description,
    '',
    `Operation: ${tool.operation}`,
    `Status: ${integration.status}`,
    `Auth: ${integration.authStrategy}`,
    '',
    ...exampleRows(id, tool),
    'Parameters:',
    ...parameterRows(tool),
    ...fieldRows(tool),
    '',
    'Example:',
    ...indented(tool.docs.example),
    '',
    'Returns:',
    ...indented(tool.docs.returns),
    '',
    'Errors worth handling:',
    ...tool.docs.errors.map(({ when, advice }) => `  ${when}: ${advice}`),
  ].join('\n');
}

function parameterRows({ input }: DocumentedTool): string[] {
  const rows = readParameters(input).map(({ name, type, required, description, values }) => {
    const need = required ? 'required' : 'optional';
    const choices = values === undefined ? '' : ` Values: ${values.join(', ')}.`;
    return `  ${name.padEnd(24)} ${type.padEnd(9)} ${need.padEnd(9)} ${description}${choices}`;
  });
  return rows.length === 0 ? ['  none'] : rows;
}

function fieldRows({ fields }: DocumentedTool): string[] {
  const most = Math.max(0, ...fields.map(({ path }) => path.length));
  const rows = fields.map(({ path, type, note }) => `  ${path.padEnd(most)} ${type.padEnd(7)} ${note}`.trimEnd());
  return rows.length === 0 ? [] : ['', 'Fields of object parameters:', ...rows];
}

/** The calls of a function, each under its heading. */
export function exampleRows(id: string, tool: DocumentedTool): string[] {
  const { direct, generic, json, lua } = callExamples(id, tool);
  const rows: readonly (readonly [string, string])[] = [
    ['Direct CLI', direct],
    ['Generic CLI', generic],
    ['JSON', json],
    ['Lua', lua],
  ];
  return rows.flatMap(([heading, code]) => [`${heading}:`, `  ${code}`, '']);
}

/** Text set in by two spaces. */
export function indented(text: string): string[] {
  return text
    .trim()
    .split('\n')
    .map((line) => (line === '' ? '' : `  ${line}`));
}
