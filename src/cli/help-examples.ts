import { type IntegrationSummary, integrationSummaries } from '../runtime/index.ts';
import { sampleArguments } from '../schema/index.ts';

/** A call that changes nothing, as it follows `kosmo integrations:<id>`: the integration's own example, or one made of samples. */
export function readExample({ helpExamples, tools }: IntegrationSummary): string {
  if (helpExamples !== undefined) return helpExamples.read;
  const tool = tools.find(({ operation }) => operation === 'read') ?? tools[0];
  if (tool === undefined) return '';
  const samples = Object.entries(sampleArguments(tool.input));
  return [tool.name, ...samples.flatMap(([name, value]) => [`--${name.replaceAll('_', '-')}`, String(value)])].join(' ');
}

/** A function that changes something, for an example: `agora.start_recording`. */
export function writeExample(): string {
  return namesOf(integrationSummaries[0]).write;
}

/**
 * Puts the names of the first integration into a text for people: `{titles}` of all, its `{id}`, a `{call}` that reads with its flags, a
 * `{lua}` call, and functions `{read}`, `{write}` and `{undo}`. Reads the description of the integration, so it is for help that is printed.
 */
export function withExampleNames(text: string): string {
  if (!NAME.test(text)) return text;
  const names: Readonly<Record<string, string>> = {
    ...namesOf(integrationSummaries[0]),
    titles: integrationSummaries.map(({ title }) => title).join(', '),
  };
  return text.replaceAll(new RegExp(NAME, 'g'), (_whole, name: string) => names[name] ?? '');
}

const NAME = /\{(id|call|lua|read|write|undo|titles)\}/;

function namesOf(integration: IntegrationSummary | undefined): Readonly<Record<'id' | 'call' | 'lua' | 'read' | 'write' | 'undo', string>> {
  if (integration === undefined)
    return { id: 'name', call: 'name.function', lua: 'name.call{}', read: 'name.get', write: 'name.create', undo: 'name.delete' };
  const { id, helpExamples, tools } = integration;
  const [read = 'get'] = tools.flatMap(({ name, operation }) => (operation === 'read' ? [name] : []));
  const [write = read, undo = write] = tools.flatMap(({ name, operation, usesTools }) =>
    operation === 'read' || usesTools !== undefined ? [] : [name],
  );
  return {
    id,
    call: `${id}.${readExample(integration)}`,
    lua: `${id}.${helpExamples?.lua ?? `${read}{}`}`,
    read: `${id}.${readExample(integration).split(' ')[0]}`,
    write: `${id}.${helpExamples?.write ?? write}`,
    undo: `${id}.${helpExamples?.undo ?? undo}`,
  };
}
