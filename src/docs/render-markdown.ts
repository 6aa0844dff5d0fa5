import { readParameters } from '../schema/index.ts';
import { callExamples } from './call-examples.ts';
import type { DocumentedIntegration, Page } from './model.ts';

type DocumentedTool = DocumentedIntegration['tools'][number];

/** A page as Markdown, without a final newline. Guides are written in it. */
export function renderMarkdown(page: Page): string {
  if (page.kind === 'guide') return page.guide.text.trimEnd();
  const { integration } = page;
  const lines = page.kind === 'integration' ? integrationLines(integration) : functionLines(integration, page.tool);
  return lines.join('\n').trimEnd();
}

function integrationLines({ id, title, description, status, accounts, authStrategy, tools, supplement }: DocumentedIntegration): string[] {
  return [
    `# ${id}`,
    '',
    `${title}. ${description}`,
    '',
    `- Status: ${status}`,
    `- Accounts: ${accounts.join(', ')}`,
    `- Auth: ${authStrategy}`,
    '',
    '## Functions',
    '',
    ...table(
      ['Function', 'Operation', 'Description'],
      tools.map((tool) => [code(tool.name), tool.operation, tool.description]),
    ),
    '',
    // Its headings become part of this page.
    supplement.trim().replaceAll(/^(#{1,5}) /gm, '#$1 '),
  ];
}

function functionLines(integration: DocumentedIntegration, tool: DocumentedTool): string[] {
  const { id, status, authStrategy } = integration;
  const { direct, generic, json, lua, script } = callExamples(id, tool);
  const parameters = readParameters(tool.input).map(({ name, type, required, description, values }) => [
    code(name),
    type,
    required ? 'yes' : 'no',
    values === undefined ? description : `${description} Values: ${values.map((value) => code(String(value))).join(', ')}.`,
  ]);
  const fields = tool.fields.map(({ path, type, note }) => [code(path), type, note]);
  return [
    `# ${id}.${tool.name}`,
    '',
    tool.description,
    '',
    `- Operation: ${tool.operation}`,
    `- Status: ${status}`,
    `- Auth: ${authStrategy}`,
    '',
    '## Parameters',
    '',
    ...(parameters.length === 0 ? ['None.'] : table(['Parameter', 'Type', 'Required', 'Description'], parameters)),
    '',
    ...(fields.length === 0 ? [] : ['### Fields of object parameters', '', ...table(['Field', 'Type', 'Note'], fields), '']),
    '## Calls',
    '',
    ...fence('sh', [direct, generic, json].join('\n')),
    ...fence('lua', lua),
    '## Example',
    '',
    ...fence('lua', script),
    '## Returns',
    '',
    tool.docs.returns.trim(),
    '',
    '## Errors worth handling',
    '',
    ...tool.docs.errors.map(({ when, advice }) => `- ${when}: ${advice}`),
  ];
}

function table(headings: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const row = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
  return [row(headings), row(headings.map(() => '---')), ...rows.map(row)];
}

function fence(language: string, text: string): string[] {
  return [`\`\`\`${language}`, text, '```', ''];
}

function code(text: string): string {
  return `\`${text}\``;
}
